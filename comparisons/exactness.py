"""When a sum of products is exact in every order: the numbers are multiples of one quantum.

If every product is a multiple of q and Σ|xᵢyᵢ| < q/u, all partial sums are representable, so
nothing is rounded; nor is it flushed to zero, if q and all factors are normal numbers. Small
whole numbers, as the kinks regime draws them, are the usual case; it is what tells a unit that
sits exactly on a kink from one that only may.
"""

import numpy as np

from comparisons.rounding import Format
from reference.parameters import Array


def sums_are_exact(W: Array, b: Array, a: Array, E: Array, magnitude: Array, fmt: Format) -> Array:
    """Whether W a + b is exact, one truth value a network of the stack; a must be known exactly."""
    q = np.minimum(quantum(W) * quantum(a), quantum(b))
    known = (E == 0).all(axis=(-2, -1), keepdims=True)
    fits = magnitude.max(axis=(-2, -1), keepdims=True) < q / fmt.u
    read = normal(W, fmt) & normal(b, fmt) & normal(a, fmt)
    return known & fits & read & (q >= fmt.omega)


def normal(array: Array, fmt: Format) -> Array:
    """Whether every entry is 0 or a normal number: XLA reads a subnormal one as 0."""
    size = np.abs(array)
    return ((size == 0) | (size >= fmt.omega)).all(axis=(-2, -1), keepdims=True)


def quantum(array: Array) -> Array:
    """The largest power of two that divides every entry; infinite where all are 0."""
    mantissa, exponent = np.frexp(array)
    digits = np.abs(np.ldexp(mantissa, 53)).astype(np.int64)
    lowest = (digits & -digits).astype(np.float64)
    quanta = np.where(array == 0, np.inf, np.ldexp(lowest, exponent - 53))
    return quanta.min(axis=(-2, -1), keepdims=True)

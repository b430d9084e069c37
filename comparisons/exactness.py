"""When a sum of products is exact in every order: the numbers are multiples of one quantum.

If every product is a multiple of q and Σ|xᵢyᵢ| < q/u, all partial sums are representable, so
nothing is rounded; nor is it flushed to zero, if q and all factors are normal numbers. Small
whole numbers, as the kinks regime draws them, are the usual case; it is what tells a unit that
sits exactly on a kink from one that only may. ``Sum.is_exact`` asks it of an equation.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from crossgrad.comparisons.rounding import Format
from crossgrad.reference.parameters import Array

#: The bits of a float64 that are its digits.
MANTISSA = np.int64(2**52 - 1)


#: The addends of sums: of each kind its factors, or what is added by itself.
Addends = Sequence[Sequence[Array]]


def all_exact(addends: Addends, magnitude: Array, fmt: Format) -> Array:
    """Whether all sums of a network are, one truth value each; ``magnitude`` is Σ|xᵢyᵢ|."""
    q = reduce(np.minimum, (reduce(np.multiply, map(quantum, factors)) for factors in addends))
    read = (normal(array, fmt) for factors in addends for array in factors)
    fits = magnitude.max(axis=(-2, -1), keepdims=True) < q / fmt.u
    return np.asarray(reduce(np.logical_and, read, fits & (q >= fmt.omega)))


def of_few_digits(addends: Addends, fmt: Format) -> Array:
    """Whether that is worth asking of a network: no, if its first product is no number already."""
    found = []
    for factors in addends:
        first = [array[..., :1, :1].astype(np.float64) for array in factors]
        digits = reduce(np.multiply, map(quantum, first)) / fmt.u
        found.append(np.abs(reduce(np.multiply, first)) < digits)
    return np.asarray(reduce(np.logical_and, found))


def normal(array: Array, fmt: Format) -> Array:
    """Whether every entry is 0 or a normal number: XLA reads a subnormal one as 0."""
    size = np.abs(array)
    return ((size == 0) | (size >= fmt.omega)).all(axis=(-2, -1), keepdims=True)


def quantum(array: Array) -> Array:
    """The largest power of two that divides every entry; infinite where all are 0."""
    size = np.abs(array.astype(np.float64))
    bits = size.view(np.int64)
    digits = bits & MANTISSA  # those after the point: none of a power of two
    lowest = size - (bits - (digits & -digits)).view(np.float64)
    quanta = np.where(digits == 0, np.where(size == 0, np.inf, size), lowest)
    return quanta.min(axis=(-2, -1), keepdims=True)

"""Sums and products evaluated more exactly than the format that is judged.

A value is held as an unevaluated sum hi + lo of two float64 arrays, with an absolute bound
``own`` of how far it may be from the truth. float32 products are exact in float64; float64
products and sums go through error-free transformations (Dekker 1971; Ogita, Rump & Oishi,
*Accurate sum and dot product*, 2005), which need nothing but IEEE arithmetic.
"""

from typing import NamedTuple

import numpy as np

from comparisons.rounding import CHECKER, gamma
from reference.parameters import Array

SPLITTER = 2.0**27 + 1  # Dekker: halves of 26 bits, whose products are exact in 53
PAIR = 2.0**-100  # relative error of a chain of at most 2⁵ pair operations, each below 2⁻¹⁰⁵


class Wide(NamedTuple):
    """hi + lo, within ``own`` of the exact value."""

    hi: Array
    lo: Array
    own: Array

    def distance(self, reported: Array) -> Array:
        """|reported - (hi + lo)|: the first difference is exact where the two are close."""
        return np.abs((reported - self.hi) - self.lo)

    def times(self, factor: Array, factor_own: Array) -> "Wide":
        """The product with a float64 factor that is known within ``factor_own``."""
        hi, lo = two_product(self.hi, factor)
        magnitude = np.abs(self.hi) + np.abs(self.lo) + self.own
        own = self.own * np.abs(factor) + magnitude * (factor_own + PAIR * np.abs(factor))
        return Wide(hi, lo + self.lo * factor, own)


def exact(value: Array) -> Wide:
    """A value that is known exactly."""
    value = value.astype(np.float64)
    return Wide(value, np.zeros_like(value), np.zeros_like(value))


def difference(x: Array, y: Array) -> Wide:
    """x - y, without error."""
    hi, lo = two_sum(x.astype(np.float64), -y.astype(np.float64))
    return Wide(hi, lo, np.zeros_like(hi))


def product(A: Array, B: Array, magnitude: Array, plus: Array | None = None) -> Wide:
    """A @ B + plus; ``magnitude`` is |A| @ |B| + |plus|, which every caller has anyway."""
    n = A.shape[-1] + 1
    plus = np.zeros(1) if plus is None else plus
    if A.dtype != np.float64:
        hi = A.astype(np.float64) @ B.astype(np.float64) + plus.astype(np.float64)
        return Wide(hi, np.zeros_like(hi), gamma(n, CHECKER.u) * magnitude)
    hi = np.broadcast_to(plus, magnitude.shape)
    lo = np.zeros_like(magnitude)
    for k in range(A.shape[-1]):
        term, error = two_product(A[..., :, k, None], B[..., k, None, :])
        hi, carry = two_sum(hi, term)
        lo = lo + (carry + error)
    return Wide(hi, lo, gamma(2 * n, CHECKER.u) ** 2 * magnitude)


def row_sums(A: Array, magnitude: Array) -> Wide:
    """The sum over the last axis, kept; ``magnitude`` is the sum of |A|."""
    return product(A, np.ones((*A.shape[:-2], A.shape[-1], 1), A.dtype), magnitude)


def two_sum(x: Array, y: Array) -> tuple[Array, Array]:
    """x + y and its rounding error, exactly (Knuth)."""
    s = x + y
    t = s - x
    return s, (x - (s - t)) + (y - t)


def two_product(x: Array, y: Array) -> tuple[Array, Array]:
    """x · y and its rounding error, exactly but for underflow (Dekker, Veltkamp)."""
    p = x * y
    x_hi, x_lo = split(x)
    y_hi, y_lo = split(y)
    return p, x_lo * y_lo - (((p - x_hi * y_hi) - x_lo * y_hi) - x_hi * y_lo)


def split(x: Array) -> tuple[Array, Array]:
    """x as a sum of two halves of 26 bits."""
    c = SPLITTER * x
    hi = c - (c - x)
    return hi, x - hi

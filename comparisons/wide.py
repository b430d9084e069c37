"""What the checker knows: a pair, and a bound ``own`` of how far it may be from the truth.

float32 products are exact in float64. Of float64, the leading parts of ``pairs`` have exact
products, which are added without error (Ogita, Rump & Oishi, *Accurate sum and dot product*,
2005); what the trailing parts add is 2⁻²⁵ of it, and has float64's accuracy.
"""

from math import prod
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.pairs import ERROR, Pair, lift, sum_of
from crossgrad.comparisons.rounding import CHECKER, gamma
from crossgrad.reference.parameters import Array

#: The trailing parts' share of a sum of products, twice 2⁻²⁵. It is rounded γ_n as a sum of
#: products, and up to n times when the errors of the leading sum are added to it.
TRAILING = 2.0**-24
#: The smallest subnormal number: of each rounded product, half of it may be lost besides.
SMALLEST = 2.0**-1074
#: Numbers of a buffer of ``leading_sum``, which has six: measured, and of no more than speed.
NEAR = 1 << 14
#: Axes of a stack of matrices.
STACK = 3


class Wide(NamedTuple):
    """A pair, within ``own`` of the exact value."""

    pair: Pair
    own: Array

    def distance(self, reported: Array) -> Array:
        """|reported - (hi + lo)|: the first difference is exact where the two are close."""
        distance = reported - self.pair.hi
        distance -= self.pair.lo
        return np.abs(distance)

    def times(self, other: "Wide") -> "Wide":
        """The product: each own times the other's size, and what the pairs' product errs by.

        Its three products of parts and the three of ``own`` may each be below 2⁻¹⁰²².
        """
        x, y = (np.abs(side.pair.nearest) for side in (self, other))
        own = self.own * (y + other.own) + x * other.own + ERROR * (x * y)
        return Wide(self.pair * other.pair, own + 4 * SMALLEST)

    def times_rounded(self, d: Array, off: Array) -> "Wide":
        """The product with a float64 that is off by so much; rounded once, for anything less.

        The rounding, 2⁻⁵³|vd|, is in no ``own``: whoever computes v ⊙ σ′ in float32 or less is
        allowed 3u|vd| ≥ 3 · 2⁻²⁴|vd|, of which it is ⅔ 2⁻³⁰, and SLACK has 2⁻³⁰, less 2⁻³³. Who is
        allowed nothing, as σ selects, has a d that is a power of two, or 0: nothing is rounded.
        What v has beyond a float64, as a sum of pairs, is 2⁻⁵³ of it at most, and multiplied apart.
        """
        v = self.pair.nearest
        beyond = (self.pair.hi - v) + self.pair.lo
        own = self.own * (np.abs(d) + off) + np.abs(v) * off
        return Wide(Pair(v * d, beyond * d), own + 4 * SMALLEST)


def product(A: Array, B: Array, magnitude: Array, plus: Array | None = None) -> Wide:
    """A @ B + plus; ``magnitude`` is |A| @ |B| + |plus|, which every caller has anyway.

    In pairs each of n - 1 products is three of parts, and ``own`` is one more: each may be below
    2⁻¹⁰²². Sums there are exact.
    """
    n = A.shape[-1] + 1
    plus = np.zeros(1) if plus is None else plus.astype(np.float64)
    if A.dtype != np.float64:
        return Wide(lift(A.astype(np.float64) @ B + plus), gamma(n, CHECKER.u) * magnitude)
    x, y = lift(A), lift(B)
    lo = x.hi @ y.lo + x.lo @ B
    hi = leading_sum(x.hi, y.hi, np.broadcast_to(plus, magnitude.shape), lo)
    own = TRAILING * gamma(2 * n, CHECKER.u) * magnitude + 2 * n * SMALLEST
    return Wide(sum_of(hi, lo), own)


def leading_sum(A: Array, B: Array, start: Array, errors: Array) -> Array:
    """start + A @ B, whose products are exact, term by term; what is lost is added to ``errors``.

    It is ``two_sum`` of the sum so far and the next term, into buffers that are made once; of a
    long stack some networks at a time, whose buffers stay near the processor.
    """
    some = max(1, NEAR // prod(start.shape[-2:]))
    if start.ndim == STACK and len(start) > some:
        parts = (slice(first, first + some) for first in range(0, len(start), some))
        return np.concatenate([leading_sum(A[s], B[s], start[s], errors[s]) for s in parts])
    total = start.copy()
    term, larger, part, error = (np.empty(start.shape) for _ in range(4))
    for k in range(A.shape[-1]):
        np.multiply(A[..., :, k, None], B[..., k, None, :], out=term)
        np.add(total, term, out=larger)
        np.subtract(larger, total, out=part)
        np.subtract(larger, part, out=error)
        np.subtract(total, error, out=error)  # what of the sum so far is lost
        np.subtract(term, part, out=part)  # and of the term
        np.add(error, part, out=error)
        np.add(errors, error, out=errors)
        total, larger = larger, total
    return total


def row_sums(A: Array, magnitude: Array) -> Wide:
    """The sum over the last axis, kept; ``magnitude`` is the sum of |A|."""
    return product(A, np.ones((*A.shape[:-2], A.shape[-1], 1), A.dtype), magnitude)

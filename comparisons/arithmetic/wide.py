"""What the checker knows: a pair, and a bound ``own`` of how far it may be from the truth.

float32 products are exact in float64. Of float64, the leading parts of ``pairs`` have exact
products, which are added without error (Ogita, Rump & Oishi, *Accurate sum and dot product*,
2005); what the trailing parts add is 2⁻²⁵ of it, and has float64's accuracy.
"""

from collections.abc import Callable
from math import prod
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import (
    ERROR,
    Pair,
    lift,
    sum_of,
    two_sum,
    with_zeros,
)
from crossgrad.comparisons.arithmetic.rounding import CHECKER, gamma
from crossgrad.reference.parameters import Array

#: The trailing parts' share of a sum of products, twice 2⁻²⁵. It is rounded γ_n as a sum of
#: products, and up to n times when the errors of the leading sum are added to it.
TRAILING = 2.0**-24
#: The smallest subnormal number: of each rounded product, half of it may be lost besides.
SMALLEST = 2.0**-1074
#: Numbers of a buffer of ``leading_sum``, which has six: measured, and of no more than speed.
NEAR = 1 << 14
#: Products from which on ``sliced`` is faster, and up to which all are held at once: likewise.
SLICED, MANY = 1 << 12, 1 << 18
#: Between these, products of parts neither underflow nor overflow.
LEAST, MOST = 2.0**-300, 2.0**300
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
    """A @ B + plus; ``magnitude`` is |A| @ |B| + |plus|, which every caller has anyway."""
    plus = np.zeros(1) if plus is None else plus.astype(np.float64)
    if A.dtype != np.float64:
        return in_float64(A.astype(np.float64), B, magnitude, plus)
    return in_pairs(A, B, lambda: (lift(A), lift(B)), magnitude, plus)


def in_float64(A: Array, B: Array, magnitude: Array, plus: Array) -> Wide:
    """Of float32 factors, one of them in float64: the layout of B is part of the last bit."""
    return Wide(lift(A @ B + plus), gamma(A.shape[-1] + 1, CHECKER.u) * magnitude)


def in_pairs(
    A: Array, B: Array, lifted: Callable[[], tuple[Pair, Pair]], magnitude: Array, plus: Array
) -> Wide:
    """Of float64 factors; ``lifted`` gives them as pairs, which is asked where they are needed.

    Each of n - 1 products is three of parts, and ``own`` is one more: each may be below 2⁻¹⁰²².
    Sums of the leading parts are exact.
    """
    n = A.shape[-1] + 1
    own = TRAILING * gamma(2 * n, CHECKER.u) * magnitude + 2 * n * SMALLEST
    start = np.broadcast_to(plus, magnitude.shape)
    if A.shape[-2] * A.shape[-1] * B.shape[-1] < SLICED:
        return Wide(by_terms(*lifted(), B, start), own)
    pair, error = sliced(A, B, start)
    lost = ~(2 * error < own).all((-2, -1))  # else what is lost of start is less than half of it
    if lost.any():
        x, y = (side.map(lambda part: part[lost]) for side in lifted())
        term_by_term = by_terms(x, y, B[lost], start[lost])
        pair.hi[lost], pair.lo[lost] = term_by_term.hi, term_by_term.lo
    return Wide(pair, own)


def by_terms(x: Pair, y: Pair, B: Array, start: Array) -> Pair:
    """start + x @ y; B is y in float64."""
    lo = x.hi @ y.lo + x.lo @ B
    hi = leading_sum(x.hi, y.hi, start, lo)
    return sum_of(hi, lo)


def leading_sum(A: Array, B: Array, start: Array, errors: Array) -> Array:
    """start + A @ B, whose products are exact, term by term; what is lost is added to ``errors``.

    It is ``two_sum`` of the sum so far and the next term, into buffers that are made once; of a
    long stack some networks at a time, whose buffers stay near the processor. A few long sums are
    taken by halves.
    """
    if start.size < A.shape[-1] and start.size * A.shape[-1] <= MANY:
        return sum_by_halves(A, B, start, errors)
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


def sum_by_halves(A: Array, B: Array, start: Array, errors: Array) -> Array:
    """The same, all terms at once: no more is lost, for no term is in more than log₂ n sums."""
    terms = A[..., :, None, :] * B.mT[..., None, :, :]
    total = np.concatenate([start[..., None], terms], axis=-1)
    while total.shape[-1] > 1:
        total = with_zeros(total, total.shape[-1] % 2)
        total, lost = two_sum(total[..., ::2], total[..., 1::2])
        errors += lost.sum(-1)
    return total[..., 0]


# ------------------------------------------------------------------ cut, so that BLAS is exact
def sliced(A: Array, B: Array, start: Array) -> tuple[Pair, Array]:
    """start + A @ B by products of matrices, and what it may be off by.

    Rows of A and columns of B are cut at multiples of q = 2^{-β} top and of 2^{-2β} top, tops being
    powers of two: A = A₁ + A₂ + A₃, |A₂| ≤ q/2, |A₃| ≤ 2^{-β} q/2. With 2β + ⌈log₂ 2n⌉ ≤ 53, A₁B₁
    and A₁B₂ + A₂B₁ are multiples of so large a number that they are exact in every order, fused or
    not. What is left, A₁B₃ + A₂(B₂ + B₃) + A₃B, is rounded as 3n products of that size are, and
    with what the other sums lose in their additions. (Ozaki, Ogita, Oishi & Rump, *Error-free
    transformations of matrix multiplication*, 2012.) Infinite where parts may underflow.
    """
    n = A.shape[-1]
    digits = (53 - (2 * n - 1).bit_length()) // 2
    sizes_A, sizes_B = np.abs(A), np.abs(B)
    top_A, top_B = above(sizes_A.max(-1, keepdims=True)), above(sizes_B.max(-2, keepdims=True))
    A1, rest_A = cut(A, top_A, digits)
    A2, A3 = cut(rest_A, top_A * 2.0**-digits, digits)
    B1, rest_B = cut(B, top_B, digits)
    B2, B3 = cut(rest_B, top_B * 2.0**-digits, digits)
    total, lost = two_sum(A1 @ B1, A1 @ B2 + A2 @ B1)
    low = A1 @ B3 + A2 @ rest_B + A3 @ B + lost
    total, lost = two_sum(total, start)
    low += lost
    tiny = 2.0 ** (-2 * digits)
    left = sizes_A.sum(-1, keepdims=True) * top_B + sizes_B.sum(-2, keepdims=True) * top_A
    left += 3 * n * (top_A * top_B)
    error = gamma(3 * n + 4, CHECKER.u) * tiny * left
    return sum_of(total, low), np.where(within(top_A) & within(top_B), error, np.inf)


def within(top: Array) -> Array:
    """Whether no product of parts underflows or overflows; of nothing there are no parts."""
    return (top == 0) | ((top >= LEAST) & (top <= MOST))


def above(x: Array) -> Array:
    """A power of two above each; 0 of 0, of which nothing is cut and nothing is left."""
    return np.where(x == 0, 0.0, np.ldexp(1.0, np.frexp(x)[1]))


def cut(
    x: Array, top: Array, digits: int, leading: Array | None = None, rest: Array | None = None
) -> tuple[Array, Array]:
    """x at multiples of 2^{-digits} top, and the rest, which is exact; into buffers, if any."""
    large = top * (0.75 * 2.0 ** (53 - digits))
    leading = np.add(x, large, out=leading)
    leading -= large
    return leading, np.subtract(x, leading, out=rest)


def row_sums(A: Array, magnitude: Array) -> Wide:
    """The sum over the last axis, kept; ``magnitude`` is the sum of |A|."""
    return product(A, np.ones((*A.shape[:-2], A.shape[-1], 1), A.dtype), magnitude)

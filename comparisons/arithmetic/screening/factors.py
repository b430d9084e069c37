"""How far each entry of A B + p is from what was reported, and M = |A||B| + |p|, block by block.

M is evaluated in float32, within η of itself: k products of one sign, of rounded factors, are
γ_{2k+10}(2⁻²⁴) off at most, with the few operations that follow. What underflows there is 2⁻¹⁵⁰ a
product: of float32 that is nothing beside what may be flushed of an entry, 2⁻¹²⁶ and more. What
overflows is ∞, of which the search cannot tell anything.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import CHECKER, FLOAT32_U, gamma
from crossgrad.comparisons.arithmetic.wide import above, cut, within
from crossgrad.reference.parameters import Array

#: Numbers of a block of A, and columns of a block of B: BLAS packs both anew for each product, so
#: that small ones are slow, and large ones leave the cache. They decide speed alone, and memory.
NUMBERS, COLUMNS = 1 << 19, 512
#: Of factors that are scaled to 1, k ≤ 2¹⁷ products that underflow are less: k 2⁻¹⁴⁹.
TINY = np.float32(2.0**-131)


class Factors(ABC):
    """A: (rows, n), B: (n, columns), p: (rows, 1) or None, and what was reported of A B + p.

    k: the terms of an entry.
    """

    def __init__(
        self, A: Array, B: Array, p: Array | None, reported: Array, zeros: tuple[bool, bool]
    ) -> None:
        """What all blocks of rows have in common is made of B; ``zeros`` may be in A, and in B."""
        self.A, self.B, self.p, self.reported = A, B, p, reported
        self.n, self.columns = B.shape
        self.k = self.n + (p is not None)
        self.step = min(len(A), max(64, NUMBERS // max(self.k, 4 * self.columns)))
        self.zeros = zeros
        #: How many numbers of each column of B are not 0.
        self.there = counted(B, 0, has_zeros=zeros[1])
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """What is made of B alone, and room for a block."""

    def blocks(self) -> Iterator[slice]:
        """Rows, from the first to the last."""
        for start in range(0, len(self.A), self.step):
            yield slice(start, min(start + self.step, len(self.A)))

    def present(self, rows: slice) -> Array:
        """How many numbers of each row of A are not 0."""
        return counted(self.A[rows], 1, has_zeros=self.zeros[0])

    @abstractmethod
    def off(self, rows: slice) -> Array:
        """How far each entry of some rows is off."""


def counted(array: Array, axis: int, *, has_zeros: bool) -> Array:
    """How many numbers along an axis are not 0; one count for all where every number is not."""
    if not has_zeros:
        return np.full((1, 1), array.shape[axis], np.float32)
    return np.count_nonzero(array, axis, keepdims=True).astype(np.float32)


class Precise(Factors):
    """In so many digits that of what an entry is off, little is the checker's; with M."""

    #: M is evaluated in units of it.
    scale = 1.0
    #: Whether anything can be told of these numbers.
    in_range = True
    #: The rows that were asked of last, and the largest sizes of A and p there, and in B.
    rows, largest = slice(0, 0), (0.0, 0.0)

    @cached_property
    def eta(self) -> float:
        return gamma(2 * self.k + 10, FLOAT32_U) + 2.0**-22

    @cached_property
    def ones(self) -> Array:
        return (self.B != 0).astype(np.float32)

    def terms(self, rows: slice) -> Array:
        """How many products of each entry are not 0; an axis is 1 where all have as many."""
        if all(self.zeros):
            return (self.A[rows] != 0).astype(np.float32) @ self.ones
        return self.present(rows) + self.there - self.n

    @abstractmethod
    def magnitude(self) -> Array:
        """M of the rows that were asked of last, at most 1 + η times it."""

    @abstractmethod
    def doubt(self, i: Array, j: Array) -> Array:
        """How much less entries of these rows may be off."""


class Factors32(Precise):
    """In float64, where products of float32 are exact, sums are as good as γ_{k+1}(2⁻⁵³)."""

    def prepare(self) -> None:
        """B in float64, and buffers of a block."""
        self.wide = self.B.astype(np.float64)
        self.added = None if self.p is None else self.p.astype(np.float64)
        self.whole, self.size = (np.empty((self.step, self.n), t) for t in (float, np.float32))
        shape = self.step, self.columns
        self.y, self.M, self.distance = (np.empty(shape, t) for t in (float, *2 * [np.float32]))

    def off(self, rows: slice) -> Array:
        self.rows, count = rows, rows.stop - rows.start
        whole, distance = self.whole[:count], self.distance[:count]
        whole[...] = self.A[rows]
        y = np.matmul(whole, self.wide, out=self.y[:count])
        if self.added is not None:
            y += self.added[rows]
        y -= self.reported[rows]
        distance[...] = y
        return np.abs(distance, out=distance)

    @cached_property
    def sizes(self) -> Array:
        """|B|; a verdict alone never asks for it."""
        return np.abs(self.B)

    @cached_property
    def largest_B(self) -> float:
        return float(self.sizes.max())

    def magnitude(self) -> Array:
        """Another, in float32."""
        size = np.abs(self.A[self.rows], out=self.size[: self.rows.stop - self.rows.start])
        largest, M = size.max(), np.matmul(size, self.sizes, out=self.M[: len(size)])
        if self.p is not None:
            beside = np.abs(self.p[self.rows])
            largest = max(largest, beside.max())
            M += beside
        self.largest = float(largest), self.largest_B
        return M

    def doubt(self, i: Array, j: Array) -> Array:
        """Twice what the sum errs by."""
        return 2 * gamma(self.k + 1, CHECKER.u) * self.M[i, j]


class Factors64(Precise):
    """p is a column more of A, times a row of ones: k columns are multiplied.

    Both factors are cut into two parts, A = A₁ + A₂ at multiples of q_i, B likewise of q_j.

    With 2β + ⌈log₂ 2k⌉ ≤ 53 and q_i = 2^{-β} times a power of two above row i, q_j of column j, the
    products of A₁ B₁ are multiples of q_i q_j, and their sums below 2⁵³ of them: exact in every
    order, fused or not. What is left, [A₁ A₂][B₂; B], is small: |A₂| ≤ q_i/2, |B₂| ≤ q_j/2. So
    the two products of matrices are together within

        κ = γ_{2k+4}(2⁻⁵³)(R_i q_j + q_i S_j)/2 · 1.01,    R_i = Σ|A_i·| + k q_i,  S_j = Σ|B_·j|

    of y, which is some 2^{-β} of the bound. The 4: as they are added to each other and subtracted
    from what was reported. (Cut by a large constant: Rump, Ogita & Oishi, *Accurate floating-point
    summation*, 2008.)
    """

    def prepare(self) -> None:
        """B in parts, |B| in float32, and buffers of a block."""
        k, shape = self.k, (self.step, self.columns)
        self.below = np.ones((2 * k, self.columns), order=order_of(self.B))
        whole = self.below[k:]
        whole[: self.n] = self.B
        sizes = np.abs(whole)
        self.largest = largest_of(self.A, self.p), float(sizes.max())
        scales = above(np.array(self.largest))
        self.in_range = bool(within(scales).all() and np.isfinite(self.largest).all())
        self.scale_A, self.scale_B = scales
        self.scale = float(self.scale_A * self.scale_B)
        self.digits = (53 - (2 * k - 1).bit_length()) // 2
        top = above(sizes.max(0))
        self.S, self.q = sizes.sum(0), top * 2.0**-self.digits
        self.sizes = (sizes / self.scale_B).astype(np.float32)
        self.leading = sizes  # a buffer
        cut(whole, top, self.digits, self.leading, self.below[:k])
        self.whole, self.parts = np.empty((self.step, k)), np.empty((self.step, 2 * k))
        self.size, self.M = np.empty((self.step, k), np.float32), np.empty(shape, np.float32)
        self.distance, self.rest, self.kappa = (np.empty(shape) for _ in range(3))

    def off(self, rows: slice) -> Array:
        """Two products of matrices, the second of twice as many columns; with κ."""
        self.rows, count, k = rows, rows.stop - rows.start, self.k
        whole, parts = self.whole[:count], self.parts[:count]
        whole[:, : self.n] = self.A[rows]
        if self.p is not None:
            whole[:, self.n :] = self.p[rows]
        distance, rest, kappa = self.distance[:count], self.rest[:count], self.kappa[:count]
        sizes = np.abs(whole, out=parts[:, :k])
        top = above(sizes.max(1, keepdims=True))
        q = top * 2.0**-self.digits
        R = sizes.sum(1, keepdims=True) + k * q
        np.divide(sizes, self.scale_A, out=self.size[:count], casting="same_kind")
        cut(whole, top, self.digits, parts[:, :k], parts[:, k:])
        np.matmul(parts[:, :k], self.leading, out=distance)
        np.matmul(parts, self.below, out=rest)
        np.subtract(self.reported[rows], distance, out=distance)
        distance -= rest
        np.abs(distance, out=distance)
        share = gamma(2 * k + 4, CHECKER.u) / 2 * 1.01
        np.matmul(share * np.hstack([R, q]), np.stack([self.q, self.S]), out=kappa)
        distance += kappa
        return distance

    def magnitude(self) -> Array:
        """Of scaled factors; less than what may be rounded up near 0."""
        size = self.size[: self.rows.stop - self.rows.start]
        M = np.matmul(size, self.sizes, out=self.M[: len(size)])
        M -= TINY
        return np.maximum(M, 0, out=M)

    def doubt(self, i: Array, j: Array) -> Array:
        """Twice κ."""
        return 2 * self.kappa[i, j]


def order_of(B: Array) -> Literal["C", "F"]:
    """Whether the numbers of a row stand next to each other, or those of a column."""
    return "F" if B.strides[0] < B.strides[1] else "C"


def largest_of(A: Array, p: Array | None) -> float:
    parts = [A] if p is None else [A, p]
    return float(max(max(part.max(), -part.min()) for part in parts))

"""Pairs: numbers of 78 bits, as unevaluated sums hi + lo of two float64 arrays.

``hi`` has 26 bits only, so that hi · hi is exact as it stands: no splitting (Dekker 1971) is
left to do in a product, and none that overflows. ``lo`` has all 53 bits and is below 2⁻²⁵ |hi|.
Products and quotients err by at most ``ERROR`` relative to the result, sums relative to |x| + |y|;
where lo or a product of parts is subnormal, by a few of the smallest subnormals besides, which a
quotient divides by its divisor. Numbers are finite, and below 2¹⁰²³: where float64 would overflow,
a pair is not a number. IEEE arithmetic is all that is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Union

import numpy as np

from crossgrad.reference.parameters import Array

#: Of an operation. In (a + b)(c + d) ac is exact; what is rounded, six times at most, is
#: no larger than 2⁻²⁵ |ac| each time: c + d by b, ad, b(c + d), their sum (twice that), the new lo.
#: So 6 · 2⁻⁷⁸; of a quotient and a sum it is the same or less.
ERROR = 2.0**-74
#: All but the last 27 of the 53 bits.
LEADING = np.int64(-(2**27))

Operand = Union["Pair", Array, float]


@dataclass(frozen=True, slots=True)
class Pair:
    """hi + lo."""

    hi: Array
    lo: Array
    __array_ufunc__: ClassVar[None] = None  # an array leaves array · pair to the pair

    @property
    def nearest(self) -> Array:
        """As a float64."""
        return self.hi + self.lo

    def map(self, change: Callable[[Array], Array]) -> "Pair":
        """What is done to both parts alike: a choice of entries, a power of two, a shape."""
        return Pair(change(self.hi), change(self.lo))

    def __neg__(self) -> "Pair":
        return self.map(np.negative)

    def __abs__(self) -> "Pair":
        """Without error: hi has the sign, and where it is 0 of the smallest subnormals too."""
        return choose(np.signbit(self.hi), -self, self)

    def __add__(self, other: Operand) -> "Pair":
        """The sum of the leading parts is exact."""
        other = lift(other)
        total, error = two_sum(self.hi, other.hi)
        return renormalised(total, error + (self.lo + other.lo))

    def __sub__(self, other: Operand) -> "Pair":
        return self + -lift(other)

    def __rsub__(self, other: Operand) -> "Pair":
        return lift(other) + -self

    def __mul__(self, other: Operand) -> "Pair":
        """(a + b)(c + d): ac is exact."""
        other = lift(other)
        cross = self.hi * other.lo + self.lo * other.nearest
        return renormalised(self.hi * other.hi, cross)

    def __truediv__(self, other: Operand) -> "Pair":
        """The quotient's leading part, and what is left over divided again."""
        other = lift(other)
        divisor = other.nearest
        hi = leading(self.nearest / divisor)
        left = (self.hi - hi * other.hi) + self.lo - hi * other.lo
        return Pair(hi, left / divisor)

    def __rtruediv__(self, other: Operand) -> "Pair":
        return lift(other) / self

    __radd__ = __add__
    __rmul__ = __mul__


# ------------------------------------------------------------------ to pairs
def leading(x: Array) -> Array:
    """The first 26 bits, towards 0."""
    return (x.view(np.int64) & LEADING).view(np.float64)


def lift(x: Operand) -> Pair:
    """A number as a pair, without error."""
    if isinstance(x, Pair):
        return x
    if isinstance(x, int | float) and x:  # not 0, which equals -0
        return constant(x)
    return split(np.asarray(x, np.float64))


@lru_cache
def constant(x: float) -> "Pair":
    """A number in a formula, which is split once for all arrays that it meets."""
    return split(np.asarray(x, np.float64))


def split(x: Array) -> Pair:
    """Its first 26 bits, and the rest of them."""
    hi = leading(x)
    return Pair(hi, x - hi)


def renormalised(total: Array, rest: Array) -> Pair:
    """total + rest, where the rest is small beside the total's terms."""
    hi = leading(total + rest)
    return Pair(hi, (total - hi) + rest)


def sum_of(x: Array | float, y: Array) -> Pair:
    """x + y of any two float64, to the last bit that a pair has."""
    total, error = two_sum(x, y)
    hi = leading(total)
    return Pair(hi, (total - hi) + error)


def two_sum(x: Array | float, y: Array) -> tuple[Array, Array]:
    """x + y and its rounding error, exactly (Knuth)."""
    s = x + y
    t = s - x
    return s, (x - (s - t)) + (y - t)


# ------------------------------------------------------------------ of whole arrays
def choose(condition: Array, x: Operand, y: Operand) -> Pair:
    """x where the condition holds, else y."""
    x, y = lift(x), lift(y)
    return Pair(np.where(condition, x.hi, y.hi), np.where(condition, x.lo, y.lo))


def with_zeros(x: Array, missing: int) -> Array:
    """So many at the end of the last axis; many times as fast as ``np.pad``, of small arrays."""
    return np.concatenate([x, np.zeros((*x.shape[:-1], missing))], axis=-1) if missing else x


def total(x: Pair) -> Pair:
    """The sum over the last axis, by halves: no term is in more than log₂ n sums."""
    n = x.hi.shape[-1]
    missing = 2 ** (n - 1).bit_length() - n
    filled = x.map(lambda part: with_zeros(part, missing))
    while filled.hi.shape[-1] > 1:
        filled = filled.map(lambda part: part[..., ::2]) + filled.map(lambda part: part[..., 1::2])
    return filled.map(lambda part: part[..., 0])


def mean(terms: Pair) -> Pair:
    """Summed over outputs, the mean over the batch; ``terms`` are ``(n_L, m)``."""
    *stack, _, m = terms.hi.shape
    return total(terms.map(lambda part: part.reshape(*stack, -1))) / m

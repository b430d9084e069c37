"""The search for the worst entry of a large sum that passes."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison, Passed
from crossgrad.comparisons.arithmetic.expected import Expected, Extra
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.arithmetic.screening.factors import (
    COLUMNS,
    TINY,
    Factors,
    Factors32,
    Factors64,
    Precise,
)
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.reference.parameters import Array

#: Products, n · rows · columns, from which on it pays. It decides speed alone, as GATHERED does.
LARGE = 1 << 23
#: Factors that are gathered at a time, of entries that are evaluated by themselves.
GATHERED = 1 << 20
#: At most one entry of so many is: where more may be the worst, all are judged together.
SHARE = 32
#: Products of an entry up to which η and nu are small; and what is allowed of it at most, in units
#: of what is at least: γ_{n+1} M ÷ ½u(n + 1) M, within η and nu.
LONGEST, MOST = 1 << 16, 2.2
#: What the checker's own sums, here and of entries by themselves, may move a residual by: twice
#: γ_{n+2}(2⁻⁵³)M ÷ ½nuM is below 2⁻²⁵ in float32, twice 2⁻²⁴γ_{2n+4}(2⁻⁵³)M ÷ ½nuM 2⁻²⁰ in float64.
OWN = 2.0**-20

F = TypeVar("F", bound=Factors)
#: Rows and columns of some entries.
Places: TypeAlias = tuple[Array, Array]
NOWHERE: Places = np.zeros(0, int), np.zeros(0, int)


class Asked(NamedTuple):
    """A sum, held to a format; ``compared`` holds what was reported to what is expected."""

    equation: Sum
    reported: Array
    fmt: Format
    extra: Extra
    compared: Callable[[Array, Expected], Comparison]

    @property
    def is_suited(self) -> bool:
        """Whether it is one large product, and perhaps a bias, in the format of its numbers."""
        equation, fmt, shape = self.equation, self.fmt, self.reported.shape
        if len(equation.products) != 1 or equation.plain or len(shape) != 3:  # noqa: PLR2004
            return False
        (product,) = equation.products
        if not product.is_plain or product.length * shape[-2] * shape[-1] < LARGE:
            return False
        if product.length > LONGEST:
            return False
        if fmt.narrow or fmt.casts is not None or fmt.additions is not None:
            return False
        if any(copy.array.shape != (*shape[:-1], 1) for copy in equation.copies):
            return False
        return len(equation.copies) <= 1 and not equation.may_be_exact(fmt, self.extra)

    def factors(self, kind: type[F]) -> Iterator[tuple[int, int, F]]:
        """Of each network those of so many columns; with the draw, and the first column."""
        (product,) = self.equation.products
        zeros = product.left.has_zeros, product.right.has_zeros
        for draw, number in enumerate(self.reported):
            p = next((copy.array[draw] for copy in self.equation.copies), None)
            A, B = product.left.array[draw], product.right.array[draw]
            for first in range(0, B.shape[1], COLUMNS):
                part = slice(first, first + COLUMNS)
                yield draw, first, kind(A, B[:, part], p, number[:, part], zeros)

    def portions(self, places: Array) -> list[Array]:
        """As many at a time as memory is good for."""
        at_once = max(1, GATHERED // self.equation.products[0].length)
        return [places[k : k + at_once] for k in range(0, len(places), at_once)]

    def held(self, places: Array) -> Comparison:
        """Some entries by themselves, as a stack of sums of one entry. places: (count, 3)."""
        draws, rows, columns = places.T
        (product,) = self.equation.products
        left = product.left.array[draws, rows][:, None, :]
        right = product.right.array[draws, :, columns][:, :, None]
        terms = [Term("ji,im->jm", like(product.left, left), like(product.right, right))]
        beside = [like(copy, copy.array[draws, rows][:, None, :]) for copy in self.equation.copies]
        terms += [Term("j->jm", copy) for copy in beside]
        number = self.reported[draws, rows, columns][:, None, None]
        return self.compared(number, Sum(*terms).expected(self.fmt, self.extra))


def like(number: Number, array: Array) -> Number:
    return Number(array, number.role, given=number.given)


@np.errstate(all="ignore")
def screened(asked: Asked) -> Passed | None:
    """What passes, with its worst entry; None if it does not, or if this cannot be told here."""
    largest, blind, found = 0.0, 0, []
    (product,) = asked.equation.products
    kind: type[Precise] = Factors64 if product.left.array.dtype == np.float64 else Factors32
    for draw, first, factors in asked.factors(kind):
        for rows in factors.blocks():
            block = Block(asked, factors, rows).doubtful(largest)
            if block is None or len(block.rows) * SHARE > asked.reported[draw].size:
                return None
            largest, blind = block.largest, blind + block.blind
            found.append((placed(draw, rows, first, block.rows, block.columns), block.most))
    kept = np.concatenate([places[most >= largest] for places, most in found])
    return worst_of(asked, kept, blind)


def placed(draw: int, rows: slice, first: int, i: Array, j: Array) -> Array:
    """Draw, row and column of entries of a block. (count, 3)."""
    return np.stack([np.full(len(i), draw), i + rows.start, j + first], axis=1)


def worst_of(asked: Asked, places: Array, blind: int) -> Passed | None:
    """The worst of these entries that prove something; None if one fails, or none does."""
    worst, largest = None, -1.0
    for some in asked.portions(places):
        found = asked.held(some)
        if not found.residual.max() <= 1:
            return None
        says_nothing = found.uninformative()
        blind += int(np.count_nonzero(says_nothing))
        residual = np.where(says_nothing, -1.0, found.residual)
        k = int(residual.argmax())
        if residual.flat[k] > largest:
            largest, worst = residual.flat[k], Passed(found.entry(k), tuple(some[k].tolist()))
    return worst and worst._replace(entries=asked.reported.size, uninformative=blind)


class Doubtful(NamedTuple):
    """Entries of a block, the largest residual that each may have, and one that some entry reaches.

    ``blind``: how many others pass by a bound that certainly says nothing.
    """

    rows: Array
    columns: Array
    most: Array
    largest: float
    blind: int


class Block:
    """Some rows of one network: how far entries are off, and what is allowed at least, and at most.

    M is in units of ``scale``, n has the roundings of scales; n may have an axis of 1.
    """

    def __init__(self, asked: Asked, factors: Precise, rows: slice) -> None:
        self.factors, self.copies = factors, len(asked.equation.copies)
        self.u, self.others = asked.fmt.u, asked.extra.scaled + 1
        self.reported = factors.reported[rows]
        self.off, self.M = factors.off(rows), factors.magnitude()
        self.n = factors.terms(rows) + asked.extra.scaled
        #: What may be flushed of any entry, and of none more than this besides.
        self.flushed = asked.fmt.omega * 2 * asked.equation.length
        self.far = asked.fmt.omega * 2 * factors.k * sum(factors.largest)

    def doubtful(self, largest: float) -> Doubtful | None:
        """With the largest residual so far; None where this cannot be told, as of NaN."""
        if not self.factors.in_range:
            return None
        low, unit = self.low()
        hazy = self.hazy(low, unit)
        ratio = np.divide(self.off, low, out=low)
        if not ratio.flat[ratio.argmax()] < np.inf:
            ratio[self.off == 0] = 0  # of nothing
            hazy = union(hazy, where(ratio == np.inf))
            if np.isnan(ratio).any():
                return None
        ratio[hazy] = 0
        worst = divmod(np.array([ratio.argmax()]), ratio.shape[1])
        near = NOWHERE
        if ratio[worst] > 0:  # else it may be a hazy one
            least = (self.off[worst] - self.factors.doubt(*worst)) / self.most_allowed(*worst)
            largest = max(largest, least.item() - OWN)
            near = where(ratio >= (largest - OWN) * unit / (1 + self.factors.eta))
        most, blind = self.off[near] / self.least_allowed(*near) + OWN, 0
        if len(hazy[0]):
            known = self.is_blind(*hazy)
            blind, unknown = int(np.count_nonzero(known)), (hazy[0][~known], hazy[1][~known])
            near, most = union(near, unknown), np.append(most, np.full(len(unknown[0]), np.inf))
        kept = most >= largest
        return Doubtful(near[0][kept], near[1][kept], most[kept], largest, blind)

    def low(self) -> tuple[Array, float]:
        """u w M + ω c, and the unit that it is in."""
        w = np.minimum(self.n, (self.n + self.others) / 2)
        unit = self.u * self.factors.scale
        if w.size == 1 and w > 0:
            unit *= w.item()
            return self.M + np.float32(self.flushed / unit), unit
        low = self.M * w
        low += np.float32(self.flushed / unit)
        return low, unit

    def hazy(self, low: Array, unit: float) -> Places:
        """Entries whose bound may say nothing. If it is what may be flushed alone, it is known."""
        value = np.abs(self.reported)
        value *= 1 / (MOST * unit)
        if self.far > OWN * unit * low.min():
            value -= self.far / (MOST * unit)
        i, j = where(low >= value)
        hazy = ~(self.most_allowed(i, j) < np.abs(self.reported[i, j]))
        hazy &= low[i, j] > np.float32(self.flushed / unit * (1 + OWN))
        return i[hazy], j[hazy]

    def is_blind(self, i: Array, j: Array) -> Array:
        """Whether entries pass by a bound as large as their value, which is mostly rounding."""
        off, size, allowed = self.off[i, j], np.abs(self.reported[i, j]), self.least_allowed(i, j)
        lost = 2 * (self.flushed + self.far)
        return (off < allowed * (1 - OWN)) & (allowed >= size + off) & (allowed * (1 - OWN) > lost)

    def least_allowed(self, i: Array, j: Array) -> Array:
        """u (n M - ½ (n - o)(M - |y|)), and what may be flushed of any entry."""
        n, M, size = self.gathered(i, j)
        left = M - np.minimum(M, np.maximum(size - self.off[i, j], 0) / self.factors.scale)
        rounded = n * M - np.maximum(n - self.others, 0) / 2 * left
        return self.u * self.factors.scale * rounded * (1 - self.factors.eta) + self.flushed

    def most_allowed(self, i: Array, j: Array) -> Array:
        """The same of a copy more, with all that may be flushed, and what the checker errs by."""
        n, M, size = self.gathered(i, j)
        n, M = n + self.copies, M + 2 * TINY
        left = M - np.minimum(M, (size + self.off[i, j]) / self.factors.scale)
        rounded = n * (1 + 2 * n * self.u) * M - (n - self.others) / 2 * left
        rounded *= 1 + 2 * self.factors.eta + OWN
        return self.u * self.factors.scale * rounded + self.flushed + self.far

    def gathered(self, i: Array, j: Array) -> tuple[Array, Array, Array]:
        """n, M and |reported| of some entries, in float64."""
        n = np.broadcast_to(self.n, self.M.shape)[i, j].astype(np.float64)
        return n, self.M[i, j].astype(np.float64), np.abs(self.reported[i, j].astype(np.float64))


def where(chosen: Array) -> Places:
    """Rows and columns of some entries; faster than of two axes, where they are few."""
    i, j = divmod(np.flatnonzero(chosen), chosen.shape[1])
    return i, j


def union(some: Places, others: Places) -> Places:
    return np.append(some[0], others[0]), np.append(some[1], others[1])

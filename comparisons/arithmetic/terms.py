"""The terms of a sum: products of two factors, as products of matrices; sums of entries; copies.

``how`` is read as ``einsum`` reads it: a letter an axis, the result's behind the arrow. Letters
have axes from the end: leading axes that ``how`` does not name run over a stack of draws.
"""

from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.numbers import Number, as_it_is, transposed
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.arithmetic.wide import Wide, in_float64, in_pairs, row_sums
from crossgrad.reference.parameters import Array


class Term(NamedTuple):
    """Σ left · right over the letters that the result does not have."""

    how: str
    left: Number
    right: Number | None = None


# ------------------------------------------------------------------ sums of single numbers
@lru_cache
def is_copy(how: str) -> bool:
    """Whether nothing is added up within the term."""
    letters, out = how.split("->")
    return set(letters) <= set(out)


@lru_cache
def gathering(how: str) -> Callable[[Array], Array]:
    """What makes one last axis of the letters that are summed."""
    letters, out = how.split("->")
    rest = [c for c in letters if c not in out]
    if letters == out + "".join(rest) and len(rest) == 1:
        return as_it_is
    return lambda array: joined(array, letters, [list(out), rest])


class Plain:
    """A sum of entries over one last axis, which stays, of one entry."""

    def __init__(self, term: Term) -> None:
        self.terms = term.left.map(gathering(term.how))
        self.length = self.terms.array.shape[-1]

    def has(self, role: str) -> bool:
        """Whether a number with this role is summed; any, if none is named."""
        return role in ("", self.terms.role)

    def count(self) -> float | Array:
        """How many of its entries are not 0."""
        if not self.terms.has_zeros:
            return self.length
        return self.terms.count(-1)

    def exactly(self) -> tuple[Array, Wide]:
        magnitude = self.terms.total(-1)
        return magnitude, row_sums(self.terms.array, magnitude)


# ------------------------------------------------------------------ sums of products
class Letters(NamedTuple):
    """Which letters of ``how`` are stacked, are rows, are columns, are summed."""

    left: str
    right: str
    out: str
    both: list[str]
    rows: list[str]
    columns: list[str]
    summed: list[str]

    @property
    def is_plain(self) -> bool:
        """Whether the product of the matrices already has the shape of the result."""
        order = [*self.both, *self.rows, *self.columns]
        return len(self.rows) == len(self.columns) == 1 and list(self.out) == order


@lru_cache
def letters_of(how: str) -> Letters:
    """``how``, taken apart."""
    inputs, out = how.split("->")
    left, right = inputs.split(",")
    both = [c for c in out if c in left and c in right]
    rows = [c for c in out if c in left and c not in right]
    columns = [c for c in out if c in right and c not in left]
    summed = [c for c in left if c in right and c not in out]
    return Letters(left, right, out, both, rows, columns, summed)


@lru_cache
def matrices(how: str) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """What makes matrices of both factors, whose product has all sums."""
    at = letters_of(how)
    left = view(at.left, [at.both, at.rows, at.summed])
    return left, view(at.right, [at.both, at.summed, at.columns])


def view(letters: str, groups: list[list[str]]) -> Callable[[Array], Array]:
    """What makes matrices of an array: of a dense layer the array as it is, or transposed."""
    order = [c for group in groups for c in group]
    if not groups[0] and len(letters) == len(groups[1]) + len(groups[2]) == 2:  # noqa: PLR2004
        return as_it_is if order == list(letters) else transposed
    return lambda array: joined(array, letters, groups)


class Product:
    """A term as a stack of products of matrices, whose rows and columns are one axis each."""

    def __init__(self, how: str, left: Number, right: Number) -> None:
        """Where nothing has to be moved these are the factors themselves."""
        self.how, self.whole = how, (left, right)
        to_left, to_right = matrices(how)
        self.left, self.right = left.map(to_left), right.map(to_right)
        self.length = self.left.array.shape[-1]
        self.is_plain = letters_of(how).is_plain

    def has(self, role: str) -> bool:
        """Whether a number with this role is a factor; any, if none is named."""
        return role in ("", self.left.role, self.right.role)

    def cast(self, fmt: Format) -> "Product":
        return Product(self.how, *(factor.cast(fmt) for factor in self.whole))

    def exactly(self, plus: Number | None) -> tuple[Array, Wide]:
        """The magnitude and the value, with something added: see ``wide.product``."""
        magnitude = self.left.size @ self.right.size
        A, B = self.left.array, self.right.array
        start = np.zeros(1)
        if plus is not None:
            magnitude, start = magnitude + plus.size, plus.wide
        if A.dtype != np.float64:
            wide = in_float64(self.left.wide, B, magnitude, start)
        else:
            lifted = lambda: (self.left.pair, self.right.pair)  # noqa: E731 - not of every sum
            wide = in_pairs(A, B, lifted, magnitude, start)
        return self.back(magnitude), Wide(wide.pair.map(self.back), self.back(wide.own))

    def count(self) -> float | Array:
        """How many of its products are not 0: a matrix product only if both factors have zeros."""
        left, right = self.left, self.right
        if left.has_zeros and right.has_zeros:
            return self.back((left.present @ right.present).astype(np.float64))
        if left.has_zeros:
            return self.back(left.count(-1))
        if right.has_zeros:
            return self.back(right.count(-2))
        return self.length

    def of_left(self) -> Array:
        """The sum of the sizes of the left factor that are in each sum."""
        return self.back(self.left.total(-1))

    def of_right(self) -> Array:
        return self.back(self.right.total(-2))

    def back(self, array: Array) -> Array:
        """A stack of matrices in the letters of the result; an axis of 1 stays one."""
        if self.is_plain:
            return array
        at = letters_of(self.how)
        extent: dict[str, int] = {}
        for letters, number in zip((at.left, at.right), self.whole, strict=True):
            extent |= dict(zip(letters, trailing(number.array, letters), strict=True))
        extent |= dict.fromkeys(at.rows, 1) if array.shape[-2] == 1 else {}
        extent |= dict.fromkeys(at.columns, 1) if array.shape[-1] == 1 else {}
        order = [*at.both, *at.rows, *at.columns]
        stack = array.shape[: array.ndim - 2 - len(at.both)]
        whole = array.reshape(*stack, *(extent[c] for c in order))
        return arranged(whole, "".join(order), list(at.out))


def trailing(array: Array, letters: str) -> tuple[int, ...]:
    """The extent of each letter: leading axes have none."""
    return array.shape[array.ndim - len(letters) :]


def arranged(array: Array, letters: str, order: list[str]) -> Array:
    """A view with the letters in another order; the stack of draws stays in front."""
    stack = array.ndim - len(letters)
    return array.transpose(*range(stack), *(stack + letters.index(c) for c in order))


def joined(array: Array, letters: str, groups: list[list[str]]) -> Array:
    """The first group of letters as they are, each other group as one axis."""
    moved = arranged(array, letters, [c for group in groups for c in group])
    extent = dict(zip(letters, trailing(array, letters), strict=True))
    kept = moved.ndim - sum(len(group) for group in groups[1:])
    joint = (prod(extent[c] for c in group) for group in groups[1:])
    return moved.reshape(*moved.shape[:kept], *joint)

"""What a fault of a kernel is, and how one gets into the catalogue: by a decorator.

The name of the function is the name of the fault, its docstring says what is wrong, its body makes
it of the right array, or of the right answer to a call. ``gross`` is what a test has to see with
the numbers that it has; what needs other questions, or a sharp eye, is subtle.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import Arrays, shape_of
from crossgrad.comparisons.suite.vacuity.trees import Leaf

CATALOGUE: list["Fault"] = []


class NotHereError(Exception):
    """The fault cannot be made here; the message says why, in a few words."""


class Fault(NamedTuple):
    """One change of a kernel.

    ``gross``: every test is expected to catch it. ``together``: it is planted in all arrays of an
    answer at once too. ``derivative``: the derivative of a kernel can have it as well as its value.
    ``samples``: it needs their number. ``of_call``: it is made of a call, not of an array;
    ``of_argument``: of each argument once; ``remembers``: earlier calls decide whether it shows.
    """

    name: str
    make: Callable[..., Leaf]
    gross: bool = False
    together: bool = False
    derivative: bool = True
    samples: bool = False
    of_call: bool = False
    of_argument: bool = False
    remembers: bool = False


def fault(**kind: bool) -> Callable[[Callable[..., Leaf]], Callable[..., Leaf]]:
    """Put a function into the catalogue, with what ``Fault`` says of its kind."""

    def register(make: Callable[..., Leaf]) -> Callable[..., Leaf]:
        CATALOGUE.append(Fault(make.__name__.replace("_", " "), make, **kind))
        return make

    return register


# ------------------------------------------------------------------ where in an array
class Spot(NamedTuple):
    """The entry, the row and the column of an array of this shape in which a fault shows."""

    shape: tuple[int, ...]
    entry: tuple[int, ...]
    row: int
    column: int


def spot_of(arrays: Arrays, array: Leaf) -> Spot:
    """In a right array: an entry of ordinary size, the last row and column that are not all zero.

    The entry is the middle one of those that are at least as large as the median.
    """
    shape, right = shape_of(array), arrays.concrete(array)
    size = np.zeros(shape) if right is None else np.nan_to_num(np.abs(right), posinf=0.0)
    places = np.argwhere(size)
    if not (places.size and shape):
        return usual_spot(shape)
    large = np.argwhere(size >= np.median(size[size > 0]))
    row, column = places[:, 0].max(), places[:, -1].max()
    return Spot(shape, tuple(map(int, large[len(large) // 2])), int(row), int(column))


def usual_spot(shape: tuple[int, ...]) -> Spot:
    """Where the numbers are not known, or are 0: the middle entry, the last row and column."""
    entry = np.unravel_index(math.prod(shape) // 2, shape) if shape else ()
    return Spot(shape, tuple(map(int, entry)), -1, -1)


@dataclass(frozen=True, slots=True)
class At:
    """Where a fault is made: whose arrays they are, the spot in this one, how many samples."""

    arrays: Arrays
    spot: Spot
    samples: int = 0

    def scaled(self, array: Leaf, factor: float, *index: Any) -> Leaf:  # noqa: ANN401
        """An array of which the entries at the index, or all, are times a factor."""
        factors = np.ones(shape_of(array))
        factors[index or ...] = factor
        return self.arrays.scaled(array, factors)


def need(lengths: tuple[int, ...], what: str) -> None:
    """Refuse an array that has fewer than two of them: of a single one, one is all."""
    if math.prod(lengths) < 2:  # noqa: PLR2004 - several
        raise NotHereError(f"fewer than two {what}")


def at(arrays: Arrays, array: Leaf, spot: Spot | None = None, samples: int = 0) -> At:
    """In an array of any shape: at the spot, if that is of this shape."""
    shape = shape_of(array)
    return At(arrays, spot if spot and spot.shape == shape else usual_spot(shape), samples)

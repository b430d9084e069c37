"""One equation at one layer, held against what was reported: how far apart, and what is allowed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from crossgrad.reference.parameters import Array


@dataclass(frozen=True, slots=True)
class Comparison:
    """One equation at one layer (1 … L): what was reported, what was expected, how far apart.

    From ``overflow`` on the backend's format has no number but ∞.
    ``flushed`` gives the part of the bound that is for what may be flushed to zero, or what the
    checker may err by.
    """

    check: str
    layer: int
    reported: Array
    expected: Array
    error: Array
    bound: Array
    flushed: Callable[[], float | Array] = lambda: 0.0
    overflow: float = np.inf
    residual: Array = field(init=False)

    def __post_init__(self) -> None:
        """Error ÷ bound of each entry: at most 1 is a pass; what is not finite is none.

        But where the exact value may be rounded to ∞, ∞ of its sign is right.
        """
        with np.errstate(all="ignore"):
            residual = self.error / self.bound
            if not np.isfinite(residual.sum()):  # else there is no exception
                error = np.where(self.overflows, 0.0, self.error)
                known = np.where(error == 0, 0.0, residual)
                known_to_be = np.isfinite(self.reported) | self.overflows
                residual = np.where(known_to_be & ~np.isnan(known), known, np.inf)
                object.__setattr__(self, "error", error)
        object.__setattr__(self, "residual", residual)

    @property
    def overflows(self) -> Array:
        """Where ∞ was reported of what may be rounded to it: within the bound, it is so large."""
        farthest = np.sign(self.reported) * self.expected + self.bound
        reached = np.isfinite(self.bound) & (farthest >= self.overflow)
        return np.asarray(np.isinf(self.reported) & reached)

    def entry(self, k: int) -> "Comparison":
        """One entry, counted through all of them, alone. (1, 1, 1)."""
        parts = {
            name: getattr(self, name).reshape(-1, 1, 1)[k : k + 1]
            for name in ("reported", "expected", "error", "bound")
        }
        return replace(self, **parts, flushed=lambda: 0.0)

    def or_better(self, other: "Comparison") -> "Comparison":
        """The same, but for the error and bound of entries that are within another's bound alone.

        What is expected stays, so that numbers are rebuilt from it whatever was reported.
        """
        better = ~(self.residual <= 1) & (other.residual <= 1)
        parts = {
            name: np.where(better, getattr(other, name), getattr(self, name))
            for name in ("error", "bound")
        }
        return replace(self, **parts)

    def uninformative(self) -> Array:
        """Where the bound is as large as the value or larger, and rounding makes most of it.

        The value is the larger of the two sides. A bound that is no number says nothing either. Of
        a unit that is off, whose δ is 0 within what a flush to zero may cost, all is known.
        """
        blind = np.asarray(~(self.bound < np.abs(self.reported)))
        if np.count_nonzero(blind):
            blind &= ~(self.bound < np.abs(self.expected))
        if np.count_nonzero(blind):
            with np.errstate(all="ignore"):
                blind &= ~(self.bound <= 2 * self.flushed())
        return blind


class Passed(NamedTuple):
    """A comparison of which no entry fails: the worst that proves something, and where it is.

    ``uninformative`` entries are such whose bound says nothing.
    """

    worst: Comparison
    place: tuple[int, ...]
    entries: int = 0
    uninformative: int = 0

    @property
    def check(self) -> str:
        return self.worst.check

    @property
    def layer(self) -> int:
        """1 … L."""
        return self.worst.layer

    @property
    def where(self) -> dict[str, Any]:
        """The fields of a row that are not those of the one entry."""
        draw, *entry = self.place
        counts = {"entries": self.entries, "uninformative": self.uninformative}
        return {"draw": draw, "entry": tuple(entry), **counts}

"""Which entries of a quantity are shown, and how those are judged that are not."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.commands.explain.answers import Judged
from crossgrad.comparisons.commands.explain.equations import Index

#: Of each quantity so many entries are shown: the first ones, and the worst one always.
SHOWN = 12


class Rest(NamedTuple):
    """What is not shown."""

    entries: int
    beyond: int
    residual: float


def in_order(shape: tuple[int, ...], check: str) -> Iterator[Index]:
    """All indices: of nodes and samples sample by sample, of weights row by row."""
    if check in ("z", "a", "BP1", "BP2"):
        return ((j, s) for s, j in np.ndindex(shape[::-1]))
    return np.ndindex(shape)


def chosen(indices: list[Index], judged: Sequence[Sequence[Judged]]) -> list[Index]:
    """The first ones, and the one with the largest residual that nothing explains."""
    if len(indices) <= SHOWN:
        return indices
    worst = max(indices, key=lambda index: largest(judged, index))
    first = indices[:SHOWN]
    return first if worst in first else [*first[:-1], worst]


def largest(judged: Sequence[Sequence[Judged]], index: Index) -> float:
    """Of all backends; what a divergence explains comes after everything beyond its bound."""
    return max(
        (
            min(float(one.residual[index]), 1.0) if one.divergence[index] else one.residual[index]
            for backend in judged
            for one in backend
        ),
        default=0.0,
    )


def rest(left_out: set[Index], judged: Sequence[Sequence[Judged]]) -> Rest | None:
    """How many are not shown, and how they are judged."""
    if not left_out:
        return None
    found = [largest(judged, index) for index in left_out]
    return Rest(len(found), sum(not residual <= 1 for residual in found), max(found))

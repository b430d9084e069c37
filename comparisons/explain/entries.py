"""What is shown of each quantity, entry by entry: everybody's value, and how it is judged."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from comparisons.equations import CHECKS, data_order, places
from comparisons.explain.answers import Answer, Judged
from comparisons.explain.numbers import Apart, apart
from comparisons.explain.symbols import label
from comparisons.explain.written import At, Index, Written, written
from comparisons.problem import Problem, Trace
from reference.parameters import Array

#: Of each quantity so many entries are shown: the first ones, and the worst one always.
SHOWN = 12
#: In a quantity of at most so many entries each is written out; else only the first.
WRITTEN = 4
#: What the equations give, by the names of a trace; and the checks of gradients end to end.
QUANTITIES = {"z": "z", "a": "a", "cost": "cost", "BP1": "delta", "BP2": "delta"}
QUANTITIES |= {"BP3": "db", "BP4": "dW"}
END_TO_END = {"BP3": "db", "BP4": "dW"}


class Judgement(NamedTuple):
    """How far a value is from what its equation gives (or, end to end, the reference)."""

    ulps: float
    residual: float
    divergence: str
    end_to_end: bool
    blind: bool

    @property
    def fails(self) -> bool:
        """Beyond its bound, and no known divergence."""
        return not self.residual <= 1 and not self.divergence


class Cell(NamedTuple):
    """A backend's value; how it differs from the first one's, if it does; how it is judged."""

    value: np.generic
    first: bool
    apart: Apart | None
    judgements: tuple[Judgement, ...]


class Entry(NamedTuple):
    """One number, as everybody has it; ``None`` of those who do not report it."""

    label: str
    written: Written | None
    cells: tuple[Cell | None, ...]


class Rest(NamedTuple):
    """What is not shown."""

    entries: int
    beyond: int
    residual: float


class Quantity(NamedTuple):
    """An equation at a layer, and its entries."""

    check: str
    layer: int
    entries: tuple[Entry, ...]
    rest: Rest | None
    causes: tuple[tuple[str, str], ...]
    divergences: tuple[str, ...]


def quantities(problem: Problem, answers: Sequence[Answer]) -> list[Quantity]:
    """All of them, in the order of the data: forward, the cost, backward."""
    order = sorted(places(CHECKS, problem.architecture.depth), key=data_order)
    return [quantity(problem, answers, check, l + 1) for check, l in order]


def quantity(problem: Problem, answers: Sequence[Answer], check: str, layer: int) -> Quantity:
    """One equation at one layer (1 … L)."""
    values = [of_trace(answer.trace, check, layer) for answer in answers]
    judged = [judged_of(answer, check, layer) for answer in answers]
    shape = next((array.shape for array in values if array is not None), None)
    if shape is None:
        return Quantity(check, layer, (), None, (), ())
    indices = list(in_order(shape, check))
    kept = chosen(indices, judged)
    base = next((answer for answer in answers if answer.whole), None)
    several = len(indices) > WRITTEN
    entries = [
        Entry(
            label(check, layer, index, problem.batch),
            written(At(problem, base.trace, layer), check, index)
            if base and not (several and i)
            else None,
            cells(values, judged, index),
        )
        for i, index in enumerate(kept)
    ]
    return Quantity(
        check,
        layer,
        tuple(entries),
        rest(set(indices) - set(kept), judged),
        tuple(causes(answers, judged)),
        tuple(explained(judged)),
    )


# ------------------------------------------------------------------ what there is
def of_trace(trace: Trace, check: str, layer: int) -> Array | None:
    """What was reported."""
    name = QUANTITIES[check]
    if not trace.has(name):
        return None
    return np.asarray(trace.cost if name == "cost" else getattr(trace, name)[layer - 1])


def judged_of(answer: Answer, check: str, layer: int) -> list[Judged]:
    """By its own equation, and end to end."""
    found = [answer.judged.get((name, layer)) for name in (check, END_TO_END.get(check, ""))]
    return [judged for judged in found if judged]


def in_order(shape: tuple[int, ...], check: str) -> Iterator[Index]:
    """All indices: of nodes and samples sample by sample, of weights row by row."""
    if check in ("z", "a", "BP1", "BP2"):
        return ((j, s) for s, j in np.ndindex(shape[::-1]))
    return np.ndindex(shape)


# ------------------------------------------------------------------ what is shown of it
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


def cells(
    values: Sequence[Array | None], judged: Sequence[Sequence[Judged]], index: Index
) -> tuple[Cell | None, ...]:
    """Everybody's value beside the first one's."""
    numbers: list[Any] = [None if array is None else array[index] for array in values]
    first = next((i for i, number in enumerate(numbers) if number is not None), 0)
    return tuple(
        None
        if number is None
        else Cell(number, i == first, apart(number, numbers[first]), judgements(found, index))
        for i, (number, found) in enumerate(zip(numbers, judged, strict=True))
    )


def judgements(judged: Sequence[Judged], index: Index) -> tuple[Judgement, ...]:
    """Of one entry."""
    return tuple(
        Judgement(
            float(one.ulps[index]),
            float(one.residual[index]),
            str(one.divergence[index]),
            one.row.check in END_TO_END.values(),
            bool(one.blind[index]),
        )
        for one in judged
    )


def causes(
    answers: Sequence[Answer], judged: Sequence[Sequence[Judged]]
) -> Iterator[tuple[str, str]]:
    """The likely cause of each backend's failure here, where the pattern is known."""
    for answer, found in zip(answers, judged, strict=True):
        for cause in {one.row.cause: None for one in found if one.row.cause}:
            yield answer.name, cause


def explained(judged: Sequence[Sequence[Judged]]) -> dict[str, None]:
    """The known divergences that are met here."""
    return {name: None for found in judged for one in found for name in one.row.explained}

"""What is shown of each quantity, entry by entry: everybody's value, and how it is judged."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.commands.explain.answers import Answer, Judged
from crossgrad.comparisons.commands.explain.equations import At, Index, Written, written
from crossgrad.comparisons.commands.explain.exercise import Exercise
from crossgrad.comparisons.commands.explain.numbers import Apart, apart
from crossgrad.comparisons.commands.explain.selection import Rest, chosen, in_order, rest
from crossgrad.comparisons.commands.explain.symbols import label
from crossgrad.comparisons.equations.walk import LEARNT, data_order, places
from crossgrad.comparisons.problems.problem import Trace
from crossgrad.reference.parameters import Array

#: In a quantity of at most so many entries each is written out; else only the first.
WRITTEN = 4
#: What the equations give, by the names of a trace; and the checks of gradients end to end.
QUANTITIES = {"z": "z", "a": "a", "cost": "cost", "BP1": "delta", "BP2": "delta"}
END_TO_END = {"BP3": "db", "BP4": "dW", **{name: f"d{name}" for name in LEARNT}}
QUANTITIES |= END_TO_END


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
    """One number, as everybody has it; ``None`` of those who do not report it.

    ``base``: whose numbers are put into what is written.
    """

    label: str
    written: Written | None
    cells: tuple[Cell | None, ...]
    base: int


class Quantity(NamedTuple):
    """An equation at a layer, and its entries."""

    check: str
    layer: int
    entries: tuple[Entry, ...]
    rest: Rest | None
    causes: tuple[tuple[str, str], ...]
    divergences: tuple[str, ...]


def quantities(exercise: Exercise, answers: Sequence[Answer]) -> list[Quantity]:
    """All of them, in the order of the data: forward, the cost, backward."""
    problem = exercise.problem
    order = [*places(problem.architecture.depth), *problem.others]
    order.sort(key=data_order)
    return [quantity(exercise, answers, check, layer) for check, layer in order]


def quantity(exercise: Exercise, answers: Sequence[Answer], check: str, layer: int) -> Quantity:
    """One equation at one layer (1 … L)."""
    problem = exercise.problem
    values = [of_trace(answer.trace, check, layer) for answer in answers]
    judged = [judged_of(answer, check, layer) for answer in answers]
    shape = next((array.shape for array in values if array is not None), None)
    if shape is None:
        return Quantity(check, layer, (), None, (), ())
    indices = list(in_order(shape, check))
    kept = chosen(indices, judged)
    base = next((i for i, answer in enumerate(answers) if answer.whole), None)
    several, entries = len(indices) > WRITTEN, []
    for i, index in enumerate(kept):
        told = None
        if base is not None and not (several and i):
            told = written(At(problem, answers[base].trace, layer, exercise.texts), check, index)
        name = label(check, layer, index, problem.batch)
        entries.append(Entry(name, told, cells(values, judged, index, problem.dtype), base or 0))
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
    name = QUANTITIES[check]
    if (name, layer) in trace.others:
        return np.asarray(trace.others[name, layer])
    if not trace.has(name):
        return None
    return np.asarray(trace.cost if name == "cost" else getattr(trace, name)[layer - 1])


def judged_of(answer: Answer, check: str, layer: int) -> list[Judged]:
    """By its own equation, and end to end."""
    found = [answer.judged.get((name, layer)) for name in (check, END_TO_END.get(check, ""))]
    return [judged for judged in found if judged]


# ------------------------------------------------------------------ what is shown of it
def cells(
    values: Sequence[Array | None], judged: Sequence[Sequence[Judged]], index: Index, dtype: str
) -> tuple[Cell | None, ...]:
    numbers: list[Any] = [None if array is None else array[index] for array in values]
    first = next((i for i, number in enumerate(numbers) if number is not None), 0)
    return tuple(
        None
        if number is None
        else Cell(
            number, i == first, apart(number, numbers[first], dtype), judgements(found, index)
        )
        for i, (number, found) in enumerate(zip(numbers, judged, strict=True))
    )


def judgements(judged: Sequence[Judged], index: Index) -> tuple[Judgement, ...]:
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

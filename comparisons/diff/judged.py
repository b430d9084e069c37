"""What the judge makes of the answers of both sides, under the suite's own settings."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.baseline.changes import Change, changes
from crossgrad.comparisons.baseline.record import Record
from crossgrad.comparisons.baseline.surroundings import Facts
from crossgrad.comparisons.diff.side import Answer
from crossgrad.comparisons.diff.sides import Sides
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.row import Row
from crossgrad.comparisons.scenario import Scenario
from crossgrad.comparisons.verification import Verification, drawn


@dataclass
class Judged:
    """By number of the side, backend and scenario: 0 is before, 1 is now."""

    sides: Sides
    facts: dict[int, Facts] = field(default_factory=dict)
    records: dict[tuple[int, str, str], list[Record]] = field(default_factory=dict)
    rows: dict[tuple[int, str, str], list[Row]] = field(default_factory=dict)
    formats: set[tuple[int, str, str, str]] = field(default_factory=set)

    def add(self, number: int, answer: Answer) -> None:
        """Judge an answer."""
        scenario = Scenario.parse(answer.scenario)
        verification = Verification(recording=True, counting=False)
        player = Player(answer, drawn(scenario)[0], scenario.dtype)
        verification.run(scenario, [replace(facts_of(answer.backend), trace=player, stacks=False)])
        place = number, answer.backend, answer.scenario
        self.rows[place] = verification.rows
        self.records[place] = [replace(r, inputs=answer.inputs) for r in verification.records]
        for other in formats(answer) - {scenario.dtype}:
            self.formats.add((number, answer.backend, scenario.dtype, other))

    def changes(self, backend: str, scenario: Scenario) -> list[Change]:
        """From one side to the other."""
        before, now = (self.records[number, backend, str(scenario)] for number in (0, 1))
        return changes(before, now, lambda: drawn(scenario)[1])

    def remarks(self) -> list[str]:
        """Answers in another format than was asked for."""
        return [
            f"under {self.sides[number]}, {backend} answers {asked} problems in {given}: "
            f"compared as {asked} numbers"
            for number, backend, asked, given in sorted(self.formats)
        ]


class Player:
    """Plays a side's traces back, each as the answer to its problem."""

    def __init__(self, answer: Answer, problems: Sequence[Problem], dtype: str) -> None:
        """In the format of the problem: a wider one holds the same numbers."""
        self.error = answer.error
        self.traces = {
            id(problem): as_format(trace, dtype)
            for problem, trace in zip(problems, answer.traces, strict=False)  # none of an error
        }

    def __call__(self, problem: Problem) -> Trace:
        """The trace; raises what was raised."""
        if self.error:
            raise self.error
        return self.traces[id(problem)]


def as_format(trace: Trace, dtype: str) -> Trace:
    """The same numbers in the format of the problem; a cost may be given in a wider one."""
    with np.errstate(all="ignore"):
        return trace.map(lambda array: np.asarray(array).astype(dtype, copy=False))


def formats(answer: Answer) -> set[str]:
    """Of the gradients."""
    return {array.dtype.name for trace in answer.traces for array in trace.dW}

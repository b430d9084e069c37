"""The same scenarios under two setups: two processes answer, and this one judges, as the suite."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.commands.compare.pair import Asked, Pair, changes_of
from crossgrad.comparisons.commands.compare.processes import messages
from crossgrad.comparisons.commands.compare.settings import Setup, Setups
from crossgrad.comparisons.commands.compare.worker import Answer
from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verification import Verification, drawn
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.surroundings import Facts
from crossgrad.comparisons.reports.progress import Meter


def pair_under(setups: Setups, backends: list[str], scenarios: list[Scenario]) -> Pair:
    """Ask and judge; raises ``ValueError`` and ``ChildProcessError``, with one line."""
    judgements = [Judgement(setup) for setup in setups]
    asked = [(str(scenario), backend) for backend in backends for scenario in scenarios]
    received = messages(setups, backends, list(map(str, scenarios)))
    with closing(received), Meter(0, 2 * len(asked), "answers") as meter:
        for number, message in received:
            if isinstance(message, Answer):
                judgements[number].add(message)
                meter.advance(1)
            elif isinstance(message, dict):
                judgements[number].facts = setups[number].facts(setups) | message
    before, now = judgements
    return Pair(
        (str(before.setup), str(now.setup)),
        (before.facts, now.facts),
        [change for one in asked for change in changes_of(one, before.records, now.records)],
        [row for one in asked for row in now.rows[one]],
        [*sorted(before.remarks), *sorted(now.remarks)],
    )


@dataclass
class Judgement:
    """What the suite's judge makes of the answers under one setup.

    ``remarks`` has answers in another format than was asked for.
    """

    setup: Setup
    facts: Facts = field(default_factory=dict)
    records: dict[Asked, list[Record]] = field(default_factory=dict)
    rows: dict[Asked, list[Row]] = field(default_factory=dict)
    remarks: set[str] = field(default_factory=set)

    def add(self, answer: Answer) -> None:
        scenario, backend = Scenario.parse(answer.scenario), answer.backend
        verification = Verification(recording=True, counting=False)
        again = replace(facts_of(backend), trace=replay(answer, scenario), stacks=False)
        verification.run(scenario, [again])
        asked = answer.scenario, backend
        self.rows[asked] = verification.rows
        self.records[asked] = [replace(r, inputs=answer.inputs) for r in verification.records]
        formats = {array.dtype.name for trace in answer.traces for array in trace.dW}
        self.remarks |= {
            f"under {self.setup}, {backend} answers {scenario.dtype} problems in {other}: "
            f"compared as {scenario.dtype} numbers"
            for other in formats - {scenario.dtype}
        }


def replay(answer: Answer, scenario: Scenario) -> Callable[[Problem], Trace]:
    """A backend that answers each problem as the worker has answered it; raises what was raised.

    All is in the format of the problems: a wider one holds the same numbers.
    """
    with np.errstate(all="ignore"):
        traces = {
            id(problem): trace.map(lambda array: np.asarray(array).astype(scenario.dtype))
            for problem, trace in zip(drawn(scenario)[0], answer.traces, strict=False)
        }

    def trace(problem: Problem) -> Trace:
        if answer.error:
            raise answer.error
        return traces[id(problem)]

    return trace

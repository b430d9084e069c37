"""One block of a study: all draws of a scenario, through every backend and every check.

The draws are taken in slices, so that the largest network needs no more memory than any other.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple, TypeVar

from crossgrad.comparisons.arithmetic.histogram import added
from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError
from crossgrad.comparisons.judging.row import PASSED, Row, merged_explained
from crossgrad.comparisons.judging.verdict import agree, judge, without_answer
from crossgrad.comparisons.judging.verification import answers
from crossgrad.comparisons.problems.problem import Problem, Trace, unstack_problems
from crossgrad.comparisons.problems.scenario import Scenario

#: Numbers of a slice: 16 MB an array over all layers, of which a check holds some dozens.
SLICE = 1 << 20
#: The most that may be said of two rows together: what passes in one of them is judged.
WORST_FIRST = ("fail", "divergence", *PASSED)
T = TypeVar("T")


class Finished(NamedTuple):
    """The rows of a block, and the seconds that each backend, the draws and the checks took."""

    rows: list[Row]
    seconds: dict[str, float]


@cache
def loaded(name: str) -> Backend:
    return load_backend(name)


def finished(scenario: Scenario, backends: Sequence[str], alone: Sequence[str] = ()) -> Finished:
    """All draws of a scenario; who is ``alone`` is in no pair. What was compiled is dropped."""
    work = Work(scenario, [loaded(name) for name in (*backends, *alone)], alone)
    for draws in slices(scenario):
        work.judge(draws)
    for backend in work.backends:
        backend.release()
    return Finished(sorted(work.rows.values(), key=Row.order), dict(work.seconds))


def slices(scenario: Scenario) -> Iterator[range]:
    """The draws of a scenario, some at a time."""
    widths, each = scenario.architecture.widths, scenario.numbers // scenario.draws
    each += 3 * scenario.batch * sum(widths)  # z, a and δ of a trace
    step = max(1, SLICE // each)
    for first in range(0, scenario.draws, step):
        yield range(first, min(first + step, scenario.draws))


class Work:
    """A scenario's rows so far, by their places, and who is still asked."""

    def __init__(
        self, scenario: Scenario, backends: list[Backend], alone: Sequence[str] = ()
    ) -> None:
        self.scenario = scenario
        self.backends = backends
        self.alone = alone
        self.silent: set[str] = set()
        self.rows: dict[tuple[object, ...], Row] = {}
        self.seconds: dict[str, float] = defaultdict(float)

    def judge(self, draws: range) -> None:
        """Draw, ask everybody, check everybody and every pair."""
        problem = self.timed("draw", lambda: self.scenario.stack(draws))
        problems = unstack_problems(problem)
        traces = {b: t for b in self.backends if (t := self.traces(b, problems, problem))}
        self.add(draws, self.timed("checks", lambda: self.judged(problem, traces)))

    def traces(self, backend: Backend, problems: list[Problem], stack: Problem) -> Trace | None:
        """A backend's answers as a stack; none, once there is a row that tells why."""
        if backend.name in self.silent:
            return None
        try:
            return self.timed(backend.name, lambda: answers(backend, problems, stack))
        except (BackendError, NotSupportedError) as error:
            self.silence(backend.name, error)
            return None

    def silence(self, name: str, error: Exception) -> None:
        """Who cannot answer one draw is judged in none: one row tells why."""
        self.silent.add(name)
        status = "not supported" if isinstance(error, NotSupportedError) else "error"
        self.rows = {
            k: row for k, row in self.rows.items() if name not in (row.backend, row.against)
        }
        self.rows[name,] = without_answer(self.scenario, name, status, error)

    def judged(self, problem: Problem, traces: dict[Backend, Trace]) -> list[Row]:
        """The rows of everybody, then of all pairs of those who are not alone."""
        paired = {b: trace for b, trace in traces.items() if b.name not in self.alone}
        rows = [
            row
            for backend, trace in traces.items()
            for row in judge(self.scenario, backend, problem, trace)
        ]
        return rows + (agree(self.scenario, problem, paired) if len(paired) > 1 else [])

    def add(self, draws: range, rows: list[Row]) -> None:
        """Each row to what its place has had in other slices."""
        for row in rows:
            place = row.backend, row.against, row.check, row.layer
            moved = replace(row, draw=row.draw + draws.start)
            self.rows[place] = both(self.rows[place], moved) if place in self.rows else moved

    def timed(self, stage: str, work: Callable[[], T]) -> T:
        """Do the work; its seconds go to the stage."""
        start = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[stage] += time.perf_counter() - start


def both(one: Row, other: Row) -> Row:
    """The worse of two rows, with the entries of both."""
    worse = max(one, other, key=lambda row: (row.residual, row.order()))
    explained = merged_explained(one.explained, other.explained)
    statuses = {one.status, other.status, "divergence" if explained else "unjudged"}
    return replace(
        worse,
        status=next(status for status in WORST_FIRST if status in statuses),
        entries=one.entries + other.entries,
        uninformative=one.uninformative + other.uninformative,
        explained=explained,
        residuals=added(one.residuals, other.residuals),
        distances=added(one.distances, other.distances),
    )

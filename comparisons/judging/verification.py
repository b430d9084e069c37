"""What one item of the suite does: draw, ask, judge.

A scenario is drawn once, and each backend asked once, for all items of a worker.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import numpy as np

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.guard import scene
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError, one_line
from crossgrad.comparisons.judging.misreports import as_meant
from crossgrad.comparisons.judging.record import Record, digest, recorded, without_bits
from crossgrad.comparisons.judging.repeats import unsteady
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verdict import agree, judge, judged, without_answer
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_traces, unstack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array

T = TypeVar("T")
ASKED_FIRST = "asked this first, it is right: a state is kept between networks, or it is random"


@lru_cache(maxsize=2)
def drawn(scenario: Scenario) -> tuple[list[Problem], Problem]:
    """A scenario's problems, one by one and as a stack."""
    stack = scenario.stack()
    return unstack_problems(stack), stack


def problem_of(scenario: str) -> Problem:
    """All draws of a scenario, by its id, as a stack."""
    return drawn(Scenario.parse(scenario))[1]


@lru_cache(maxsize=8)
def answered(scenario: Scenario, backend: Backend) -> Trace:
    """A backend's traces of a scenario, as a stack; raises ``BackendError``, ``NotSupportedError``.

    Another backend's ``np.seterr`` does not reach it.
    """
    with np.errstate():
        return answers(backend, *drawn(scenario))


def answers(backend: Backend, problems: Sequence[Problem], stack: Problem) -> Trace:
    """The traces of problems, which are a stack, as one; raises as ``asked`` does."""
    if backend.stacks:
        return asked(backend, stack)
    traces = list(in_turn(backend, problems))
    if len({trace.reported for trace in traces}) > 1:
        raise BackendError(f"{backend.name} does not report the same quantities in every draw")
    return rightly_named(backend, stack, stack_traces(traces))


def in_turn(backend: Backend, problems: Sequence[Problem]) -> Iterator[Trace]:
    """One answer after the other.

    Before a problem that has inputs or weights of the first, the first is asked again: whoever
    keeps the last answer only has that one to mistake it for.
    """
    first, before = problems[0], problems[0]
    for problem in problems:
        alike = same(problem.x, first.x) or same(problem.W[0], first.W[0])
        if alike and before is not first:
            heard(backend, first)
        yield heard(backend, problem)
        before = problem


def same(one: Array, other: Array) -> bool:
    """Whether all numbers are; the first of them tells most of it."""
    return one.flat[0] == other.flat[0] and np.array_equal(one, other)


def asked(backend: Backend, problem: Problem) -> Trace:
    """A backend's answer; whatever it raises becomes one line, and so does a wrong name in it."""
    return rightly_named(backend, problem, heard(backend, problem))


def rightly_named(backend: Backend, problem: Problem, trace: Trace) -> Trace:
    """An answer, to one problem or to a stack, as the suite means it: what was meant is noted.

    Raises what is to be reported in place of what. Those that the suite brings along are known to
    mean what it means.
    """
    if backend.built_in:
        return trace
    problem = backend.layout.judged(problem)
    meant = as_meant(problem, trace)
    if meant.instead:
        raise BackendError(f"{backend.name} {meant.instead}")
    backend.note(meant.notes)
    return meant.trace


def heard(backend: Backend, problem: Problem) -> Trace:
    """A backend's answer; whatever it raises becomes one line."""
    try:
        return backend.trace(problem)
    except (BackendError, NotSupportedError):
        raise
    except Exception as error:
        told = f"{backend.name} raised {one_line(error)} ({scene(error)})"
        raise BackendError(told) from error


def right_if_asked_first(scenario: Scenario, backend: Backend, rows: Sequence[Row]) -> bool:
    """Whether it fails for no known cause, and passes where its file is loaded anew for this."""
    failed = [row for row in rows if row.status == "fail"]
    if not failed or any(row.cause for row in failed) or ".py:" not in backend.name:
        return False
    problems, stack = drawn(scenario)
    try:
        trace = answers(load_backend(backend.name), problems, stack)
    except (BackendError, NotSupportedError, ValueError):
        return False
    rows = judge(scenario, backend, stack, trace, counting=False)
    return all(row.status != "fail" for row in rows)


def with_state(scenario: Scenario, backend: Backend, rows: list[Row]) -> list[Row]:
    """The rows; those of failures say so if an answer depends on what was asked before."""
    if not right_if_asked_first(scenario, backend, rows):
        return rows
    return [replace(row, cause=ASKED_FIRST) if row.status == "fail" else row for row in rows]


class Verification:
    """The rows of one item, its records where asked, and the seconds of each stage on the way.

    ``unsteady``: one problem was answered twice with other bits. ``notes``: what of a backend's
    arrays was taken as what. ``counting``: the rows have histograms, for whoever reads them.
    """

    def __init__(self, *, recording: bool = False, counting: bool = True) -> None:
        self.rows: list[Row] = []
        self.records: list[Record] = []
        self.recording, self.counting = recording, counting
        self.unsteady = False
        self.notes: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}

    def run(self, scenario: Scenario, backends: list[Backend]) -> str:
        """Judge one backend or the agreement of several; ``pass``, ``fail``, or why neither."""
        if len(backends) > 1:
            self.agree(scenario, backends)
        else:
            self.judge(scenario, backends[0])
        statuses = [row.status for row in self.rows] or ["not supported"]
        return next((s for s in ("error", "fail", "not supported") if s in statuses), "pass")

    def ask(self, scenario: Scenario, backend: Backend) -> Trace:
        """The backend's traces; raises what the backend raises."""
        self.timed("draw", lambda: drawn(scenario))
        trace = self.timed(backend.name, lambda: answered(scenario, backend))
        self.notes[backend.name] = backend.notes
        return trace

    @property
    def told(self) -> str:
        return self.rows[-1].cause if self.rows else "fewer than two backends answer"

    def judge(self, scenario: Scenario, backend: Backend) -> None:
        """All checks of one backend, or one row that tells why there is no answer."""
        try:
            trace = self.ask(scenario, backend)
        except NotSupportedError as error:
            self.unanswered(scenario, backend, "not supported", error)
            return
        except BackendError as error:
            self.unanswered(scenario, backend, "error", error)
            return
        problem = drawn(scenario)[1]
        self.unsteady = bool(unsteady(problem, trace))
        asked, counting = (scenario, backend, problem, trace), self.counting
        if not self.recording:
            rows = self.timed("checks", lambda: judge(*asked, counting=counting))
            self.rows += with_state(scenario, backend, rows)
            return
        checks = self.timed("checks", lambda: judged(*asked, counting=counting))
        rows = with_state(scenario, backend, [row for _, row in checks])
        self.rows += rows
        told = [(comparison, row) for (comparison, _), row in zip(checks, rows, strict=True)]
        self.records += self.timed("recording", lambda: recorded(problem, trace, told))

    def unanswered(
        self, scenario: Scenario, backend: Backend, status: str, error: Exception
    ) -> None:
        """One row that tells why there is no answer."""
        row = without_answer(scenario, backend.name, status, error)
        self.rows.append(row)
        if self.recording:
            self.records.append(without_bits(row, digest(*drawn(scenario)[1].arrays)))

    def agree(self, scenario: Scenario, backends: list[Backend]) -> None:
        """All pairs of the backends that answer; those that do not are told by ``judge``."""
        traces = {}
        problem = drawn(scenario)[1]
        for backend in backends:
            if backend.layout.judged(problem) is not problem:
                continue  # without biases, or with a penalty, it is another problem
            with suppress(BackendError, NotSupportedError):
                traces[backend] = self.ask(scenario, backend)
        counting = self.counting
        self.rows += self.timed(
            "checks", lambda: agree(scenario, problem, traces, counting=counting)
        )

    def timed(self, stage: str, work: Callable[[], T]) -> T:
        """Do the work; its seconds go to the stage."""
        start = time.perf_counter()
        try:
            return work()
        finally:
            elapsed = time.perf_counter() - start
            self.seconds[stage] = self.seconds.get(stage, 0.0) + elapsed

"""Each backend's answer to one draw, judged as the suite judges it."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.ulps import in_ulps
from crossgrad.comparisons.backends import Backend
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError
from crossgrad.comparisons.commands.explain.exercise import Exercise
from crossgrad.comparisons.commands.explain.numbers import in_format
from crossgrad.comparisons.equations.walk import with_delta
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verdict import accounted, judged
from crossgrad.comparisons.judging.verification import asked
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces
from crossgrad.reference.parameters import Array


class Judged(NamedTuple):
    """One equation at one layer of one backend, entry by entry."""

    row: Row
    residual: Array
    ulps: Array
    blind: Array
    divergence: Array


class Answer(NamedTuple):
    """A backend's trace of one draw and what is to be said of it, by check and layer."""

    name: str
    reported: tuple[str, ...]
    trace: Trace
    judged: dict[tuple[str, int], Judged]

    @property
    def whole(self) -> bool:
        """Whether every equation can be evaluated from its own values; if not, so is the end."""
        return {"z", "a", "delta"} <= set(self.reported)


class Silence(NamedTuple):
    """A backend without an answer: ``not supported`` or an ``error``, and why."""

    name: str
    status: str
    why: str


def answer(exercise: Exercise, backend: Backend) -> Answer | Silence:
    """What a backend says, or why it says nothing."""
    problem = exercise.problem
    try:
        with np.errstate():
            trace = asked(backend, problem)
    except NotSupportedError as error:
        return Silence(backend.name, "not supported", str(error))
    except BackendError as error:
        return Silence(backend.name, "error", str(error))
    stack, traces = stack_problems([problem]), stack_traces([trace])
    pairs = judged(exercise.subject, backend, stack, traces, counting=False)
    seen = with_delta(stack, traces)
    known = {
        (comparison.check, comparison.layer): of_one(backend, stack, seen, comparison, row)
        for comparison, row in pairs
    }
    shown = with_delta(problem, trace)
    if trace.cost is not None:
        shown = replace(shown, cost=in_format(trace.cost, problem.dtype))
    return Answer(backend.name, trace.reported, shown, known)


def of_one(
    backend: Backend, problem: Problem, trace: Trace, comparison: Comparison, row: Row
) -> Judged:
    explained, unjudged, _ = accounted(backend, problem, trace, comparison)
    names = np.full(comparison.residual.shape, "", dtype=object)
    for name, entries in explained.items():
        names[entries] = name
    return Judged(
        row,
        np.where(unjudged, 0.0, comparison.residual)[0, ...],
        in_ulps(comparison.error, comparison.expected, problem.dtype)[0, ...],
        (comparison.uninformative() | unjudged)[0, ...],
        names[0, ...],
    )

"""The cause of what fails in a whole program, from whatever it reports: gradients are enough.

Of a draw of ordinary numbers: one that is saturated, zero or tiny has too many explanations. Only
forms that have no digits near 0 show in tiny numbers alone, and only what is kept between calls in
a draw that has much of the one before.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.backends.backend import Backend
from crossgrad.comparisons.judging.agreement import end_to_end_checks
from crossgrad.comparisons.judging.textbook.digits import INACCURATE
from crossgrad.comparisons.judging.textbook.evidence import Answer
from crossgrad.comparisons.judging.textbook.given import Given, given
from crossgrad.comparisons.judging.textbook.search import Search
from crossgrad.comparisons.problems.arrays import Subject
from crossgrad.comparisons.problems.problem import Key, Problem, Trace
from crossgrad.comparisons.problems.regimes import REGIMES
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array

#: Numbers of one draw, of which that is done.
LARGEST = 20_000
#: The quantity that is judged from end to end, by the name of its equation.
QUANTITIES = {"BP1": "delta", "BP2": "delta"}


class Whole(NamedTuple):
    """What is told, and the draw that it explains; nothing if it is empty."""

    cause: str = ""
    draw: int = -1


def whole_cause(subject: Subject, backend: Backend, problem: Problem, trace: Trace) -> Whole:
    """The mistake that explains all that was reported of an ordinary draw."""
    if sum(array[0].size for array in problem.arrays) > LARGEST:
        return Whole()
    ordinary_fails = False
    with np.errstate(all="ignore"):
        for draw, regime in chosen(subject, problem).items():
            if ordinary_fails and regime != "tiny":
                continue  # one is enough, and nothing fails for what was asked before
            one, told = of_draw(problem, trace, draw)
            ends = end_to_end_checks(backend, one, told)
            if all((end.residual <= 1).all() for end in ends):
                continue
            if not all(np.isfinite(end.reported).all() for end in ends):
                return Whole()
            search = Search(net_of(problem, draw, regime), answer(backend, one, told, ends))
            if cause := said(search, regime):
                return Whole(cause, draw)
            ordinary_fails |= regime == "ordinary"
    return Whole()


def said(search: Search, regime: str) -> str:
    """What a draw of a regime can tell."""
    if regime == "ordinary":
        return search.cause() or search.inaccurate()
    return search.inaccurate() if regime == "tiny" else search.stale()


def chosen(subject: Subject, problem: Problem) -> dict[int, str]:
    """The draws that may tell something, ordinary ones first, and their regimes."""
    draws = range(len(problem.x))
    if not isinstance(subject, Scenario):
        return dict.fromkeys(draws, "ordinary")
    regimes = {k: subject.regime(k) for k in draws}
    names = ["ordinary", *(["tiny"] if INACCURATE.keys() & {*problem.activations} else [])]
    names += [name for name, regime in REGIMES.items() if regime.differs]
    told = {k: name for k, name in regimes.items() if name in names}
    return dict(sorted(told.items(), key=lambda item: names.index(item[1])))


def of_draw(problem: Problem, trace: Trace, draw: int) -> tuple[Problem, Trace]:
    """A stack of one."""

    def cut(array: Array) -> Array:
        return array[draw : draw + 1]

    doubts = {key: cut(doubt) for key, doubt in trace.doubts.items()}
    return problem.map(cut), replace(trace.map(cut), doubts=doubts)


def net_of(problem: Problem, draw: int, regime: str) -> Given:
    """What a program takes its problem to be; with the first draw, if it has much of that."""
    wide = problem.astype("float64")
    net = given(wide, draw)
    return net._replace(before=given(wide, 0)) if REGIMES[regime].differs else net


def answer(backend: Backend, problem: Problem, trace: Trace, ends: Sequence[Comparison]) -> Answer:
    """All that was reported, what it should be, and within which bounds."""

    def parts(name: str) -> dict[Key, Array]:
        return {key_of(end): getattr(end, name)[0].astype(np.float64) for end in ends}

    doubts = {key: doubt[0] for key, doubt in trace.doubts.items()}
    fmt = backend.computes_in(problem.dtype)
    return Answer(parts("reported"), parts("expected"), parts("bound"), doubts, fmt)


def key_of(end: Comparison) -> Key:
    return QUANTITIES.get(end.check, end.check), end.layer

"""Who is within what: backends and the checker itself, against the truth.

Each function names what is beyond its bound; nothing named means certified, entry by entry.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from ball_equations import right_hand_side
from ball_network import Truth

from crossgrad.comparisons.arithmetic.balls.balls import pair_within, within
from crossgrad.comparisons.arithmetic.rounding import SLACK
from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.divergences import divergences_of
from crossgrad.comparisons.equations.propagation import trusted
from crossgrad.comparisons.equations.walk import check_of, here_of, places
from crossgrad.comparisons.judging.agreement import bounds_within
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ end to end
def wrong_gradients(problem: Problem, backend: str, trace: Trace, truth: Truth) -> list[str]:
    """Where |gradient - truth| exceeds the propagated bound."""
    E = bounds_within(facts_of(backend), *trusted(problem), problem.dtype)
    return [
        f"{name}, layer {l}: {backend}"
        for name in ("dW", "db")
        for l, case in enumerate(
            zip(getattr(trace, name), getattr(truth, name), getattr(E, name), strict=True), start=1
        )
        if not within(*case).all()
    ]


# ------------------------------------------------------------------ equation by equation
class Judged(NamedTuple):
    """What a check compares: reported against hi + lo, which is within ``own`` of the truth.

    ``bound`` is the backend's, before the checker's own error is added to it.
    """

    reported: Array
    hi: Array
    lo: Array
    own: Array
    bound: Array


Seen = Callable[[Judged], Judged]


def wrong_equations(
    problem: Problem, backend: str, trace: Trace, seen: Seen = lambda case: case
) -> list[str]:
    """Where the backend is beyond the bound, or the checker beyond what it says of itself.

    |reported - truth| ≤ bound, without the checker's allowance, but where the backend is known
    to diverge; |hi + lo - truth| ≤ own. ``seen`` may change what is judged.
    """
    found = []
    for check, layer in places(problem.architecture.depth):
        case = seen(judged(check, problem, trace, layer))
        true = right_hand_side(check, problem, trace, layer)
        known = diverges(check, problem, trace, layer, backend)
        if not (known | within(case.reported, true, case.bound * SLACK)).all():
            found.append(f"{check}, layer {layer}: {backend}")
        if not pair_within(case, true, case.own).all():
            found.append(f"{check}, layer {layer}: the checker")
    return found


def judged(check: str, problem: Problem, trace: Trace, layer: int) -> Judged:
    """What a check compares at a layer of one draw; of a cost the form in which it is of a."""
    here = here_of(layer, problem, trace)
    found = check_of(check, here)
    with np.errstate(all="ignore"):
        expected, *_ = found.forms(here)
    value = expected.value
    return Judged(trace[found.key], value.pair.hi, value.pair.lo, value.own, expected.bound)


def diverges(check: str, problem: Problem, trace: Trace, layer: int, backend: str) -> np.ndarray:
    """Where the backend is registered to compute something else."""
    known = np.zeros((), bool)
    for entry in divergences_of(backend, check, problem.activations[layer - 1], problem.cost):
        place = trace[entry.quantity, layer]
        known = known | entry.where(place.astype(np.float64))
    return known.any() if check == "cost" else known

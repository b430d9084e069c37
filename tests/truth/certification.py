"""Who is within what: backends and the checker itself, against the truth.

Each function names what is beyond its bound; nothing named means certified, entry by entry.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from ball_equations import right_hand_side
from ball_network import Truth

from crossgrad.comparisons.agreement import bounds_within
from crossgrad.comparisons.divergences import divergences_of
from crossgrad.comparisons.end_to_end import trusted
from crossgrad.comparisons.equations import CHECKS, Place, place_of
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.rounding import SLACK
from crossgrad.comparisons.truth.balls import pair_within, within
from crossgrad.comparisons.wide import Wide
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ end to end
def wrong_gradients(problem: Problem, backend: str, trace: Trace, truth: Truth) -> list[str]:
    """Where |gradient - truth| exceeds the propagated bound."""
    E = bounds_within(backend, *trusted(problem), problem.dtype)
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

    def or_better(self, _other: "Judged") -> "Judged":
        """The reference and the frameworks compute C from a."""
        return self


class Watched(Place):
    """A place that hands out what it would compare."""

    __slots__ = ()

    def compare(
        self, _check: str, reported: Array, expected: Wide, bound: Array, _flushed: object
    ) -> Judged:
        """Nothing is compared."""
        return Judged(reported, expected.pair.hi, expected.pair.lo, expected.own, bound)


Seen = Callable[[Judged], Judged]


def wrong_equations(
    problem: Problem, backend: str, trace: Trace, seen: Seen = lambda case: case
) -> list[str]:
    """Where the backend is beyond the bound, or the checker beyond what it says of itself.

    |reported - truth| ≤ bound, without the checker's allowance, but where the backend is known
    to diverge; |hi + lo - truth| ≤ own. ``seen`` may change what is judged.
    """
    found = []
    for check, l in everywhere(problem):
        case, true = (
            seen(judged(check, problem, trace, l)),
            right_hand_side(check, problem, trace, l),
        )
        known = diverges(check, problem, trace, l, backend)
        if not (known | within(case.reported, true, case.bound * SLACK)).all():
            found.append(f"{check}, layer {l + 1}: {backend}")
        if not pair_within(case, true, case.own).all():
            found.append(f"{check}, layer {l + 1}: the checker")
    return found


def everywhere(problem: Problem) -> Iterator[tuple[str, int]]:
    """Each check at each of its layers."""
    for name, check in CHECKS.items():
        for l in check.layers(problem.architecture.depth):
            yield name, l


def judged(check: str, problem: Problem, trace: Trace, l: int) -> Judged:
    """What a check compares at a layer of one draw."""
    with np.errstate(all="ignore"):
        return CHECKS[check].compare(Watched(*place_of(problem, trace, l)))


def diverges(check: str, problem: Problem, trace: Trace, l: int, backend: str) -> np.ndarray:
    """Where the backend is registered to compute something else."""
    known = np.zeros((), bool)
    for entry in divergences_of(backend, check, problem.activations[l], problem.cost):
        place = trace.a[l] if entry.cost else trace.z[l]
        known = known | entry.where(place.astype(np.float64))
    return known.any() if check == "cost" else known

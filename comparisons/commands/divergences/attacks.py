"""How small a fault may be and still fail where a divergence explains what a framework gives.

The fault is planted into the framework's own answer, at the very entries that are explained.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.divergences import Divergence
from crossgrad.comparisons.equations.walk import compare
from crossgrad.comparisons.judging.verdict import explains, follows, instead, judged, those_of
from crossgrad.comparisons.judging.verification import answered, drawn
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array

#: What is another number after so many of the bounds of what is followed: the framework's own is
#: within one, and what is followed is computed in two parts.
BOUNDS = 4
#: What an equation gives.
QUANTITY = {"z": "z", "a": "a", "BP1": "delta", "BP2": "delta", "BP3": "db", "BP4": "dW"}


def neighbours(values: Array) -> Array:
    """Of each entry, that of the next one; of each cost, that of the next draw."""
    flat = values.reshape(len(values), -1) if values.ndim > 1 else values
    return np.roll(flat, 1, axis=-1).reshape(values.shape)


#: From the smallest: each gives other values, for values and the unit roundoff u.
ATTACKS: dict[str, Callable[[Array, float], Array]] = {
    "× (1 + 8u)": lambda values, u: values * (1 + 8 * u),
    "× (1 - 8u)": lambda values, u: values * (1 - 8 * u),
    "× 1.001": lambda values, _: values * 1.001,
    "× 1.1": lambda values, _: values * 1.1,
    "a neighbour's": lambda values, _: neighbours(values),
    "× 2": lambda values, _: values * 2,
    "0": lambda values, _: np.zeros_like(values),
    "× -1": lambda values, _: -values,
}


@dataclass(frozen=True, slots=True)
class Attacked:
    """What came of one attack on one check at one layer: which entries were, of those explained.

    ``wrong``: those whose new value is not what the equation gives; ``moved``: of these, the ones
    that are more than four bounds from what they were; ``caught``: those that fail.
    """

    attack: str
    check: str
    layer: int
    wrong: Array
    moved: Array
    caught: Array
    trace: Trace


def attacked(entry: Divergence) -> Iterator[Attacked]:
    """All attacks on all that an entry explains in its scenario."""
    backend, scenario = load_backend(entry.shown_by), Scenario.parse(entry.scenario)
    trace, problem = answered(scenario, backend), drawn(scenario)[1]
    for comparison, row in judged(scenario, backend, problem, trace, counting=False):
        if entry.name in row.explained:
            beyond = ~(comparison.residual <= 1)
            here = beyond & explains(entry, problem, trace, comparison, backend)
            _, followed = instead(entry, problem, trace, comparison, backend)
            for name in ATTACKS:
                yield under(name, backend, problem, trace, comparison, here, followed.bound)


def under(
    name: str,
    backend: Backend,
    problem: Problem,
    trace: Trace,
    before: Comparison,
    here: Array,
    bound: Array,
) -> Attacked:
    fmt = backend.computes_in(problem.dtype)
    values = ATTACKS[name](before.reported.astype(np.float64), fmt.u)
    spoilt = planted(trace, before, np.where(here, values, before.reported))
    now = compare(before.check, before.layer, problem, spoilt, fmt)
    with np.errstate(invalid="ignore"):  # ∞ times 1.1 is where it was
        moved = np.abs(now.reported.astype(np.float64) - before.reported)
    wrong = here & (moved > 0) & ~(now.residual <= 1)
    excused = np.zeros_like(here)
    for divergence in those_of(backend, problem, before):
        excused |= follows(divergence, problem, spoilt, now, backend)[0]
    far = wrong & (moved > BOUNDS * bound)
    return Attacked(name, before.check, before.layer, wrong, far, wrong & ~excused, spoilt)


def planted(trace: Trace, at: Comparison, values: Array) -> Trace:
    """The trace with other values of what an equation gives at a layer."""
    if at.check == "cost":
        return replace(trace, cost=values.astype(np.asarray(trace.cost).dtype))
    layers = list(getattr(trace, QUANTITY[at.check]))
    layers[at.layer - 1] = values.astype(layers[at.layer - 1].dtype)
    changed: dict[str, Any] = {QUANTITY[at.check]: tuple(layers)}
    return replace(trace, **changed)


def smallest(entry: Divergence) -> str:
    """The first attack that fails at every entry where it is wrong; empty where none is asked."""
    if not entry.scenario or not entry.applies_here or missing(entry.shown_by):
        return ""
    found = list(attacked(entry))
    for name in ATTACKS:
        of_this = [one for one in found if one.attack == name and one.wrong.any()]
        if of_this and all((one.caught == one.wrong).all() for one in of_this):
            return name
    return "none"

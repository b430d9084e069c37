"""The smallest relative fault in one entry of a correct trace that the local checks catch."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median
from typing import NamedTuple

import numpy as np

from comparisons.backends import load_backend
from comparisons.equations import local_checks
from comparisons.problem import Problem, Trace, stack_problems
from comparisons.scenario import Scenario, random_scenarios
from reference.parameters import Array

QUANTITIES = ("dW", "db", "delta", "z")
PICKS = ("largest", "middle")


class Smallest(NamedTuple):
    """The smallest fault caught in one quantity, in one scenario."""

    dtype: str
    quantity: str
    pick: str
    fault: float


def medians(smallest: list[Smallest]) -> dict[tuple[str, str, str], float]:
    """The median over scenarios, by format, quantity and pick."""
    keys = dict.fromkeys((s.dtype, s.quantity, s.pick) for s in smallest)
    return {key: median(s.fault for s in smallest if s[:3] == key) for key in keys}


def measure(count: int, seed: int, dtypes: tuple[str, ...]) -> Iterator[Smallest]:
    """One ordinary draw of each random architecture, as the reference answers it."""
    for scenario in random_scenarios(count, 1, seed, dtypes):
        yield from measure_scenario(scenario)


def measure_scenario(scenario: Scenario) -> Iterator[Smallest]:
    """Each quantity, in the middle layer, at its largest and at its middle entry."""
    problems = scenario.problems()
    trace = load_backend("numpy").traces(problems)
    problem, l = stack_problems(problems), scenario.architecture.depth // 2
    for quantity in QUANTITIES:
        for pick in PICKS:
            entry = picked(getattr(trace, quantity)[l], pick)
            if entry is not None:
                caught = catcher(problem, trace, quantity, l, entry)
                yield Smallest(scenario.dtype, quantity, pick, bisect(caught))


def picked(array: Array, pick: str) -> tuple[int, ...] | None:
    """The entry of largest or of middle magnitude among those that are not 0, if there is one."""
    order = np.argsort(np.abs(array), axis=None)
    order = order[np.count_nonzero(array == 0) :]
    if not order.size:
        return None
    place = order[-1] if pick == "largest" else order[order.size // 2]
    return np.unravel_index(place, array.shape)


def catcher(
    problem: Problem, trace: Trace, quantity: str, l: int, entry: tuple[int, ...]
) -> Callable[[float], bool]:
    """Whether a relative fault in that entry is caught."""

    def caught(fault: float) -> bool:
        arrays = list(getattr(trace, quantity))
        arrays[l] = arrays[l].copy()
        arrays[l][entry] *= 1 + fault
        faulty = replace(trace, **{quantity: tuple(arrays)})  # type: ignore[arg-type]
        return any((c.residual > 1).any() for c in local_checks(problem, faulty))

    return caught


def bisect(caught: Callable[[float], bool]) -> float:
    """The smallest power of √2 that is caught; 1 or more means none."""
    low, high = -106, 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if caught(2.0 ** (middle / 2)) else (middle, high)
    return float(2.0 ** (high / 2))

"""The agreement of final gradients, each difference against the end-to-end bounds of both."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from comparisons.divergences import deviating, deviation_of
from comparisons.end_to_end import Bounds, propagate, trusted
from comparisons.equations import Comparison
from comparisons.problem import Problem, Trace
from comparisons.rounding import CHECKER, FORMATS
from reference.parameters import Array, Gradients

#: The final gradients, by the names of their checks.
END_TO_END = ("dW", "db")


def end_to_end_checks(backend: str, problem: Problem, trace: Trace) -> list[Comparison]:
    """A backend's gradients against the reference in float64, within the bounds of both."""
    wide, truth = trusted(problem)
    bounds = propagate(wide, truth, FORMATS[problem.dtype], deviation_of(backend))
    return gradient_checks(trace, truth.gradients, bounds, propagate(wide, truth, CHECKER))


def pairwise_checks(
    problem: Problem, traces: dict[str, Trace]
) -> dict[tuple[str, str], list[Comparison]]:
    """Every pair of backends: |g₁ - g₂| ≤ E₁ + E₂."""
    bounds = bounds_of(problem, traces)
    return {
        (one, other): gradient_checks(traces[one], traces[other], bounds[one], bounds[other])
        for one, other in combinations(traces, 2)
    }


def bounds_of(problem: Problem, backends: Iterable[str]) -> dict[str, Bounds]:
    """Of each backend; those of which nothing is known that shows in this network have the same."""
    wide, truth = trusted(problem)
    functions = {*problem.activations, problem.cost}
    own = {name: name if functions & deviating(name) else "" for name in backends}
    bounds = {
        name: propagate(wide, truth, FORMATS[problem.dtype], deviation_of(name))
        for name in dict.fromkeys(own.values())
    }
    return {name: bounds[shared] for name, shared in own.items()}


def gradient_checks(
    one: Trace, other: Trace | Gradients, E_one: Bounds, E_other: Bounds
) -> list[Comparison]:
    """∂C/∂W, then ∂C/∂b, the last layer first: backpropagation goes that way."""
    checks = []
    for check in END_TO_END:
        quantities = (getattr(side, check) for side in (one, other, E_one, E_other))
        layers = list(enumerate(zip(*quantities, strict=True), start=1))
        checks += [gradient_check(check, l, *layer) for l, layer in reversed(layers)]
    return checks


def gradient_check(
    check: str, layer: int, one: Array, other: Array, E_one: Array, E_other: Array
) -> Comparison:
    """One gradient of two programs: the error is their difference, in float64."""
    other = other.astype(np.float64)
    with np.errstate(all="ignore"):
        return Comparison(check, layer, one, other, np.abs(one - other), E_one + E_other)

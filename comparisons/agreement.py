"""The agreement of final gradients, each difference against the end-to-end bounds of both."""

from collections.abc import Sequence

import numpy as np

from comparisons.divergences import deviation_of
from comparisons.end_to_end import Bounds, propagate, trusted
from comparisons.equations import Comparison
from comparisons.problem import Problem, Trace
from comparisons.rounding import CHECKER, FORMATS
from reference.parameters import Array


def end_to_end_checks(backend: str, problem: Problem, trace: Trace) -> list[Comparison]:
    """A backend's gradients against the reference in float64, within the bounds of both."""
    wide, truth = trusted(problem)
    bounds = propagate(wide, truth, FORMATS[problem.dtype], deviation_of(backend))
    own = propagate(wide, truth, CHECKER)
    return compare(trace.dW, truth.gradients.dW, bounds.dW, own.dW, "dW") + compare(
        trace.db, truth.gradients.db, bounds.db, own.db, "db"
    )


def pairwise_checks(
    problem: Problem, traces: dict[str, Trace]
) -> dict[tuple[str, str], list[Comparison]]:
    """Every pair of backends: |g₁ - g₂| ≤ E₁ + E₂."""
    wide, truth = trusted(problem)
    fmt = FORMATS[problem.dtype]
    bounds = {name: propagate(wide, truth, fmt, deviation_of(name)) for name in traces}
    return {
        (first, second): pair_checks(traces[first], traces[second], bounds[first], bounds[second])
        for i, first in enumerate(traces)
        for second in list(traces)[i + 1 :]
    }


def pair_checks(one: Trace, other: Trace, E_one: Bounds, E_other: Bounds) -> list[Comparison]:
    """∂C/∂W and ∂C/∂b of two backends."""
    return compare(one.dW, other.dW, E_one.dW, E_other.dW, "dW") + compare(
        one.db, other.db, E_one.db, E_other.db, "db"
    )


def compare(
    ones: Sequence[Array],
    others: Sequence[Array],
    E_ones: Sequence[Array],
    E_others: Sequence[Array],
    check: str,
) -> list[Comparison]:
    """Layer by layer, the last first: backpropagation goes that way."""
    comparisons = []
    for l in reversed(range(len(ones))):
        one, other = ones[l], others[l].astype(np.float64)
        with np.errstate(all="ignore"):
            error, bound = np.abs(one - other), E_ones[l] + E_others[l]
        comparisons.append(Comparison(check, l + 1, one, other, error, bound))
    return comparisons

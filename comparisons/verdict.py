"""From residuals to rows: pass, fail, divergence, not supported."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from comparisons.agreement import END_TO_END, end_to_end_checks, pairwise_checks
from comparisons.backends.modes import arithmetic
from comparisons.causes import likely_cause
from comparisons.divergences import Divergence, divergences_of
from comparisons.equations import Comparison, compare, local_checks, with_delta
from comparisons.histogram import RESIDUAL_EDGES, ULP_EDGES, counted
from comparisons.problem import Problem, Trace
from comparisons.row import Row
from comparisons.scenario import Scenario
from reference.parameters import Array


def judge(scenario: Scenario, backend: str, problem: Problem, trace: Trace) -> list[Row]:
    """All rows of one backend: the local checks, which only reach the data through a whole trace.

    Of less than z, a and δ, the gradients are judged end to end as well: parts of a trace may
    agree with each other and have nothing to do with the problem. What is wrong there is then
    judged by the equations too, as far as δ is known: they name the place.
    """
    return [row for _, row in judged(scenario, backend, problem, trace)]


def judged(
    scenario: Scenario, backend: str, problem: Problem, trace: Trace
) -> list[tuple[Comparison, Row]]:
    """Each comparison of ``judge`` with its row."""
    local = local_checks(problem, trace, arithmetic(backend, problem.dtype))
    ends = [] if trace.whole else end_to_end_checks(backend, problem, trace)
    seen = with_delta(problem, trace)
    guessed = blamed(backend, problem, seen, ends) if seen is not trace else ()
    return [
        *((c, local_row(scenario, backend, problem, trace, c)) for c in local),
        *((c, local_row(scenario, backend, problem, seen, c)) for c in guessed),
        *((c, row(scenario, backend, c, cause=likely_cause(c, problem, trace))) for c in ends),
    ]


#: The gradient that a wrong δ, or a wrong product with it, shows in: δ itself is read off ∂C/∂b.
SHOWS_IN = {"BP1": "db", "BP2": "db", "BP4": "dW"}


def blamed(
    backend: str, problem: Problem, trace: Trace, ends: list[Comparison]
) -> Iterator[Comparison]:
    """Where a gradient is wrong end to end, the equation of δ that it breaks, at those entries.

    ∂C/∂b and ∂C/∂W of a right program need not come from one rounded δ: derivatives that are
    carried forward, or sums in another order, give each its own. So nothing else is judged.
    """
    wrong = {(end.check, end.layer): ~(end.residual <= 1) for end in ends}
    if not any(entries.any() for entries in wrong.values()):
        return
    for comparison in local_checks(problem, trace, arithmetic(backend, problem.dtype)):
        shown = wrong.get((SHOWS_IN.get(comparison.check, ""), comparison.layer))
        if shown is not None and (shown & ~(comparison.residual <= 1)).any():
            yield replace(comparison, error=np.where(shown, comparison.error, 0.0))


def agree(scenario: Scenario, problem: Problem, traces: dict[str, Trace]) -> list[Row]:
    """All rows of all pairs of backends."""
    return [
        row(scenario, one, comparison, against=other)
        for (one, other), comparisons in pairwise_checks(problem, traces).items()
        for comparison in comparisons
    ]


def without_answer(scenario: Scenario, backend: str, status: str, error: Exception) -> Row:
    """A scenario that was ``not supported`` or ended in an ``error``: counted, never as passed."""
    return Row(str(scenario), backend, "", 0, status, cause=str(error))


# ------------------------------------------------------------------ one row
def local_row(
    scenario: Scenario, backend: str, problem: Problem, trace: Trace, comparison: Comparison
) -> Row:
    """One local check: what exceeds its bound is explained by a divergence, or a failure."""
    beyond = ~(comparison.residual <= 1)
    if not beyond.any():
        return row(scenario, backend, comparison)
    explained: dict[str, Array] = {}
    l = comparison.layer - 1
    names = problem.activations[l], problem.cost, arithmetic(backend, problem.dtype).name
    for divergence in divergences_of(backend, comparison.check, *names):
        here = beyond & explains(divergence, problem, trace, comparison, backend)
        if here.any():
            explained[divergence.name] = here
            beyond &= ~here
    cause = likely_cause(comparison, problem, trace) if beyond.any() else ""
    return row(scenario, backend, comparison, explained=explained, cause=cause)


def explains(
    divergence: Divergence,
    problem: Problem,
    trace: Trace,
    comparison: Comparison,
    backend: str = "",
) -> Array:
    """Where the divergence applies and its own definition gives what was reported."""
    check, l = comparison.check, comparison.layer - 1
    fmt = arithmetic(backend, problem.dtype)
    if divergence.arithmetic:
        fmt = divergence.arithmetic(fmt)
    other = compare(check, problem, trace, l, sigma=divergence.sigma, cost=divergence.cost, fmt=fmt)
    place = trace.a if divergence.cost else trace.z if divergence.sigma else trace.delta
    applies = divergence.where(place[l].astype(np.float64))
    if check == "cost":
        applies = np.any(applies, axis=(-2, -1))
    elif check in ("BP3", "BP4"):
        applies = np.any(applies, axis=-1, keepdims=True)
    return np.asarray(applies & (other.residual <= 1))


def row(
    scenario: Scenario,
    backend: str,
    comparison: Comparison,
    *,
    against: str = "",
    explained: dict[str, Array] | None = None,
    cause: str = "",
) -> Row:
    """The row of a comparison; ``explained`` has the entries that each divergence explains."""
    explained = explained or {}
    residual, blind = comparison.residual, uninformative(comparison)
    ulps = in_ulps(comparison.error, comparison.expected, scenario.dtype)
    proves_nothing = blind & (residual <= 1)
    for entries in explained.values():
        proves_nothing |= entries
    proves: Any = ...  # all that there are, as a rule
    if proves_nothing.any():
        proves = ~proves_nothing
        residual = np.where(proves, residual, 0.0)
    worst = np.unravel_index(np.argmax(residual), residual.shape)
    passed = bool(residual[worst] <= 1)
    return Row(
        scenario=str(scenario),
        backend=backend,
        against=against,
        check=comparison.check,
        layer=comparison.layer,
        status=("divergence" if explained else "pass") if passed else "fail",
        residual=float(residual[worst]),
        entries=residual.size,
        uninformative=int(blind.sum()),
        draw=int(worst[0]),
        entry=tuple(int(i) for i in worst[1:]),
        value=float(comparison.reported[worst]),
        expected=float(comparison.expected[worst]),
        bound=float(comparison.bound[worst]),
        ulps=float(ulps[worst]),
        cause="" if passed else cause,
        explained={
            name: (int(entries.sum()), float(comparison.residual[entries].max()))
            for name, entries in explained.items()
        },
        residuals=counted(residual[proves], RESIDUAL_EDGES),
        distances=counted(ulps[proves], ULP_EDGES),
    )


def uninformative(comparison: Comparison) -> Array:
    """Where an end-to-end bound exceeds the value that it bounds the error of."""
    if comparison.check not in END_TO_END:
        return np.zeros(comparison.reported.shape, bool)
    size = np.maximum(np.abs(comparison.reported), np.abs(comparison.expected))
    return np.asarray(comparison.bound >= size)


def in_ulps(error: Array, value: Array, dtype: str) -> Array:
    """Each error in units in the last place of its value, as the format has it."""
    with np.errstate(all="ignore"):
        ulps = error / np.spacing(np.abs(value.astype(dtype))).astype(np.float64)
        return np.where(error == 0, 0.0, ulps)  # of ∞ there is no last place

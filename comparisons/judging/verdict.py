"""From residuals to rows: pass, fail, divergence, unjudged, not supported."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison, Passed
from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES, counted
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.arithmetic.ulps import in_ulps
from crossgrad.comparisons.backends.backend import Backend
from crossgrad.comparisons.divergences import MET, Divergence
from crossgrad.comparisons.equations.walk import (
    LEARNT,
    brief_checks,
    check_of,
    here_of,
    local_checks,
    with_delta,
)
from crossgrad.comparisons.judging.agreement import end_to_end_checks, pairwise_checks
from crossgrad.comparisons.judging.causes import likely_cause
from crossgrad.comparisons.judging.row import Entry, Row
from crossgrad.comparisons.judging.textbook import told_once, whole_cause
from crossgrad.comparisons.parts.network import Network, network_of
from crossgrad.comparisons.problems.arrays import Arrays, Subject
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array

#: With all entries; or what passes of so many, by its worst.
Judged = TypeVar("Judged", bound=Comparison | Passed)
#: The checks of a trace in a format.
Checks: TypeAlias = Callable[[Problem, Trace, Format, Network], Sequence[Judged]]


def judge(
    scenario: Subject, backend: Backend, problem: Problem, trace: Trace, *, counting: bool = True
) -> list[Row]:
    """All rows of one backend: the local checks, which only reach the data through a whole trace.

    Of less than z, a and δ, the gradients are judged end to end as well: parts of a trace may
    agree with each other and have nothing to do with the problem. So is what no equation can be
    held to, as a cost without the a that it is of. What is wrong in a gradient is then judged by
    the equations too, as far as δ is known: they name the place.

    ``counting``: with how many entries lie how far off, which few read.
    """
    local: Checks[Comparison | Passed] = local_checks if counting else brief_checks
    return [row for _, row in told(local, scenario, backend, problem, trace, counting=counting)]


def judged(
    scenario: Subject, backend: Backend, problem: Problem, trace: Trace, *, counting: bool = True
) -> list[tuple[Comparison, Row]]:
    """Each comparison of ``judge``, with all its entries, and its row."""
    return told(local_checks, scenario, backend, problem, trace, counting=counting)


def told(
    checks: Checks[Judged],
    scenario: Subject,
    backend: Backend,
    problem: Problem,
    trace: Trace,
    *,
    counting: bool,
) -> list[tuple[Judged | Comparison, Row]]:
    """The local checks, what is judged end to end besides, and the rows of both."""
    problem = backend.layout.judged(problem)
    local = checks(problem, trace, *held_to(backend, problem))
    done = {(c.check, c.layer) for c in local}
    every_end = [] if trace.whole else end_to_end_checks(backend, problem, trace)
    ends = [c for c in every_end if (c.check, c.layer) not in done]
    seen = with_delta(problem, trace)
    guessed = blamed(backend, problem, seen, ends) if seen is not trace else ()
    row_of = partial(row, scenario, backend.name, counting=counting)
    rows = ((c, local_row(row_of, backend, problem, trace, c)) for c in local)
    found: list[tuple[Judged | Comparison, Row]] = [
        *((c, with_what_it_is_of(row, every_end, ends)) for c, row in rows),
        *((c, local_row(row_of, backend, problem, seen, c)) for c in guessed),
        *((c, row_of(c, cause=likely_cause(c, problem, trace))) for c in ends),
    ]
    return told_once(found, problem, lambda: whole_cause(scenario, backend, problem, trace))


def held_to(backend: Backend, problem: Problem) -> tuple[Format, Network]:
    """The format that it computes in, and the network, with what it says that it takes at kinks."""
    network, slopes = network_of(problem.architecture), backend.layout.kinks
    fmt = backend.computes_in(problem.dtype)
    return fmt, network.with_kinks(slopes) if slopes else network


#: What each equation is of: the quantity, and at which layer, counted from its own.
OF = {
    "z": (("a", -1),),
    "a": (("z", 0),),
    "cost": (("a", 0),),
    "BP1": (("a", 0), ("z", 0)),
    "BP2": (("z", 0), ("δ", 1)),
    "BP3": (("δ", 0),),
    "BP4": (("a", -1), ("δ", 0)),
    "alpha": (("z", 0), ("δ", 1)),
}
#: The quantity that each check is about.
RESULTS = {"BP1": "δ", "BP2": "δ", "BP3": "db", "BP4": "dW", "alpha": "dalpha"}


def with_what_it_is_of(row: Row, every_end: list[Comparison], ends: list[Comparison]) -> Row:
    """A failure whose result is right end to end: what it is of is not, if that was not.

    ``ends`` has what no equation of the trace is about.
    """
    if row.status != "fail" or not ends:
        return row
    right = {place_in_data(c.check, c.layer) for c in every_end if (c.residual <= 1).all()}
    wrong = {place_in_data(c.check, c.layer) for c in ends} - right
    of = [(quantity, row.layer + below) for quantity, below in OF[row.check]]
    told = [f"{quantity}{superscript(l)}" for quantity, l in of if (quantity, l) in wrong]
    if not told or place_in_data(row.check, row.layer) not in right:
        return row
    return replace(row, cause=f"it is right, but {' and '.join(told)}, which it is of, is wrong")


def place_in_data(check: str, layer: int) -> tuple[str, int]:
    """The quantity that is compared, and its layer."""
    return RESULTS.get(check, check), layer


#: The quantity that each of these equations gives.
GIVES = {"BP1": "delta", "BP2": "delta", "BP4": "dW"}


def blamed(
    backend: Backend, problem: Problem, trace: Trace, ends: list[Comparison]
) -> Iterator[Comparison]:
    """Where a gradient is wrong end to end, the equation of δ that it breaks, at those entries.

    ∂C/∂b and ∂C/∂W of a right program need not come from one rounded δ: derivatives that are
    carried forward, or sums in another order, give each its own. So nothing else is judged.
    """
    wrong = {(end.check, end.layer): ~(end.residual <= 1) for end in ends}
    if not any(entries.any() for entries in wrong.values()):
        return
    for comparison in local_checks(problem, trace, *held_to(backend, problem)):
        given = GIVES.get(comparison.check, ""), comparison.layer
        shown = wrong.get(trace.opened.get(given, given))  # what is wrong with δ shows there
        if shown is not None and (shown & ~(comparison.residual <= 1)).any():
            yield replace(comparison, error=np.where(shown, comparison.error, 0.0))


def agree(
    scenario: Scenario, problem: Problem, traces: Mapping[Backend, Trace], *, counting: bool = True
) -> list[Row]:
    """All rows of all pairs of backends."""
    return [
        row(scenario, one.name, comparison, against=other.name, counting=counting)
        for (one, other), comparisons in pairwise_checks(problem, traces).items()
        for comparison in comparisons
    ]


def without_answer(scenario: Scenario, backend: str, status: str, error: Exception) -> Row:
    """A scenario that was ``not supported`` or ended in an ``error``: counted, never as passed."""
    return Row(str(scenario), backend, "", 0, status, cause=str(error))


# ------------------------------------------------------------------ one row
def local_row(
    row_of: Callable[..., Row],
    backend: Backend,
    problem: Problem,
    trace: Trace,
    comparison: Comparison | Passed,
) -> Row:
    """One local check: what exceeds its bound is explained by a divergence, or a failure.

    ``row_of`` is ``row`` of a comparison.
    """
    if isinstance(comparison, Passed):
        return replace(row_of(comparison.worst), **comparison.where)
    if comparison.residual.max() <= 1:  # none is NaN
        return row_of(comparison)
    explained, unjudged, beyond = accounted(backend, problem, trace, comparison)
    cause = why(backend, problem, trace, comparison, beyond) if beyond.any() else ""
    return row_of(comparison, explained=explained, unjudged=unjudged, cause=cause)


def accounted(
    backend: Backend, problem: Problem, trace: Trace, comparison: Comparison
) -> tuple[dict[str, Array], Array, Array]:
    """Of what is beyond its bound: what each divergence explains, what is unjudged, and the rest.

    Unjudged is what a divergence would explain by a bound that says nothing.
    """
    beyond = ~(comparison.residual <= 1)
    explained: dict[str, Array] = {}
    unjudged = np.zeros(beyond.shape, bool)
    for divergence in those_of(backend, problem, comparison):
        within, blind = follows(divergence, problem, trace, comparison, backend)
        here = beyond & within & ~blind
        if here.any():
            explained[divergence.name] = here
        unjudged |= beyond & within & blind
        beyond &= ~within
    return explained, unjudged, beyond


def those_of(
    backend: Backend, problem: Problem, comparison: Comparison, *, known: bool = True
) -> list[Divergence]:
    """The divergences that may show in a comparison, and are known of the release here, or not."""
    activation = problem.activations[comparison.layer - 1]
    dtype = backend.computes_in(problem.dtype).name
    return backend.divergences(comparison.check, activation, problem.cost, dtype, known=known)


def why(
    backend: Backend, problem: Problem, trace: Trace, comparison: Comparison, beyond: Array
) -> str:
    """A divergence that is not known of this release but would explain it; or the likely cause.

    Or what a framework is known to do, if a program of somebody's own does the same.
    """

    def by(divergences: Iterable[Divergence]) -> Divergence | None:
        for divergence in divergences:
            if not (beyond & ~explains(divergence, problem, trace, comparison, backend)).any():
                return divergence
        return None

    if relapsed := by(those_of(backend, problem, comparison, known=False)):
        return relapsed.not_known_here
    if cause := likely_cause(comparison, problem, trace):
        return cause
    activation, dtype = problem.activations[comparison.layer - 1], problem.dtype
    place = comparison.check, activation, problem.cost, dtype
    others = (d for d in MET if not d.of(backend.mode) and d.may_show(*place))
    same = by(d for d in others if distinct(d, problem, trace, comparison, backend))
    return f"what {same.backend} does would give it: {same.reason} ({same.name})" if same else ""


#: Another definition is distinct if it is so many of its own bounds away, and of the usual ones.
APART, OUTSIDE = 64, 4


def distinct(
    divergence: Divergence, problem: Problem, trace: Trace, comparison: Comparison, backend: Backend
) -> bool:
    """Whether at the worst entry it gives another value, and not the same less exactly.

    A wider bound would explain whatever errs by as much.
    """
    other = instead(divergence, problem, trace, comparison, backend)[1]
    worst = np.argmax(comparison.residual)
    apart = np.abs(other.expected - comparison.expected).flat[worst]
    nearest = max(APART * other.bound.flat[worst], OUTSIDE * comparison.bound.flat[worst])
    return bool(apart > nearest)


def explains(
    divergence: Divergence,
    problem: Problem,
    trace: Trace,
    comparison: Comparison,
    backend: Backend,
) -> Array:
    """Where the divergence applies and its own definition gives what was reported."""
    within, blind = follows(divergence, problem, trace, comparison, backend)
    return within & ~blind


def follows(
    divergence: Divergence,
    problem: Problem,
    trace: Trace,
    comparison: Comparison,
    backend: Backend,
) -> tuple[Array, Array]:
    """Where a divergence applies and what was reported is within its own definition's bound.

    And where that bound says nothing: as large as the value, it would explain anything.
    """
    applies, other = instead(divergence, problem, trace, comparison, backend)
    return np.asarray(applies & (other.residual <= 1)), other.uninformative()


def instead(
    divergence: Divergence,
    problem: Problem,
    trace: Trace,
    comparison: Comparison,
    backend: Backend,
) -> tuple[Array, Comparison]:
    """Where a divergence applies, and the same check by what is followed there."""
    check, layer = comparison.check, comparison.layer
    fmt, network = held_to(backend, problem)
    if divergence.arithmetic:
        fmt = divergence.arithmetic(fmt)
    network = network.with_part(layer, divergence.part)
    here = here_of(layer, problem, trace, fmt, network)
    with np.errstate(all="ignore"):
        other = check_of(check, here).held(here)
    applies = divergence.where(trace[divergence.quantity, layer].astype(np.float64))
    if check == "cost":
        applies = np.any(applies, axis=(-2, -1))
    elif check in ("BP3", "BP4", *LEARNT):
        applies = np.any(applies, axis=-1, keepdims=True)
    return applies, other


def easiest(scenario: Subject, comparison: Comparison, residual: Array) -> Entry | None:
    """Of the entries that fail, the largest of the first ordinary draw that has any.

    Where what is expected is 0, its size is that of what was reported.
    """
    failing = ~(residual <= 1)
    draws = [d for d in ordinary(scenario, len(residual)) if failing[d].any()]
    if not draws:
        return None
    draw = draws[0]
    expected, reported = np.abs(comparison.expected[draw]), np.abs(comparison.reported[draw])
    size = expected.astype(np.float64) + TINY * np.nan_to_num(reported.astype(np.float64))
    at = np.unravel_index(np.argmax(np.where(failing[draw], np.nan_to_num(size), -1)), size.shape)
    entry = (draw, *map(int, at))
    numbers = comparison.reported, comparison.expected, comparison.bound, residual
    value, known, bound, beyond = (float(array[entry]) for array in numbers)
    ulps = in_ulps(comparison.error[entry], comparison.expected[entry], scenario.dtype)
    return Entry(draw, entry[1:], value, known, bound, beyond, float(ulps))


#: What is reported counts for so little beside what is expected, where entries are chosen.
TINY = 1e-30


def ordinary(scenario: Subject, draws: int) -> list[int]:
    """The draws of numbers as people have them; arrays that were given are."""
    if isinstance(scenario, Arrays):
        return list(range(draws))
    return [draw for draw in range(draws) if scenario.regime(draw) == "ordinary"]


#: The id of a scenario, of which there are many rows.
id_of = lru_cache(maxsize=16)(str)


def row(
    scenario: Subject,
    backend: str,
    comparison: Comparison,
    *,
    against: str = "",
    explained: dict[str, Array] | None = None,
    unjudged: Array | None = None,
    cause: str = "",
    counting: bool = True,
) -> Row:
    """The row of a comparison; ``explained`` has the entries that each divergence explains.

    And ``unjudged`` those that one would explain, had its bound anything to say. ``counting``: with
    how many of the entries that prove something lie how far off.
    """
    explained = explained or {}
    residual, blind = comparison.residual, comparison.uninformative()
    proves: Any = ...  # all that there are, as a rule
    says_nothing = False
    if explained or unjudged is not None or np.count_nonzero(blind):
        proves_nothing = blind & (residual <= 1)
        if unjudged is not None:
            blind, proves_nothing = blind | unjudged, proves_nothing | unjudged
        says_nothing = bool(proves_nothing.all())
        for entries in explained.values():
            proves_nothing |= entries
        proves = ~proves_nothing
        residual = np.where(proves, residual, 0.0)
    worst = np.unravel_index(np.argmax(residual), residual.shape)
    passed = bool(residual[worst] <= 1)
    right = "divergence" if explained else "unjudged" if says_nothing else "pass"
    error, expected = comparison.error, comparison.expected
    if not counting:
        error, expected = error[worst], expected[worst]
    ulps = in_ulps(error, expected, scenario.dtype)
    return Row(
        scenario=id_of(scenario),
        backend=backend,
        against=against,
        check=comparison.check,
        layer=comparison.layer,
        status=right if passed else "fail",
        residual=float(residual[worst]),
        entries=residual.size,
        uninformative=int(np.count_nonzero(blind)),
        draw=int(worst[0]),
        entry=tuple(int(i) for i in worst[1:]),
        value=float(comparison.reported[worst]),
        expected=float(comparison.expected[worst]),
        bound=float(comparison.bound[worst]),
        ulps=float(ulps[worst] if counting else ulps),
        cause="" if passed else cause,
        shown=None if passed else easiest(scenario, comparison, residual),
        explained={
            name: (int(entries.sum()), float(comparison.residual[entries].max()))
            for name, entries in explained.items()
        },
        residuals=counted(residual[proves], RESIDUAL_EDGES) if counting else (),
        distances=counted(ulps[proves], ULP_EDGES) if counting else (),
    )

"""What two programs compute of one problem, each difference against the end-to-end bounds of both.

Of final gradients, and of what else a program reports that its own trace cannot be held to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, CHECKER, Format
from crossgrad.comparisons.backends.backend import Backend
from crossgrad.comparisons.divergences import arithmetic_of, deviating, deviation_of
from crossgrad.comparisons.equations.propagation import (
    Bounds,
    Deviation,
    Way,
    as_trace,
    no_deviation,
    propagate,
    propagate_alike,
    trusted,
)
from crossgrad.comparisons.equations.walk import END_TO_END, LEARNT
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.backprop import Backpropagation
from crossgrad.reference.parameters import Array

#: The gradients of what is learnt of activations: of those layers where both sides report them.
OF_SIGMA = tuple(f"d{name}" for name in LEARNT)


def end_to_end_checks(backend: Backend, problem: Problem, trace: Trace) -> list[Comparison]:
    """What a backend reports against the reference in float64, within the bounds of both."""
    wide, truth = trusted(problem)
    bounds = bounds_within(backend, wide, truth, problem.dtype, has_delta=trace.has("delta"))
    sides = trace, as_trace(truth), bounds, propagate(wide, truth, CHECKER)
    reported = filter(trace.has, ("z", "a", "cost", "delta", "dW", "db"))
    return differences([*reported, *OF_SIGMA], *sides)


def bounds_within(
    backend: Backend, wide: Problem, truth: Backpropagation, dtype: str, *, has_delta: bool = True
) -> Bounds:
    """Of what a backend computes of a problem of this format, which ``trusted`` made wide."""
    fmt, way = way_of(backend, dtype, has_delta=has_delta)
    return propagate(wide, truth, way.products, deviation(backend, fmt), way)


def deviation(backend: Backend, fmt: Format) -> Deviation:
    """What a framework is known to do besides rounding; or what somebody's own does at kinks."""
    slopes = backend.layout.kinks
    return at_kinks(slopes) if slopes else deviation_of(backend.mode, fmt)


def at_kinks(slopes: Mapping[str, float]) -> Deviation:
    """How far another σ′ at a kink is from the usual one, where z may be there."""

    def of(name: str, low: Array, high: Array) -> tuple[Array, Array]:
        if name not in slopes:
            return no_deviation(name, low, high)
        found = np.zeros_like(low)
        for kink in ELEMENTWISE[name].kinks:
            off = abs(slopes[name] - ELEMENTWISE[name].slope_at(kink))
            found += np.where((low <= kink.z) & (kink.z <= high), off, 0.0)
        return np.zeros_like(low), found

    return of


def way_of(backend: Backend, dtype: str, *, has_delta: bool) -> tuple[Format, Way]:
    """The format it computes in, and what it does."""
    fmt = backend.computes_in(dtype)
    biases, products = (arithmetic_of(backend.mode, check, fmt) for check in ("BP3", "BP4"))
    forward = backend.carries_forward(has_delta=has_delta)
    return fmt, Way(products, biases, forward, fused=forward and backend.built_in)


def pairwise_checks(
    problem: Problem, traces: Mapping[Backend, Trace]
) -> dict[tuple[Backend, Backend], list[Comparison]]:
    """Every pair of backends: |g₁ - g₂| ≤ E₁ + E₂."""
    bounds = bounds_of(problem, traces)
    return {
        (one, other): differences(
            END_TO_END, traces[one], traces[other], bounds[one], bounds[other]
        )
        for one, other in combinations(traces, 2)
    }


def bounds_of(problem: Problem, traces: Mapping[Backend, Trace]) -> dict[Backend, Bounds]:
    """Of each backend; what several have in common is propagated once."""
    wide, truth = trusted(problem)
    functions = {*problem.activations, problem.cost}
    alike: dict[tuple[Backend | None, Format, Way], dict[Backend, Way]] = {}
    for one, trace in traces.items():
        fmt, way = way_of(one, problem.dtype, has_delta=trace.has("delta"))
        known = one if functions & (deviating(one.mode, fmt.name) | {*one.layout.kinks}) else None
        alike.setdefault((known, fmt._replace(as_reported=False), way.shared), {})[one] = way
    bounds: dict[Backend, Bounds] = {}
    for (known, fmt, _), ways in alike.items():
        distinct = list(dict.fromkeys(ways.values()))
        known_of = no_deviation if known is None else deviation(known, fmt)
        found = propagate_alike(wide, truth, distinct, known_of)
        bounds |= {one: found[distinct.index(way)] for one, way in ways.items()}
    return bounds


def differences(
    quantities: Iterable[str], one: Trace, other: Trace, E_one: Bounds, E_other: Bounds
) -> list[Comparison]:
    sides = one, other, E_one, E_other
    return [check for quantity in quantities for check in layer_by_layer(quantity, *sides)]


def layer_by_layer(
    quantity: str, one: Trace, other: Trace, E_one: Bounds, E_other: Bounds
) -> list[Comparison]:
    """A quantity of two programs at each layer, in the order of the data: forward, or back."""
    depth = len(one.dW)
    if quantity in OF_SIGMA:
        keys = [key for key in one.others if key[0] == quantity and key in other.others]
        others = [side.others for side in (one, other, E_one, E_other)]
        return [difference(quantity, key[1], *(side[key] for side in others)) for key in keys[::-1]]
    sides = [getattr(side, quantity) for side in (one, other, E_one, E_other)]
    if quantity == "cost":
        return [difference(quantity, depth, *sides)]
    checks = [
        doubtful(difference(equation_of(quantity, l, depth), l, *layer), quantity, one, other)
        for l, layer in enumerate(zip(*sides, strict=True), start=1)
    ]
    return checks if quantity in ("z", "a") else checks[::-1]


def doubtful(comparison: Comparison, quantity: str, *sides: Trace) -> Comparison:
    """With what a number that was read off others may be off by, besides."""
    doubts = [
        side.doubts[key] for side in sides if (key := (quantity, comparison.layer)) in side.doubts
    ]
    return replace(comparison, bound=comparison.bound + sum(doubts)) if doubts else comparison


def equation_of(quantity: str, layer: int, depth: int) -> str:
    """The name of the check that is about a quantity at a layer."""
    return {"delta": "BP1" if layer == depth else "BP2"}.get(quantity, quantity)


def difference(
    check: str, layer: int, one: Array, other: Array, E_one: Array, E_other: Array
) -> Comparison:
    """One quantity of two programs: the error is their difference, in float64."""
    overflow = ALL_FORMATS[one.dtype.name].overflow
    one, other = (side.astype(np.float64, copy=False) for side in (one, other))
    with np.errstate(all="ignore"):
        error = np.abs(one - other)
        return Comparison(check, layer, one, other, error, E_one + E_other, overflow=overflow)

"""C and ∇ₐC as pairs: within what the checker claims of them, over each cost's domain."""

from functools import cache

import numpy as np
import pytest
from ball_costs import true_costs
from cost_cases import SCALES, cases, ends

from crossgrad.comparisons.arithmetic.balls.balls import pair_within
from crossgrad.comparisons.arithmetic.limits import softplus_settles
from crossgrad.comparisons.arithmetic.pairs import lift, sum_of
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, CHECKERS, FORMATS, SLACK, share
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.parts.costs import COSTS, Cost

FLOAT64 = FORMATS["float64"]
costs = pytest.mark.parametrize("name", COSTS)


@cache
def given(name):
    """Outputs and targets: ordinary, wide, and at the ends of the domain."""
    drawn, far = cases(name, "float64", (3, 5), len(SCALES)), ends(name, "float64")
    return tuple(np.concatenate(both) for both in zip(drawn, far, strict=True))


def pairs_of(cost):
    """C and ∇ₐC."""
    return cost.value, cost.gradient


true_values = cache(lambda name: true_costs(name, *given(name)))


def bounds(name, fmt, a=None):
    """Of C, then of ∇ₐC."""
    cost, (here, y) = COSTS[name], given(name)
    a = here if a is None else a
    with np.errstate(all="ignore"):
        return [f(a, y, fmt) for f in (cost.value_error, cost.gradient_error)]


def shifted(name):
    """What the checker evaluates: of softmax, logits whose largest is 0."""
    a, _ = given(name)
    return a - a.max(axis=-2, keepdims=True) if COSTS[name].has_log_sum else a


@costs
def test_a_share_of_the_bound_is_the_bound_of_the_checker(name):
    """Errors are convex in (u, ω) and vanish with it; but where softplus has settled.

    There the bound is of a sigmoid taken as e^{a - softplus(a)}, and the checker takes its own.
    """
    for fmt in ALL_FORMATS.values():
        checker = CHECKERS[fmt.name]
        value, gradient = bounds(name, checker, shifted(name))
        most, steepest = bounds(name, fmt)
        settled = np.abs(given(name)[0]) >= softplus_settles(fmt)
        assert (value <= share(fmt) * most * SLACK).all()
        assert ((gradient <= share(fmt) * steepest * SLACK) | (settled & of_logits(name))).all()


def of_logits(name):
    """Whether its gradient is a sigmoid less the target; how far that errs is certified below."""
    probabilities = COSTS[name].probabilities
    return probabilities is not None and probabilities.name == "sigmoid"


# ------------------------------------------------------------------ C and ∇ₐC
def inside(name, spoil=lambda pair: pair):
    """Where C, and where ∇ₐC, is within what is claimed."""
    with np.errstate(all="ignore"):
        pairs = [spoil(function(*given(name))) for function in pairs_of(COSTS[name])]
    for pair, true, e in zip(pairs, true_values(name), bounds(name, FLOAT64), strict=True):
        yield pair_within(pair, true, share(FLOAT64) * e * SLACK)


@costs
def test_cost_and_gradient_are_within_their_own_bounds(name):
    assert all(well.all() for well in inside(name))


@costs
def test_a_worse_cost_would_be_noticed(name):
    """C and ∇ₐC alike: without lo, or off by 8 u."""
    assert not any(well.all() for well in inside(name, lambda pair: lift(pair.nearest)))
    off = sum_of(1.0, np.float64(8 * FLOAT64.u))
    assert not any(well.all() for well in inside(name, lambda pair: pair * off))


@costs
def test_stacks_are_judged_draw_by_draw(name):
    stack = given(name)
    with np.errstate(all="ignore"):
        for function in pairs_of(COSTS[name]):
            single = [function(*batch).nearest for batch in zip(*stack, strict=True)]
            assert np.array_equal(function(*stack).nearest, np.stack(single))


@costs
def test_pairs_and_float64_are_the_same_cost(name):
    """The one that judges, and the reference's."""
    with np.errstate(all="ignore"):
        pairs = [function(*given(name)).nearest for function in pairs_of(COSTS[name])]
        both = [function(*given(name)) for function in COSTS[name].float64[:2]]
    for value, pair, e in zip(both, pairs, bounds(name, FLOAT64), strict=True):
        assert (np.abs(pair - value) <= 2 * e).all()


# ------------------------------------------------------------------ divergences
@pytest.mark.parametrize(
    "entry", [d for d in DIVERGENCES if isinstance(d.part, Cost)], ids=lambda d: d.name
)
def test_a_replaced_cost_is_replaced_in_both(entry):
    """As pairs and in float64, near 1, where the clamp is: twice the error is all there can be."""
    a = np.array([[0.3, 0.9, 1 - 1e-11, 1 - 1e-13, 1 - 2.0**-53]])
    y = np.array([[0.0, 1.0, 0.5, 1.0, 0.0]])
    cost = entry.part
    far = np.abs(cost.gradient(a, y).nearest - cost.float64.gradient(a, y))
    assert (far <= 2 * cost.gradient_error(a, y, FLOAT64)).all()
    far = np.abs(cost.value(a, y).nearest - cost.float64.value(a, y))
    assert (far <= 2 * cost.value_error(a, y, FLOAT64)).all()

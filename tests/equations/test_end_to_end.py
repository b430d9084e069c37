"""The propagated bound: how much it says, where it is sharp, and what is beyond it.

That no correct gradient is beyond it, `tests/truth/test_certified_networks.py` has.
"""

import numpy as np
import pytest
from ball_costs import cost_gradient
from flint import ctx
from small_networks import THOROUGH, draws, network

from crossgrad.comparisons.arithmetic.balls.balls import BITS, balls, within
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.equations.propagation import (
    Bounds,
    cost_gradient_error,
    propagate,
    trusted,
)
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems
from crossgrad.comparisons.problems.regimes import draw_problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import raw_bits

#: Networks of widths up to 8: each activation twice, each depth to 6, each cost.
NARROW = [index for index in THOROUGH if max(network(index).widths) <= 8]
formats = pytest.mark.parametrize("dtype", FORMATS)


def bounds(problem: Problem) -> Bounds:
    return propagate(*trusted(problem), FORMATS[problem.dtype])


def layers(of: Trace | Bounds) -> list[np.ndarray]:
    return [*of.dW, *of.db]


@formats
@pytest.mark.parametrize("E", [2.0**-40, 2.0**-20, 2.0**-10, 0.125])
@pytest.mark.parametrize("cost", COSTS)
def test_an_error_of_the_last_a_is_handed_on_through_the_cost(cost, E, dtype):
    """∇ₐC of any a within E, truly, is within the bound of ∇ₐC of a, as float64 computes it."""
    net = Architecture((3, 4), ((COSTS[cost].last or "tanh"),), cost)
    for seed in range(5):
        problem, trust = trusted(draw_problem(net, dtype, 4, seed, 0))
        a = trust.a[-1]
        reach = np.full_like(a, E)
        if COSTS[cost].of_probabilities:  # a ± 2E is to stay between 0 and 1
            reach = np.minimum(E, np.minimum(a, 1 - a) / 4)
        off = reach * (raw_bits(a.shape, seed, 0, 99) % 2 * 2.0 - 1)
        gradient, bound = cost_gradient_error(problem, trust, reach, FORMATS[dtype])
        with ctx.workprec(BITS[0]):
            true = cost_gradient(cost, balls(a) + balls(off), balls(problem.y))
        assert within(gradient, true, bound).all()


@pytest.mark.parametrize("index", NARROW)
def test_bound_of_an_ordinary_network_says_something(index):
    """Its median is below 2⁻⁴⁰ of the value; measured: 1.1e-15 to 1.9e-13, growing with depth."""
    problem = draws(index, "float64")[0]
    pairs = zip(layers(bounds(problem)), layers(trusted(problem)[1].gradients), strict=True)
    shares = np.concatenate([E[g != 0] / np.abs(g[g != 0]) for E, g in pairs])
    assert np.median(shares) < 2.0**-40


@pytest.mark.parametrize("l", [0, 1, 2])
def test_planted_relative_error_of_a_millionth_is_caught_at_its_layer(l):
    """One entry of one ∂C/∂W, reported without z, a and δ: dW fails there, and nothing else."""
    scenario = Scenario.parse("5x8x6x3-tanh,softplus,sigmoid-mse-float64-m4-s17-k1")
    problem = stack_problems(scenario.problems())
    right = load_backend("numpy").trace(problem)
    dW = [g.copy() for g in right.dW]
    dW[l][0, 1, 2] *= 1 + 1e-6
    rows = judge(scenario, facts_of("numpy"), problem, Trace(dW, right.db))
    failed = [(row.check, row.layer, row.entry) for row in rows if row.status != "pass"]
    assert failed == [("dW", l + 1, (1, 2))]


@formats
def test_units_exactly_on_a_kink_leave_the_bound_sharp(dtype):
    """Whole numbers cancel to z = 0 exactly, and relu′ is 0: half of all digits are certain."""
    problem = Scenario.parse(f"6x8x2-relu,identity-quadratic-{dtype}-m8-s17").problems()[1]
    _, trust = trusted(problem)
    assert (trust.z[0] == 0).any()
    for E, g in zip(layers(bounds(problem)), layers(trust.gradients), strict=True):
        assert E.max() <= np.sqrt(FORMATS[dtype].u) * np.abs(g).max()


def test_units_that_may_be_on_either_side_of_a_kink_make_the_bound_large():
    """The same network with 0.1 for 1: now the sums are rounded, and z may have either sign."""
    exact = Scenario.parse("6x8x2-relu,identity-quadratic-float64-m8-s17").problems()[1]
    problem = exact.map(lambda array: array * np.array(0.1))
    _, trust = trusted(problem)
    E, dW = bounds(problem).dW[0], trust.gradients.dW[0]
    assert E.max() > 0.01 * np.abs(dW).max()

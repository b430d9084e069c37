"""The propagated bound against the truth: no correct gradient is beyond it, no wrong one within."""

from dataclasses import replace

import numpy as np
import pytest
from flint import arb
from truth import Truth, change_along, cost_gradient, distance, gradients

from comparisons.backends import load_backend
from comparisons.divergences import deviation_of
from comparisons.end_to_end import Bounds, cost_gradient_error, propagate, trusted
from comparisons.problem import Problem, Trace, stack_problems
from comparisons.regimes import draw_problem
from comparisons.rounding import FORMATS
from comparisons.scenario import Scenario
from comparisons.verdict import judge
from reference.architecture import ACTIVATIONS, COSTS, LAST_ACTIVATION, Architecture
from reference.parameters import raw_bits

formats = pytest.mark.parametrize("dtype", FORMATS)
NETWORKS = 28  # each activation twice in a hidden layer, each cost five times


def small_network(index: int) -> Scenario:
    """Depth 1–5, widths 1–8, batches 1–4; activations and costs in turn."""
    bits = iter(raw_bits((16,), seed=5, draw=index, stream=0).tolist())
    depth, cost = 1 + index % 5, COSTS[(index + index // 5) % len(COSTS)]
    widths = tuple(1 + next(bits) % 8 for _ in range(depth + 1))
    activations = [ACTIVATIONS[(index + l * (1 + index // 14)) % 14] for l in range(depth)]
    activations[-1] = LAST_ACTIVATION.get(cost, activations[-1])
    net = Architecture(widths, tuple(activations), cost)
    return Scenario(net, "float64", 1 + next(bits) % 4, seed=index)


SCENARIOS = [small_network(index) for index in range(NETWORKS)]
networks = pytest.mark.parametrize("network", SCENARIOS, ids=str)


def bounds(problem: Problem, backend: str = "numpy") -> Bounds:
    """Those of a backend's gradients."""
    return propagate(*trusted(problem), FORMATS[problem.dtype], deviation_of(backend))


def layers(of: Trace | Bounds | Truth) -> list[np.ndarray]:
    """dW and db of every layer."""
    return [*of.dW, *of.db]


def test_the_networks_cover_everything():
    """Every activation in a hidden layer, every cost, and each depth to 5."""
    nets = [scenario.architecture for scenario in SCENARIOS]
    assert {name for net in nets for name in net.activations[:-1]} == set(ACTIVATIONS)
    assert {net.cost for net in nets} == set(COSTS)
    assert {net.depth for net in nets} == {1, 2, 3, 4, 5}


@networks
def test_truth_agrees_with_difference_quotients(network):
    """The oracle is confirmed without any chain rule, along a random direction."""
    problem, way = (
        draw_problem(network.architecture, "float64", network.batch, seed, 0)
        for seed in (network.seed, 99)
    )
    by_gradients, quotient = change_along(problem, gradients(problem), way)
    assert abs(by_gradients - quotient) < arb(2) ** -700  # step² = 2⁻⁸⁰⁰ times third derivatives


@formats
@networks
def test_gradients_are_within_the_bound_of_the_truth(network, dtype):
    """NumPy's and torch's, in all eight regimes, entry by entry."""
    for draw, problem in enumerate(replace(network, dtype=dtype).problems()):
        truth = gradients(problem)
        for backend in ("numpy", "torch"):
            trace, E = load_backend(backend).trace(problem), bounds(problem, backend)
            for g, t, e in zip(layers(trace), layers(truth), layers(E), strict=True):
                assert (distance(g, t) <= e).all(), f"{backend}, draw {draw}: {g} {t} {e}"


@formats
@pytest.mark.parametrize("E", [2.0**-40, 2.0**-20, 2.0**-10, 0.125])
@pytest.mark.parametrize("cost", COSTS)
def test_an_error_of_the_last_a_is_handed_on_through_the_cost(cost, E, dtype):
    """∇ₐC of any a within E, truly, is within the bound of ∇ₐC of a, as float64 computes it."""
    net = Architecture((3, 4), (LAST_ACTIVATION.get(cost, "tanh"),), cost)
    for seed in range(5):
        problem, trust = trusted(draw_problem(net, dtype, 4, seed, 0))
        a = trust.a[-1]
        reach = np.full_like(a, E)
        if cost == "binary_cross_entropy":  # a ± 2E is to stay between 0 and 1
            reach = np.minimum(E, np.minimum(a, 1 - a) / 4)
        off = reach * (raw_bits(a.shape, seed, 0, 99) % 2 * 2.0 - 1)
        gradient, bound = cost_gradient_error(problem, trust, reach, FORMATS[dtype])
        assert (distance(gradient, cost_gradient(cost, a, off, problem.y)) <= bound).all()


@networks
def test_bound_of_an_ordinary_network_says_something(network):
    """Its median is below 2⁻⁴⁰ of the value; measured: 1.4e-15 to 1.4e-13, growing with depth."""
    problem = network.problems()[0]
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
    rows = judge(scenario, "numpy", problem, Trace(dW, right.db))
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

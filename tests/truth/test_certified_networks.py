"""Every bound against the truth, on hundreds of random networks: no correct program is beyond it.

End to end, and equation by equation; NumPy's and torch's answers on all of them, JAX's, which
takes a second to compile each, on a few.
"""

from itertools import pairwise

import pytest
from ball_network import trace as true_trace
from certification import wrong_equations, wrong_gradients
from small_networks import NETWORKS, draws, network, regimes

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.problems.generations import GENERATIONS, REGIMES_1
from crossgrad.reference.costs import COSTS

PARTS = 7  # wider networks come in each of them
OF_JAX = (28, 29, 34, 35, 53)
FIRST = GENERATIONS[1]
formats = pytest.mark.parametrize("dtype", FORMATS)
parts = pytest.mark.parametrize("part", range(PARTS))


# ------------------------------------------------------------------ what is covered
def test_every_activation_is_met_in_every_regime_and_every_cost_in_every_regime():
    """In a hidden layer, that is; each activation that can be the last one is it, too."""
    nets = {index: network(index) for index in NETWORKS}
    met = {(part, regime) for index, net in nets.items() for regime in regimes(index)
           for part in (*net.activations[:-1], net.cost)}  # fmt: skip
    assert met == {
        (p, r) for p in (*FIRST.activations, *FIRST.costs) for r in range(len(REGIMES_1))
    }
    free = {net.activations[-1] for net in nets.values() if not COSTS[net.cost].last}
    assert free == set(FIRST.activations)
    assert {net.depth for net in nets.values()} == set(range(1, 7))


def test_jax_meets_every_activation_and_cost():
    """On five networks, in both formats."""
    nets = [network(index) for index in OF_JAX]
    assert {name for net in nets for name in net.activations} == set(FIRST.activations)
    assert len({net.cost for net in nets}) == len(nets)


# ------------------------------------------------------------------ certified
@formats
@parts
def test_gradients_are_within_the_propagated_bound(part, dtype):
    """|∂C/∂w - truth| ≤ E, of NumPy and torch."""
    for index in NETWORKS[part::PARTS]:
        for problem in draws(index, dtype):
            truth = true_trace(problem)
            for name in ("numpy", "torch"):
                answer = load_backend(name).trace(problem)
                assert not wrong_gradients(problem, name, answer, truth), f"network {index}"


@formats
@parts
def test_equations_are_within_their_bounds(part, dtype):
    """|reported - truth| ≤ bound and |expected - truth| ≤ own, of NumPy and torch."""
    for index in NETWORKS[part::PARTS]:
        for problem in draws(index, dtype):
            for name in ("numpy", "torch"):
                answer = load_backend(name).trace(problem)
                assert not wrong_equations(problem, name, answer), f"network {index}"


@formats
@pytest.mark.parametrize("index", OF_JAX)
def test_jax_is_within_both(index, dtype):
    """What XLA fuses, reorders and flushes to zero included."""
    for problem in draws(index, dtype):
        answer = load_backend("jax").trace(problem)
        assert not wrong_gradients(problem, "jax", answer, true_trace(problem))
        assert not wrong_equations(problem, "jax", answer)


def small(index):
    """Whether forward mode takes so many parameters."""
    widths = network(index).widths
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths)) <= 1000


@formats
@pytest.mark.parametrize("mode", ["torch.forward", "jax.forward"])
def test_derivatives_that_are_carried_forward_are_within_their_bound(mode, dtype):
    """Torch's on every seventh network that is not too large, JAX's on two: it compiles each."""
    for index in OF_JAX[:2] if mode == "jax.forward" else filter(small, NETWORKS[::PARTS]):
        for problem in draws(index, dtype):
            answer = load_backend(mode).trace(problem)
            assert not wrong_gradients(problem, mode, answer, true_trace(problem)), index

"""Gradients of one sample: δ can be read off ∂C/∂b, a guess that names faults and makes none."""

from dataclasses import replace

import numpy as np
import pytest
from answers import asked, judged

from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.equations.walk import local_checks, with_delta
from crossgrad.comparisons.problems.scenario import Scenario

NETWORKS = (
    "1x6x4-identity,identity-quadratic-{}-m1-s1",
    "8x9x7x4-identity,tanh,sigmoid-quadratic-{}-m1-s4",
    "5x9x7-silu,identity-softmax_cross_entropy-{}-m1-s3",
)
NETWORK = NETWORKS[1]
ALL = ("z", "a", "delta")
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])
told = pytest.mark.parametrize("kept", [(), ("z", "a")], ids=["gradients", "no δ"])


def failed(text, answer, kept=()):
    """Where a program fails, the first first, if these quantities are told besides gradients."""
    scenario = Scenario.parse(text)
    stack, trace = asked(scenario, answer)
    rows = judged(scenario, stack, replace(trace, **{q: () for q in ALL if q not in kept}))
    return [(row.check, row.layer) for row in rows if row.status == "fail"]


# ------------------------------------------------------------------ what is right
@formats
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ["separate_orders", "dual_numbers", "complex_step"])
def test_sums_in_another_order_are_right(name, network, dtype):
    """∂C/∂W is not of the δ that ∂C/∂b is."""
    if (name, dtype) == ("complex_step", "float32"):
        pytest.skip("complex numbers of float32 have no step that is small enough")
    assert failed(network.format(dtype), VARIANTS[name], ("z", "a")) == []


@formats
def test_a_guess_would_have_refused_them(dtype):
    """The case: by BP4 on δ read off ∂C/∂b, ∂C/∂W is far beyond a local bound."""
    scenario = Scenario.parse(NETWORK.format(dtype))
    stack, trace = asked(scenario, VARIANTS["separate_orders"])
    guessed = local_checks(stack, with_delta(stack, replace(trace, a=(), z=())))
    assert max(check.residual.max() for check in guessed) > 4


# ------------------------------------------------------------------ what is wrong
FAULTS = {
    "BP1": lambda at: 1.001 * at.gradient * at.slope,
    "BP2": lambda at: at.v,
    "BP4": lambda at: -(at.delta @ at.below.mT),
}


@formats
@told
@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_named_by_its_equation_and_layer(check, kept, dtype):
    """As exactly as if δ were told: nothing else of the guess is to blame."""
    layer = 3 if check == "BP1" else 2
    needed = {"BP1": ("z", "a"), "BP2": ("z",), "BP4": ("a",)}[check]
    found = failed(NETWORK.format(dtype), program({(check, layer): FAULTS[check]}), kept)
    local = [place for place in found if place[0] not in ("dW", "db")]
    assert local == ([(check, layer)] if set(needed) <= set(kept) else [])
    assert ("dW", layer) in found


@formats
def test_without_anything_but_gradients_the_first_layer_is_still_named(dtype):
    """Its input is x: BP4 is known there."""
    twice = program({("BP4", 1): lambda at: 2 * at.delta @ at.below.mT})
    assert failed(NETWORK.format(dtype), twice) == [("BP4", 1), ("dW", 1)]


@formats
def test_a_fault_of_derivatives_that_are_carried_forward_is_blamed_on_nothing_else(dtype):
    """Where ∂C/∂W of one layer is wrong, BP4 of the others is not judged by a guess."""

    def wrong(problem):
        answer = VARIANTS["dual_numbers"](problem)
        return answer | {"dW": [answer["dW"][0], 1.001 * answer["dW"][1], *answer["dW"][2:]]}

    def in_format(problem):
        return {name: [np.asarray(q, dtype) for q in qs] for name, qs in wrong(problem).items()}

    assert failed(NETWORK.format(dtype), in_format, ("z", "a")) == [("BP4", 2), ("dW", 2)]


@formats
def test_zero_gradients_fail(dtype):
    """They agree with themselves: only the end tells."""

    def zero(problem):
        names = {"dW": problem.W, "db": problem.b}
        return {name: list(map(np.zeros_like, arrays)) for name, arrays in names.items()}

    assert {check for check, _ in failed(NETWORK.format(dtype), zero)} >= {"dW", "db"}

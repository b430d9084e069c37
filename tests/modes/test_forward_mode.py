"""The bound of derivatives that are carried forward: wider than the other, and not too wide."""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.equations.propagation import trusted
from crossgrad.comparisons.judging.agreement import bounds_within, end_to_end_checks
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario

NETWORK = "3x6x5x2-tanh,silu,sigmoid-quadratic-{dtype}-m4-s2"
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])


def asked(text):
    """All draws, and torch's gradients by forward mode."""
    problems = Scenario.parse(text).problems()
    return stack_problems(problems), load_backend("torch.forward").traces(problems)


@formats
def test_it_is_wider_than_the_bound_of_backpropagation(dtype):
    """Somewhat: in the usual entry by less than a factor of ten."""
    problem = asked(NETWORK.format(dtype=dtype))[0]
    forward, back = (
        bounds_within(facts_of(name), *trusted(problem), dtype)
        for name in ("torch.forward", "torch")
    )
    for wide, usual in zip(forward.dW, back.dW, strict=True):
        assert (wide >= usual).all()
        assert np.median(wide / usual) < 10


@formats
@pytest.mark.parametrize("quantity", ["dW", "db"])
def test_a_wrong_gradient_is_noticed_at_its_layer(quantity, dtype):
    """A thousandth in one layer; the others are as right as before."""
    problem, trace = asked(NETWORK.format(dtype=dtype))
    layers = list(getattr(trace, quantity))
    layers[1] = layers[1] * np.asarray(1.001, dtype)
    wrong = replace(trace, **{quantity: layers})
    failing = {
        (c.check, c.layer)
        for c in end_to_end_checks(facts_of("torch.forward"), problem, wrong)
        if not (c.residual <= 1).all()
    }
    assert failing == {(quantity, 2)}


@pytest.mark.parametrize("mode", ["torch.forward", "jax.forward"])
def test_of_one_sample_no_delta_is_read_off(mode):
    """∂C/∂b is δ, but it obeys no equation of backpropagation: only end to end is it judged."""
    scenario = Scenario.parse("6x4x3-softsign,sigmoid-mse-float64-m1-s3")
    problems = scenario.problems()
    traces = load_backend(mode).traces(problems)
    rows = judge(scenario, facts_of(mode), stack_problems(problems), traces)
    assert {row.check for row in rows} == {"z", "a", "cost", "dW", "db"}
    assert {row.status for row in rows} == {"pass"}

"""The two formats of 16 bits: what is right comes near its bound, what is wrong is beyond it."""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.equations.faults.formats import rounded
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

formats = pytest.mark.parametrize("dtype", SIXTEEN)
DEEP = "9x16x16x16x16x16x4-{functions}-quadratic-{dtype}-m4-s{seed}"
PIECEWISE = "relu,identity,relu,hardtanh,relu,identity"
CURVED = "tanh,sigmoid,softplus,silu,gelu,tanh"


def asked(text, backend="numpy"):
    """All draws of a scenario, and a backend's traces of them."""
    problems = Scenario.parse(text).problems()
    return stack_problems(problems), load_backend(backend).traces(problems)


def largest(problem, trace, fmt=None):
    found = {}
    for comparison in local_checks(problem, trace, fmt):
        worst = float(comparison.residual.max())
        found[comparison.check] = max(found.get(comparison.check, 0.0), worst)
    return found


def changed(trace, quantity, l, change):
    """The trace with another array at a layer."""
    layers = [change(a) if i == l else a for i, a in enumerate(getattr(trace, quantity))]
    return replace(trace, **{quantity: layers})


# ------------------------------------------------------------------ what is right
@formats
@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_bounds_are_not_slack_at_depth_6(backend, dtype):
    """Sums come within a tenth of their bounds, and nothing is beyond one.

    BP2 in float16 within a fourth: what its numbers may lose at the end of their range is counted.
    """
    worst = {}
    for seed, functions in enumerate((PIECEWISE, PIECEWISE, CURVED)):
        text = DEEP.format(functions=functions, dtype=dtype, seed=seed)
        for check, residual in largest(*asked(text, backend)).items():
            worst[check] = max(worst.get(check, 0.0), residual)
    assert max(worst.values()) <= 1
    assert min(worst[check] for check in ("z", "BP3", "BP4")) > 0.9
    assert worst["BP2"] > (0.75 if dtype == "float16" else 0.9)


@formats
def test_functions_are_near_their_bounds(dtype):
    """A function that is rounded once: 1 in 1.01, and what is flushed."""
    problem, trace = asked(f"4x16x3-tanh,tanh-mse-{dtype}-m8-s1")
    assert 0.85 < largest(problem, trace)["a"] <= 1


# ------------------------------------------------------------------ what is wrong
@formats
@pytest.mark.parametrize(
    ("quantity", "check"),
    [("z", "z"), ("a", "a"), ("delta", "BP2"), ("db", "BP3"), ("dW", "BP4")],
)
def test_two_ulps_are_noticed(quantity, check, dtype):
    """In the first layer of a network that only selects: at the equation, and there first."""
    problem, trace = asked(f"4x8x3-relu,identity-quadratic-{dtype}-m3-s1")
    away = np.asarray(2.0 if quantity == "a" else 1 + 4 * SIXTEEN[dtype].u, dtype)
    wrong = changed(trace, quantity, 0, lambda array: (array * away).astype(dtype))
    failing = [c for c in local_checks(problem, wrong) if not (c.residual <= 1).all()]
    assert (failing[0].check, failing[0].layer) == (check, 1)


@formats
def test_sums_in_16_bits_are_beyond_the_bound(dtype):
    """Each partial sum rounded: of the biases' gradients, which is what JAX does."""
    problem, trace = asked(DEEP.format(functions=CURVED, dtype=dtype, seed=0))

    def in_turn(delta):
        total = np.zeros_like(delta[..., :1])
        for i in range(delta.shape[-1]):
            total = total + delta[..., i : i + 1]
        return total

    narrow = replace(trace, db=[in_turn(delta) for delta in trace.delta])
    assert largest(problem, narrow)["BP3"] > 2
    fmt = SIXTEEN[dtype]._replace(wider=None)
    assert largest(problem, narrow, fmt)["BP3"] <= 1


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_only_jax_sums_in_16_bits(backend):
    """It is explained, and not by a wider bound for all."""
    problem, trace = asked("4x8x3-relu,identity-mse-bfloat16-m32-s3", backend)
    assert (largest(problem, trace)["BP3"] > 1) == (backend == "jax")


# ------------------------------------------------------------------ mixed precision
MIXED = facts_of("torch.autocast").computes_in("float32")


def with_factors_of(bits):
    """A float32 problem, and a trace of which weights and batch were rounded on the way."""
    problems = Scenario.parse("5x8x3-relu,identity-mse-float32-m4-s1-k1").problems()
    narrow = [problem.map(lambda array: rounded(array, bits)) for problem in problems]
    trace = stack_traces([load_backend("numpy").trace(problem) for problem in narrow])
    return stack_problems(problems), trace


def test_factors_that_are_rounded_are_allowed_in_mixed_precision_only():
    """A float32 program, its weights rounded to bfloat16 on the way, is none of float32."""
    problem, trace = with_factors_of(8)
    assert largest(problem, trace)["z"] > 100
    assert largest(problem, trace, MIXED)["z"] <= 1


def test_factors_that_are_not_rounded_are_allowed_where_a_compiler_may_leave_it_out():
    """As XLA may; torch.autocast does round."""
    problem, trace = with_factors_of(24)
    assert min(largest(problem, trace, MIXED)[check] for check in ("z", "BP2", "BP4")) > 1.5
    assert max(largest(problem, trace, MIXED._replace(elides=True)).values()) <= 1


MIXED_NETWORK = "9x32x16x4-tanh,gelu,identity-mse-float32-m8-s{}"


@pytest.mark.parametrize("mode", ["torch.autocast", "jax.mixed"])
def test_bounds_are_not_slack_in_mixed_precision(mode):
    """Of the cost, in float32, N roundings are allowed and few seen."""
    problem, trace = asked(MIXED_NETWORK.format(1), mode)
    found = largest(problem, trace, facts_of(mode).computes_in("float32"))
    assert max(found.values()) <= 1
    assert min(found[check] for check in ("z", "BP1", "BP2")) > 0.85
    assert min(found[check] for check in ("BP3", "BP4")) > 0.15
    assert found["cost"] > 0.02


@pytest.mark.parametrize(
    ("mode", "quantity", "check"),
    [
        ("torch.autocast", "dW", "BP4"),
        ("torch.autocast", "db", "BP3"),
        ("jax.mixed", "dW", "BP4"),
    ],
)
def test_a_two_hundredth_is_caught_in_mixed_precision(mode, quantity, check):
    """Where a gradient has a rounding of 1/256, 1/200 is not within it in every entry."""
    problem, trace = asked(MIXED_NETWORK.format(2), mode)
    fmt = facts_of(mode).computes_in("float32")
    wrong = changed(trace, quantity, 0, lambda array: array * np.float32(1.005))
    assert largest(problem, trace, fmt)[check] <= 1 < largest(problem, wrong, fmt)[check]


@pytest.mark.parametrize("mode", ["torch.autocast", "jax.mixed"])
def test_a_cost_that_is_off_by_a_hundred_thousandth_is_caught_in_mixed_precision(mode):
    """It is computed in float32."""
    problem, trace = asked(MIXED_NETWORK.format(2), mode)
    fmt = facts_of(mode).computes_in("float32")
    wrong = replace(trace, cost=trace.cost * np.float32(1 + 1e-5))
    assert largest(problem, trace, fmt)["cost"] <= 1 < largest(problem, wrong, fmt)["cost"]


def test_fewer_digits_are_too_few_in_mixed_precision():
    """Factors of 5 bits are beyond what bfloat16 allows."""
    problem, trace = with_factors_of(5)
    assert largest(problem, trace, MIXED)["z"] > 1


def test_tf32_is_flagged():
    """Factors of 11 bits in products of float32, as a GPU takes them: no float32 program's."""
    problem, trace = with_factors_of(11)
    found = largest(problem, trace)
    assert found["z"] > 100
    assert found["BP4"] > 100

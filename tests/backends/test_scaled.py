"""Programs that scale, their loss or micro-batch by micro-batch: right ones, and wrong ones."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from answers import asked, judged

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, SIXTEEN
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.backends.variants.passes import Way, backward, backwards, forward, run
from crossgrad.comparisons.equations.walk import compare
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Trace, stack_problems
from crossgrad.comparisons.problems.scenario import Scenario

#: Widths of 1, sums of one term, whole numbers: where nothing else that a bound has is of use.
NARROW = (
    "5x9x1-identity,identity-quadratic-{}-m8-s3",
    "5x9x7-identity,sigmoid-quadratic-{}-m1-s3",
    "5x9x3-identity,identity-mse-{}-m5-s3",
    "1x1x1-identity,identity-mse-{}-m1-s2",
    "1x1x1-identity,identity-quadratic-{}-m4-s2",
    "2x8x1-tanh,sigmoid-binary_cross_entropy-{}-m3-s1",
)
NETWORK = "5x9x7-tanh,sigmoid-mse-{}-m8-s3"
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])


def failed(text, answer):
    """Where a program fails, and the largest residual there."""
    scenario = Scenario.parse(text)
    rows = judged(scenario, *asked(scenario, answer))
    return {(row.check, row.layer): row.residual for row in rows if row.status == "fail"}


# ------------------------------------------------------------------ what is right
@formats
@pytest.mark.parametrize("network", NARROW)
@pytest.mark.parametrize("scale", [3.0, 7.0, 10.0, 1000.0, 65536.0, 12345.678])
def test_any_loss_scale_is_right(scale, network, dtype):
    """Multiplied by first, divided out last, in either order of the sums."""
    for way in (Way(scale=scale), Way(dot=backwards, scale=scale)):
        assert failed(network.format(dtype), partial(run, way=way)) == {}


@formats
@pytest.mark.parametrize("network", NARROW)
@pytest.mark.parametrize("name", ["micro_batches", "micro_batches_divided_last", "per_example"])
def test_any_weights_of_micro_batches_are_right(name, network, dtype):
    """3 + 3 + 2 of 8, 3 + 1 of 4."""
    assert failed(network.format(dtype), VARIANTS[name]) == {}


def test_each_scale_is_two_roundings_between_equations():
    """The program's own always; a mean over samples, unless over 1 or 2; over outputs of mse."""
    given = [(3, 1, "quadratic"), (3, 2, "quadratic"), (3, 4, "quadratic"), (3, 5, "quadratic")]
    given += [(4, 1, "mse"), (3, 1, "mse"), (3, 4, "mse")]
    wide, narrow = ALL_FORMATS["float32"], ALL_FORMATS["float16"]
    found = [
        [COSTS[cost].scaling_roundings(n, np.zeros((n, m)), fmt) for fmt in (wide, narrow)]
        for n, m, cost in given
    ]
    assert found == [[2, 0], [2, 0], [4, 0], [4, 2], [2, 0], [4, 2], [6, 2]]
    y = np.zeros((3, 5))
    assert [COSTS[cost].scale_roundings(y, y) for cost in ("quadratic", "mse")] == [5, 7]


# ------------------------------------------------------------------ what is right, in 16 bits
#: Where δ is below float16's smallest number once it is told, and batches of no power of two.
TINY = "2x4x3-sigmoid,identity-{}-{}-m{}-s0"
narrow = pytest.mark.parametrize("dtype", SIXTEEN)
batches = pytest.mark.parametrize("m", [1, 3, 4, 7, 33])
costs = pytest.mark.parametrize("cost", ["quadratic", "mse", "softmax_cross_entropy"])


@narrow
@batches
@costs
@pytest.mark.parametrize("name", ["loss_scaled_dynamically", "divided_last"])
def test_scales_are_right_in_16_bits(name, cost, m, dtype):
    """What is told of δ is rounded, and what is computed with is not: near 0, or by 1/m, 1/n_L."""
    assert failed(TINY.format(cost, dtype, m), VARIANTS[name]) == {}


def in_steps(problem):
    """Scaled by 2 and not averaged: then divided by 2, m and n_L/2, each time stored."""
    way = Way(mean_last=True, scale=2.0)
    zs, activations = forward(problem, way)
    deltas = backward(problem, way, zs, activations)
    ones = np.ones((problem.batch, 1), problem.dtype)
    stored = partial(way.equation, problem.dtype)

    def freed(array):
        for divisor in (way.scale, problem.batch, problem.widths[-1] / 2):
            array = stored(partial(np.multiply, 1 / np.float32(divisor)), array)
        return array

    return VARIANTS["textbook"](problem) | {
        "z": zs,
        "a": activations[1:],
        "delta": [freed(delta) for delta in deltas],
        "dW": [
            freed(stored(np.matmul, d, a.T)) for d, a in zip(deltas, activations[:-1], strict=True)
        ],
        "db": [freed(stored(np.matmul, delta, ones)) for delta in deltas],
    }


@narrow
@batches
def test_several_scales_are_right_in_16_bits(m, dtype):
    """As long as no more than the mean's two round what is told."""
    assert failed(TINY.format("mse", dtype, m), in_steps) == {}


def test_several_stored_scales_lose_more_than_half_of_the_smallest_number():
    """63 equal entries of δ, of which each division by 63, 2 and 1.5 loses some, and their sum."""
    divisors, omega = (63.0, 2.0, 1.5), ALL_FORMATS["float16"].omega

    def freed(array):
        for divisor in divisors:
            array = (array / np.float32(divisor)).astype(np.float16).astype(np.float32)
        return array

    computed = np.full((1, 3, 63), 346 * omega, np.float32)
    (problem,) = Scenario.parse("1x3-identity-mse-float16-m63-s1-k1").problems()
    total = freed(computed.sum(-1, keepdims=True))
    trace = Trace(dW=(), db=(total,), delta=(freed(computed),))
    found = compare("BP3", 1, stack_problems([problem]), trace)
    assert found.error.max() > 63 * omega / 2 + 5 * omega
    assert found.residual.max() <= 1


@narrow
def test_what_is_told_is_rounded_where_a_scale_is_no_power_of_two(dtype):
    """Alone there: a bound that had nothing of it would refuse the same program."""
    fmt, given = ALL_FORMATS[dtype], TINY.format("mse", dtype, 7)
    assert failed(given, VARIANTS["divided_last"]) == {}
    terms = np.ones(1)
    assert fmt.summed(7, terms, 0.0)[0] < fmt.u / 4


# ------------------------------------------------------------------ what is wrong
def changed(name, problem, **change):
    """A variant's answer with some quantities changed."""
    answer = VARIANTS[name](problem)
    return answer | {key: [make(q) for q in answer[key]] for key, make in change.items()}


def first_layer(problem, quantity, factor):
    """The scale is left in one gradient of the first layer."""
    answer = VARIANTS["loss_scaled_by_3"](problem)
    first, *others = answer[quantity]
    return answer | {quantity: [first * first.dtype.type(factor), *others]}


@formats
@pytest.mark.parametrize(("quantity", "check"), [("dW", "BP4"), ("db", "BP3"), ("delta", "BP2")])
@pytest.mark.parametrize("factor", [3.0, 1 / 3, -1.0, 1.001])
def test_a_scale_that_is_left_in_fails_there(factor, quantity, check, dtype):
    """At the equation of that gradient, or of δ; by 100 bounds at least."""
    found = failed(NETWORK.format(dtype), partial(first_layer, quantity=quantity, factor=factor))
    assert found[check, 1] > 100
    assert set(found) <= {(check, 1), ("BP3", 1), ("BP4", 1)}
    assert set(found) == {(check, 1)} or quantity == "delta"


@formats
def test_micro_batches_that_all_weigh_the_same_fail(dtype):
    """3 + 3 + 2 of 8 samples, each a third: wrong from BP1 on."""

    def wrong(problem):
        answer = VARIANTS["micro_batches"](problem)
        weights = np.repeat([3 / 8, 3 / 8, 2 / 8], [3, 3, 2]) * 3
        return answer | {"delta": [(d / weights).astype(d.dtype) for d in answer["delta"]]}

    found = failed(NETWORK.format(dtype), wrong)
    assert found["BP1", 2] > 100
    assert {("BP3", 1), ("BP4", 1)} <= set(found)


@formats
def test_a_micro_batch_that_is_dropped_fails(dtype):
    """The last, of fewer samples than the others: in ∂C/∂b, in ∂C/∂W and in C."""

    def wrong(problem):
        rest = replace(problem, x=problem.x[:, :6], y=problem.y[:, :6])
        answer, part = VARIANTS["micro_batches"](problem), VARIANTS["micro_batches"](rest)
        return answer | {name: part[name] for name in ("dW", "db", "cost")}

    found = failed(NETWORK.format(dtype), wrong)
    assert {check for check, _ in found} == {"cost", "BP3", "BP4"}
    assert min(found.values()) > 100


@formats
def test_a_mean_over_the_last_micro_batch_size_fails(dtype):
    """1/m of 3 samples in place of 8: all of δ too large."""
    found = failed(
        NETWORK.format(dtype), partial(changed, "textbook", delta=lambda d: d * d.dtype.type(8 / 3))
    )
    assert found["BP1", 2] > 100


@narrow
@pytest.mark.parametrize("name", ["loss_scaled_dynamically", "divided_last"])
@pytest.mark.parametrize(("quantity", "check"), [("dW", "BP4"), ("db", "BP3"), ("delta", "BP2")])
@pytest.mark.parametrize("factor", [7.0, 0.5, 0.0, -1.0, 0.9])
def test_a_scale_that_is_left_in_fails_in_16_bits(factor, quantity, check, name, dtype):
    """At the equation of that gradient, or of δ; with a batch of no power of two."""

    def wrong(problem):
        answer = VARIANTS[name](problem)
        first, *others = answer[quantity]
        spoilt = (first.astype(np.float32) * np.float32(factor)).astype(problem.dtype)
        return answer | {quantity: [spoilt, *others]}

    found = failed(f"5x9x7-tanh,sigmoid-mse-{dtype}-m7-s3", wrong)
    assert found[check, 1] > 1
    assert set(found) <= {(check, 1), ("BP3", 1), ("BP4", 1)}

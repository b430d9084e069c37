"""∂C/∂b that JAX sums in 16 bits: its order is read off, and no other sum is explained."""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, SIXTEEN
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.divergences import arithmetic_of
from crossgrad.comparisons.divergences.jax.sums import (
    WINDOW,
    one_by_one,
    running_error,
    sum_in_windows,
    windows,
)
from crossgrad.comparisons.divergences.tensorflow.sums import lanes
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import Problem, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture

ROWS = 64
formats = pytest.mark.parametrize("dtype", SIXTEEN)
batches = pytest.mark.parametrize("m", [31, 32, 33, 100, 256, 1100])


def asked(dtype, y, name="jax"):
    """δ and ∂C/∂b of one identity layer with no weights, where δ is -y/m."""
    net = Architecture((1, len(y)), ("identity",), "quadratic")
    nothing = [np.zeros(shape, dtype) for shape in ((len(y), 1), (len(y), 1), (1, y.shape[1]))]
    problem = Problem(net, dtype, (nothing[0],), (nothing[1],), nothing[2], y.astype(dtype))
    trace = load_backend(name).trace(problem)
    return trace.delta[0].astype(np.float64), trace.db[0].astype(np.float64)


def masks(m):
    """Two huge terms that cancel, and one that is lost if it is added to either before they meet.

    All others are 0: what is left is the third term or nothing (FPRev, arXiv 2411.00442).
    """
    rng = np.random.default_rng(m)
    y = np.zeros((ROWS, m))
    for row in y:
        i, j, k = rng.choice(m, 3, replace=False)
        row[i], row[j], row[k] = 2.0**14, -(2.0**14), 2.0**-4
    return y


# ------------------------------------------------------------------ the order
@formats
@batches
@pytest.mark.parametrize("name", ["jax", "jax.eager"])
def test_masks_through_the_backend_read_off_the_order(dtype, m, name):
    """Each is lost, or left, as it is in windows of 32; one sum after the other is contradicted."""
    delta, db = asked(dtype, masks(m), name)
    left = np.abs(db) > 0
    assert 0 < left.sum() < ROWS
    assert np.array_equal(left, np.abs(sum_in_windows(delta, dtype)) > 0)
    if m > WINDOW:
        assert not np.array_equal(left, np.abs(one_by_one(delta, dtype)[:, None]) > 0)


@formats
@batches
def test_the_sum_is_replayed_bit_for_bit(dtype, m):
    """Of random numbers, where δ is not rounded apart: y is a multiple of m."""
    y = m * np.random.default_rng(m).normal(size=(ROWS, m)).astype(dtype).astype(np.float64)
    delta, db = asked(dtype, y)
    if m > WINDOW or dtype == "bfloat16":
        assert np.array_equal(db, sum_in_windows(delta, dtype))
    else:  # a multiply-add takes δ before it is rounded
        error = np.abs(db - delta.sum(-1, keepdims=True))
        assert (error <= running_error(delta, ALL_FORMATS[dtype])).all()


def test_a_sum_of_one_window_is_known_from_its_partial_sums():
    """(1 + 1) - 1 in float16: each term and each sum is rounded, a term after the sum before it."""
    u = SIXTEEN["float16"].u
    (bound,) = running_error(np.array([[1.0, 1.0, -1.0]]), SIXTEEN["float16"])[0]
    assert 7 * u < bound < 7 * u * (1 + 7 * u)  # 3 terms, and the sums 1, 2, 1


# ------------------------------------------------------------------ what is explained
FAULTS = {
    "zero": lambda _, db: 0 * db,
    "sign": lambda _, db: -db,
    "twice": lambda _, db: 2 * db,
    "a tenth more": lambda _, db: 1.1 * db,
    "the first sample twice": lambda delta, db: db + delta[..., :1],
    "the last sample left out": lambda delta, db: db - delta[..., -1:],
    "the neighbour's": lambda _, db: np.roll(db, 1, axis=-2),
}
SCENARIOS = [
    "2x3-identity-quadratic-bfloat16-m256-s3",
    "4x16x8-tanh,identity-quadratic-bfloat16-m32-s3",
    "4x16x8-tanh,identity-quadratic-float16-m32-s3",
    "2x3-sigmoid-quadratic-float16-m100-s3",
]


def spoilt(trace, fault):
    """With another ∂C/∂b in each layer."""

    def wrong(delta, db):
        numbers = (array.astype(np.float64) for array in (delta, db))
        return FAULTS[fault](*numbers).astype(db.dtype)

    return replace(trace, db=tuple(map(wrong, trace.delta, trace.db)))


@pytest.mark.parametrize("text", SCENARIOS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_sum_fails_at_every_layer(text, fault):
    """Whatever the length of the sum."""
    scenario = Scenario.parse(text)
    problems = scenario.problems()
    traces = [load_backend("jax").trace(problem) for problem in problems]
    problem, trace = stack_problems(problems), stack_traces(traces)
    right = judge(scenario, facts_of("jax"), problem, trace)
    assert not [row for row in right if row.status == "fail"]
    wrong = judge(scenario, facts_of("jax"), problem, spoilt(trace, fault))
    failed = {(row.check, row.layer) for row in wrong if row.status == "fail"}
    assert failed == {("BP3", layer + 1) for layer in range(scenario.architecture.depth)}


# ------------------------------------------------------------------ end to end
def additions(n):
    """On the longest way through windows, as ``sum_in_windows`` takes it."""
    return n if n <= WINDOW else WINDOW + additions(-(-n // WINDOW))


@pytest.mark.parametrize("n", [1, 31, 32, 33, 34, 256, 1024, 1025, 65536])
def test_no_term_is_added_more_often(n):
    """And none more often than there are terms; two roundings are for a scale."""
    assert windows(n + 2) >= min(additions(n), n) + 2
    for depth in (windows, lanes):
        assert depth(n) <= n
        assert depth(n) <= depth(n + 1)


def test_a_bound_of_long_sums_is_finite():
    """γ_m of bfloat16 is not, from m = 256 on."""
    for m in (256, 4096, 65536):
        fmt = arithmetic_of("jax", "BP3", SIXTEEN["bfloat16"])
        found = fmt.summed(fmt.longest(m, m), np.ones(1), 0.0)
        assert found < 1
    assert arithmetic_of("jax.vmap", "BP3", SIXTEEN["bfloat16"]) == SIXTEEN["bfloat16"]

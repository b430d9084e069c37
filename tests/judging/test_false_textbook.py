"""No cause of a whole program is named where nothing speaks for one."""

from dataclasses import replace

import numpy as np
import pytest
from wrong_programs import FIFTEEN

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.judging.textbook import MISTAKES, whole_cause
from crossgrad.comparisons.judging.textbook.factors import factors
from crossgrad.comparisons.judging.textbook.given import given
from crossgrad.comparisons.judging.textbook.program import Pass
from crossgrad.comparisons.judging.textbook.reckoned import Reckoned
from crossgrad.comparisons.judging.textbook.texts import Told
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import raw_bits

NETWORKS = (
    "1x1-sigmoid-quadratic-{}-m1-s1-k1",
    "1x1-tanh-quadratic-{}-m4-s2-k1",
    "2x1-sigmoid-quadratic-{}-m3-s3-k1",
    "2x2x1-sigmoid,sigmoid-quadratic-{}-m4-s4-k1",
    "2x2x1-tanh,sigmoid-binary_cross_entropy-{}-m1-s5-k1",
    "3x4x2-relu,sigmoid-mse-{}-m5-s6-k1",
    "2x3x3-tanh,identity-softmax_cross_entropy-{}-m4-s7-k1",
)
networks = pytest.mark.parametrize("network", NETWORKS)
formats = pytest.mark.parametrize("dtype", ALL_FORMATS)


def drawn(network, dtype):
    scenario = Scenario.parse(network.format(dtype))
    problem = stack_problems(scenario.problems())
    right = trace(problem)
    return scenario, problem, replace(right, z=(), a=(), delta=(), cost=None, others={})


def told(scenario, problem, right, dW, db):
    """What is told of other gradients."""
    dtype = scenario.dtype
    changed = replace(right, dW=[g.astype(dtype) for g in dW], db=[g.astype(dtype) for g in db])
    return whole_cause(scenario, facts_of("mine"), problem, changed).cause


def random_numbers(count, seed):
    """Between 0 and 1."""
    return raw_bits((count,), seed, 0, 0) / 2.0**64


@formats
@networks
def test_a_single_wrong_entry_has_no_cause(network, dtype):
    """Of any size, in any array: a slice of ten thousand."""
    scenario, problem, right = drawn(network, dtype)
    for seed in range(20):
        which, entry, size, sign = random_numbers(4, seed)
        gradients = [g.astype(np.float64) for g in (*right.dW, *right.db)]
        array = gradients[int(which * len(gradients))]
        array.flat[int(entry * array.size)] *= 1 + 10 ** (12 * size - 9) * (1 if sign < 0.5 else -1)
        depth = len(problem.W)
        assert told(scenario, problem, right, gradients[:depth], gradients[depth:]) == ""


@formats
@networks
def test_a_common_factor_that_nothing_has_and_noise_have_no_cause(network, dtype):
    """1.7 is no product of 2, m and n here; and noise of any size is no narrower format."""
    scenario, problem, right = drawn(network, dtype)
    dW, db = ([g.astype(np.float64) for g in gradients] for gradients in (right.dW, right.db))
    assert told(scenario, problem, right, [1.7 * g for g in dW], [1.7 * g for g in db]) == ""
    for power in (-8, -5, -2, 0):
        noisy = [
            [g * (1 + 10.0**power * (random_numbers(g.size, k).reshape(g.shape) - 0.5))
             for k, g in enumerate(gradients)]
            for gradients in (dW, db)
        ]  # fmt: skip
        assert told(scenario, problem, right, *noisy) == ""


@formats
@networks
def test_right_gradients_have_no_cause(network, dtype):
    scenario, problem, right = drawn(network, dtype)
    assert whole_cause(scenario, facts_of("mine"), problem, right).cause == ""


@pytest.mark.parametrize("factor", [-1, 2, 5, 1 / 5, -10])
def test_a_factor_alone_is_no_mistake(factor):
    """Of m = 5 and two outputs: it is told as a factor, and as nothing else."""
    scenario, problem, right = drawn(NETWORKS[5], "float64")
    changed = ([factor * g for g in gradients] for gradients in (right.dW, right.db))
    cause = told(scenario, problem, right, *changed)
    known = [", and ".join(map(str, f.told)) for f in factors((3, 2, 5))[0] if f.of_W == factor]
    assert cause
    assert set(cause.split(", or ")) <= set(known)


def test_what_changes_nothing_is_not_named():
    """σ′ of an identity, a bias of zero, a sum over one sample: 1/m is all that can be wrong."""
    scenario, problem, right = drawn("2x3x2-identity,identity-quadratic-{}-m5-s1-k1", "float64")
    changed = ([5 * g for g in gradients] for gradients in (right.dW, right.db))
    assert told(scenario, problem, right, *changed) == "1/m is missing (m = 5)"


def test_where_all_gradients_are_zero_a_number_is_no_mistake():
    """Of zeros every factor gives the same: nothing speaks for any."""
    scenario, problem, right = drawn("3x4x2-tanh,identity-quadratic-{}-m5-s1-k1", "float64")
    problem = replace(problem, y=trace(problem).a[-1])
    noise = [[g + 1e-3 for g in gradients] for gradients in (right.dW, right.db)]
    assert told(scenario, problem, right, *noise) == ""


# ------------------------------------------------------------------ the bounds
@networks
def test_a_right_program_is_within_what_it_is_reckoned_to_err_by(network):
    """In float32, against float64: each number, and not by a bound that says nothing."""
    _, problem, right = drawn(network, "float32")
    reported = trace(problem)
    net = given(problem.astype("float64"), 0)
    from_float32 = Pass(net, {}, ALL_FORMATS["float32"]).run()
    for name in ("dW", "db", "z", "a", "delta"):
        for l, array in enumerate(getattr(reported, name), start=1):
            number = from_float32[name, l]
            assert isinstance(number, Reckoned)
            assert (np.abs(array[0].astype(float) - number.value) <= number.error).all()
            size = np.abs(number.value).max()
            assert number.error.max() < 1e-4 * max(size, 1e-3)
    assert right.dW


def test_each_mistake_has_a_template_that_is_filled_in():
    """Nothing is left in braces, and no template is there for nothing."""
    seen = set()
    for network in (*NETWORKS, *(place[0] for place in FIFTEEN.values())):
        problem = Scenario.parse(network.format("float64")).stack()
        net = given(problem.astype("float64"), 0)._replace(l2=0.25)
        for mistake in MISTAKES:
            for planted in mistake.plant(net._replace(before=net)):
                (one,) = planted.told
                seen.add(one.template)
                assert "{" not in str(Told(*one))
    assert len(seen) > 40

"""A cause is named where there is evidence: of dozens that are tried some agree by chance."""

from dataclasses import replace

import numpy as np
import pytest
from answers import asked

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.equations.faults import OF_PARTS
from crossgrad.comparisons.judging.causes import IMPROBABLE, coincidence
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import raw_bits

activations = pytest.mark.parametrize("name", ACTIVATIONS)
formats = pytest.mark.parametrize("dtype", FORMATS)


def failures(scenario, change):
    """Check, layer and cause of what fails in the reference's trace, after the change."""
    problem = stack_problems(scenario.problems())
    with np.errstate(all="ignore"):
        rows = judge(scenario, facts_of("mine"), problem, change(problem, trace(problem)))
    return [(row.check, row.layer, row.cause) for row in rows if row.status == "fail"]


# ------------------------------------------------------------------ by chance
@formats
@activations
@pytest.mark.parametrize("size", [16, -64])
def test_one_number_that_is_slightly_off_is_no_mistake(size, name, dtype):
    """Of one output and one sample, by few units: dozens of mistakes are as near as that."""

    def off(values):
        return [array * array.dtype.type(1 + size * FORMATS[dtype].u) for array in values]

    for seed in range(2):
        scenario = Scenario.parse(f"2x1x1-{name},{name}-quadratic-{dtype}-m1-s{seed}-k1")
        for quantity in ("z", "a", "delta", "db", "dW"):
            found = failures(
                scenario,
                lambda _, right, q=quantity: replace(right, **{q: off(getattr(right, q))}),
            )
            assert {cause for *_, cause in found} <= {""}, (scenario, quantity)


def compared(reported, expected, bound):
    reported, expected = np.asarray(reported, float), np.asarray(expected, float)
    error = np.abs(reported - expected)
    return Comparison("BP1", 1, reported, expected, error, np.full_like(error, bound))


def test_the_probability_is_the_share_of_the_error_that_is_left():
    """Of one number; but no less than the bound of it."""
    one = compared([2.0], [1.0], 1e-6)
    assert abs(coincidence(one, np.array([2.25])) - 0.25) < 1e-12
    assert abs(coincidence(one, np.array([2.0])) - 1e-6) < 1e-12
    assert coincidence(one, np.array([9.0])) == 1


def test_equal_numbers_and_those_that_are_right_are_no_more_evidence():
    once = coincidence(compared([2.0], [1.0], 1e-3), np.array([2.0]))
    again = compared([2.0, 2.0, 5.0], [1.0, 1.0, 5.0], 1e-3)
    assert coincidence(again, again.reported) == once
    others = compared([2.0, 3.0], [1.0, 1.0], 1e-3)
    assert coincidence(others, others.reported) < once / 10


@pytest.mark.parametrize("entries", [1, 3, 20])
def test_numbers_at_random_are_as_improbable_as_is_said(entries):
    """Of candidates as far away as chance has them, one in four has a probability of a quarter."""
    trials = 4000
    shares = raw_bits((trials, entries), 3, 0, 0) / 2.0**64
    right = compared(np.arange(2.0, entries + 2), np.ones(entries), 1e-9)
    chances = np.array([coincidence(right, right.reported + s * right.error) for s in shares])
    for probability in (1 / 4, 1 / 32):
        spread = 4 * np.sqrt(probability / trials)
        assert abs((chances <= probability).mean() - probability) < spread


# ------------------------------------------------------------------ and not by chance
def without_slope(problem, right):
    """δ = v in the first layer."""
    v = problem.W[1].mT @ right.delta[1]
    return replace(right, delta=[v.astype(right.delta[0].dtype), *right.delta[1:]])


@formats
def test_a_mistake_is_named_of_a_single_number(dtype):
    """In float64 and in float32 it has bits enough."""
    scenario = Scenario.parse(f"2x1x1-tanh,tanh-quadratic-{dtype}-m1-s1-k1")
    first = failures(scenario, without_slope)[0]
    assert first == ("BP2", 1, "σ′ is missing")


@pytest.mark.parametrize("dtype", sorted({*ALL_FORMATS} - {*FORMATS}))
def test_in_16_bits_it_takes_several_numbers(dtype):
    one = Scenario.parse(f"2x1x1-tanh,tanh-quadratic-{dtype}-m1-s1-k1")
    assert failures(one, without_slope)[0] == ("BP2", 1, "")
    several = Scenario.parse(f"2x8x3-tanh,tanh-quadratic-{dtype}-m4-s1")
    check, layer, cause = failures(several, without_slope)[0]
    assert (check, layer) == ("BP2", 1)
    assert cause.startswith("σ′ is missing")


#: Of what has a parameter a mistake is planted with another α than the network's: test_learnt.py.
OWN = [f.name for f in OF_PARTS if f.group == "own" and f.kind.activations != ("prelu",)]


@pytest.mark.parametrize("name", OWN)
def test_what_is_taken_for_a_function_is_named_as_its_file_has_it(name):
    """Or that it is no number."""
    (fault,) = (fault for fault in OF_PARTS if fault.name == name)
    for seed in range(20):
        scenario, faulty = fault.kind.scenario("float64", seed), fault.make()
        _, answers = asked(scenario, faulty)
        found = failures(scenario, lambda *_, told=answers: told)
        if found:
            break
    check, layer, cause = found[0]
    assert (check, layer) == (fault.check, fault.layer)
    assert fault.name in cause or cause == "not a finite number"


def test_what_is_improbable_is_one_in_a_thousand():
    """Of a failure, whatever is tried."""
    assert IMPROBABLE < 1e-3

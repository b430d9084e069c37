"""What σ and σ′ share at a z is evaluated once, and is never that of another z."""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.pairs.cache import remembered
from crossgrad.comparisons.arithmetic.pairs.logistic import decay
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.equations.walk import compare, here_of, local_checks, places
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

NETWORK = "3x4x5x2-{},gelu,sigmoid-quadratic-{}-m5-s3"


def read_only(numbers):
    array = np.array(numbers)
    array.flags.writeable = False
    return array


@pytest.fixture
def counted():
    """Twice an array, and the arrays of which it was asked."""
    asked = []

    @remembered
    def twice(z):
        asked.append(z.tolist())
        return 2 * z

    return twice, asked


def test_once_for_an_array_that_stays_what_it_is(counted):
    """Another array of the same numbers is another array."""
    twice, asked = counted
    one, other = read_only([1.0]), read_only([1.0])
    assert twice(one) is twice(one)
    assert twice(other) is not twice(one)
    assert asked == [[1.0], [1.0]]


def test_anew_where_numbers_may_change(counted):
    """Of an array that can be written to, and of a window into one."""
    twice, asked = counted
    base = np.array([1.0])
    window = base[:]
    window.flags.writeable = False
    assert (twice(base), twice(window)) == (2, 2)
    base[0] = 3
    assert (twice(base), twice(window)) == (6, 6)
    assert asked == [[1.0], [1.0], [3.0], [3.0]]


def test_forgotten_with_the_array(counted):
    """Where one was, the next may be."""
    twice, asked = counted
    for x in range(100):
        assert twice(read_only([float(x)])) == 2 * x
    assert len(asked) == 100


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_same_bits_remembered_or_not(name):
    """σ and σ′, in either order."""
    writable = np.random.default_rng(0).normal(size=100) * 10
    kept = read_only(writable)
    both = ELEMENTWISE[name].sigma, ELEMENTWISE[name].sigma_prime
    for function in (*both, *reversed(both)):
        one, other = function(writable), function(kept)
        assert np.array_equal(one.hi, other.hi)
        assert np.array_equal(one.lo, other.lo)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_all_checks_of_a_layer_are_what_each_is_alone(name, dtype):
    """To the last bit; and what is remembered is of this z, which is read-only."""
    problems = Scenario.parse(NETWORK.format(name, dtype)).problems()
    problem = stack_problems(problems)
    trace = stack_traces([load_backend("numpy").trace(p) for p in problems])
    alone = [compare(check, layer, problem, trace) for check, layer in places(3)]
    all_of_them = [check for check in local_checks(problem, trace) if check.check != "alpha"]
    for one, other in zip(all_of_them, alone, strict=True):
        assert (one.check, one.layer) == (other.check, other.layer)
        for part in ("error", "bound", "residual"):
            assert np.array_equal(getattr(one, part), getattr(other, part), equal_nan=True)
    z = here_of(1, problem, trace).at.z
    assert decay(z) is decay(z)

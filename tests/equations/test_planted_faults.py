"""Every check has a planted fault that only it catches, at its layer."""

import numpy as np
import pytest
from answers import asked, judged

from crossgrad.comparisons.equations.faults.program import RIGHT, program
from crossgrad.comparisons.equations.faults.sizes import largest, off
from crossgrad.comparisons.equations.walk import CHECKS
from crossgrad.comparisons.problems.scenario import Scenario

FORMATS = ("float64", "float32")
NETWORK = "3x4x5x2-sigmoid,tanh,sigmoid-quadratic-{}-m5-s3"
#: Far above the rounding of any entry of this network, far below what a plot would show.
SLIGHTLY = {"float64": 1e-13, "float32": 1e-5}
GRADIENT_OF = {"BP3": "db", "BP4": "dW"}
#: Where each equation holds in a network of three layers.
PLACES = (
    *((check, l) for check in ("z", "a") for l in (1, 2, 3)),
    *(("cost", 3), ("BP1", 3), ("BP2", 2), ("BP2", 1)),
    *((check, l) for check in ("BP3", "BP4") for l in (3, 2, 1)),
)
formats = pytest.mark.parametrize("dtype", FORMATS)
places = pytest.mark.parametrize(("check", "layer"), PLACES)


def failing(dtype, wrong, seen=lambda answer: answer):
    """The failing (check, layer), in order; ``seen`` is what is judged of the answer."""
    scenario = Scenario.parse(NETWORK.format(dtype))
    faulty = program(wrong)
    rows = judged(scenario, *asked(scenario, lambda given: seen(faulty(given))))
    assert all(row.status in ("pass", "fail") for row in rows)
    return [(row.check, row.layer) for row in rows if row.status == "fail"]


def one_entry(check, layer, value):
    """The largest entry of a result replaced."""

    def wrong(at):
        result = np.array(RIGHT[check](at))
        result[largest(result)] = value
        return result

    return {(check, layer): wrong}


def slightly(check, layer, dtype):
    """The largest entry of a result off by a little."""
    return {(check, layer): lambda at: off(RIGHT[check](at), largest, SLIGHTLY[dtype])}


def all_zero(answer):
    """The answer with gradients that are 0 everywhere."""
    return answer | {name: [np.zeros_like(d) for d in answer[name]] for name in ("dW", "db")}


def gradients_of(answer):
    return {name: answer[name] for name in ("dW", "db")}


def test_places_are_all_there_are():
    """Every check at every layer where it holds."""
    expected = {(check, l) for check in CHECKS for l in CHECKS[check].layers(3)}
    assert set(PLACES) == expected
    assert set(RIGHT) == set(CHECKS)


# ------------------------------------------------------------------ the whole trace
@formats
def test_nothing_fails_without_a_fault(dtype):
    """The frame in which faults are planted is right itself."""
    assert failing(dtype, {}) == []
    assert failing(dtype, {}, gradients_of) == []


@formats
@places
def test_one_entry_slightly_off_is_caught_where_it_is(check, layer, dtype):
    """By 1e-13 or 1e-5 of its value, with all that follows from it: one failing row."""
    assert failing(dtype, slightly(check, layer, dtype)) == [(check, layer)]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@places
def test_one_entry_that_is_no_number_fails_first_where_it_is(check, layer, value):
    """It spoils what follows, but the first row that fails is where it came from."""
    assert failing("float64", one_entry(check, layer, value))[0] == (check, layer)


@formats
def test_gradients_that_are_zero_fail_at_every_layer(dtype):
    """BP3 and BP4, from the last layer down, and no equation else."""
    expected = [(check, l) for l in (3, 2, 1) for check in ("BP3", "BP4")]
    assert failing(dtype, {}, all_zero) == expected


# ------------------------------------------------------------------ gradients alone
def last_sample_dropped(at):
    """BP4 over all samples but the last."""
    return at.delta[:, :-1] @ at.below[:, :-1].mT


def mean_over_batch(at):
    """BP3 with a mean for the sum: 1/m twice."""
    return at.delta.mean(axis=1, keepdims=True)


@formats
@pytest.mark.parametrize(
    ("check", "layer", "wrong"), [("BP3", 2, mean_over_batch), ("BP4", 1, last_sample_dropped)]
)
def test_mistake_in_a_gradient_alone_is_caught_at_its_layer(check, layer, wrong, dtype):
    """End to end, without a trace: the one gradient that is wrong."""
    expected = [(GRADIENT_OF[check], layer)]
    assert failing(dtype, {(check, layer): wrong}, gradients_of) == expected


@formats
def test_mistake_in_a_delta_alone_reaches_its_layer_and_those_below(dtype):
    """σ′ of a at layer 1 spoils the gradients of layer 1 only."""
    wrong = {("BP2", 1): lambda at: at.v * at.sigma_prime(at.a)}
    assert set(failing(dtype, wrong, gradients_of)) == {("dW", 1), ("db", 1)}


@formats
def test_mistake_in_the_last_delta_alone_spoils_the_last_layer(dtype):
    """Without σ′ in BP1 both gradients of the last layer are among the failing."""
    wrong = {("BP1", 3): lambda at: at.gradient}
    assert {("dW", 3), ("db", 3)} <= set(failing(dtype, wrong, gradients_of))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("check", ["BP3", "BP4"])
def test_gradient_alone_that_is_no_number_fails(check, value):
    """NaN and ∞ are beyond every bound, an infinite one too."""
    assert failing("float64", one_entry(check, 2, value), gradients_of) == [(GRADIENT_OF[check], 2)]


@formats
def test_gradients_alone_that_are_zero_fail_at_every_layer(dtype):
    seen = failing(dtype, {}, lambda answer: gradients_of(all_zero(answer)))
    assert set(seen) == {(check, l) for l in (3, 2, 1) for check in ("dW", "db")}

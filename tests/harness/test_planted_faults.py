"""Every check has a planted fault that only it catches, at its layer."""

import numpy as np
import pytest
from faults import (
    MISTAKES,
    PLACES,
    RIGHT,
    Fault,
    all_zero,
    faulty_trace,
    gradients_of,
    off_by,
    one_entry,
)

from comparisons.equations import CHECKS
from comparisons.problem import stack_problems
from comparisons.scenario import Scenario
from comparisons.verdict import judge

FORMATS = ("float64", "float32")
NETWORK = "3x4x5x2-sigmoid,tanh,sigmoid-quadratic-{}-m5-s3"
NO_FAULT = Fault("none", "", 0, None)
#: Far above the rounding of any entry of this network, far below what a plot would show.
SLIGHTLY = {"float64": off_by(1e-13), "float32": off_by(1e-5)}
GRADIENT_OF = {"BP3": "db", "BP4": "dW"}


def drawn(dtype):
    """The scenario and its draws, one of each regime, as a stack."""
    scenario = Scenario.parse(NETWORK.format(dtype))
    return scenario, stack_problems(scenario.problems())


def failing(dtype, fault, seen=lambda trace: trace):
    """The failing (check, layer) of a fault, in order; ``seen`` is what is judged of the trace."""
    scenario, problem = drawn(dtype)
    rows = judge(scenario, "planted", problem, seen(faulty_trace(problem, fault)))
    assert all(row.status in ("pass", "fail") for row in rows)
    return [(row.check, row.layer) for row in rows if row.status == "fail"]


def test_table_has_a_mistake_for_every_check():
    """The table of faults covers the table of checks, and the places all layers."""
    _, problem = drawn("float64")
    expected = {(check, l + 1) for check in CHECKS for l in CHECKS[check].layers(len(problem.W))}
    assert {fault.check for fault in MISTAKES} == set(CHECKS) == set(RIGHT)
    assert set(PLACES) == expected


@pytest.mark.parametrize("dtype", FORMATS)
def test_nothing_fails_without_a_fault(dtype):
    """The frame in which faults are planted is right itself."""
    assert failing(dtype, NO_FAULT) == []
    assert failing(dtype, NO_FAULT, gradients_of) == []


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("fault", MISTAKES, ids=lambda fault: fault.name)
def test_mistake_is_caught_by_its_check_alone(fault, dtype):
    """One mistake at one layer: one failing row."""
    assert failing(dtype, fault) == [(fault.check, fault.layer)]


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize(("check", "layer"), PLACES)
def test_one_entry_slightly_off_is_caught_where_it_is(check, layer, dtype):
    """By 1e-13 or 1e-5 of its value, with all that follows from it: one failing row."""
    fault = one_entry(check, layer, SLIGHTLY[dtype])
    assert failing(dtype, fault) == [(check, layer)]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("check", "layer"), PLACES)
def test_one_entry_that_is_no_number_fails_first_where_it_is(check, layer, value):
    """It spoils what follows, but the first row that fails is where it came from."""
    fault = one_entry(check, layer, lambda _: value)
    assert failing("float64", fault)[0] == (check, layer)


@pytest.mark.parametrize("dtype", FORMATS)
def test_gradients_that_are_zero_fail_at_every_layer(dtype):
    """BP3 and BP4, from the last layer down, and no equation else."""
    expected = [(check, l) for l in (3, 2, 1) for check in ("BP3", "BP4")]
    assert failing(dtype, NO_FAULT, all_zero) == expected


# ------------------------------------------------------------------ gradients alone
@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("fault", MISTAKES[-2:], ids=lambda fault: fault.name)
def test_mistake_in_a_gradient_alone_is_caught_at_its_layer(fault, dtype):
    """End to end, without a trace: the one gradient that is wrong."""
    expected = [(GRADIENT_OF[fault.check], fault.layer)]
    assert failing(dtype, fault, gradients_of) == expected


@pytest.mark.parametrize("dtype", FORMATS)
def test_mistake_in_a_delta_alone_reaches_its_layer_and_those_below(dtype):
    """σ′ of a at layer 1 spoils the gradients of layer 1 only."""
    fault = next(fault for fault in MISTAKES if fault.check == "BP2")
    assert set(failing(dtype, fault, gradients_of)) == {("dW", 1), ("db", 1)}


@pytest.mark.parametrize("dtype", FORMATS)
def test_mistake_in_the_last_delta_alone_spoils_the_last_layer(dtype):
    """Without σ′ in BP1 both gradients of the last layer are among the failing."""
    fault = next(fault for fault in MISTAKES if fault.check == "BP1")
    assert {("dW", 3), ("db", 3)} <= set(failing(dtype, fault, gradients_of))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("check", ["BP3", "BP4"])
def test_gradient_alone_that_is_no_number_fails(check, value):
    """NaN and ∞ are beyond every bound, an infinite one too."""
    fault = one_entry(check, 2, lambda _: value)
    assert failing("float64", fault, gradients_of) == [(GRADIENT_OF[check], 2)]


@pytest.mark.parametrize("dtype", FORMATS)
def test_gradients_alone_that_are_zero_fail_at_every_layer(dtype):
    """All six of them."""
    seen = failing(dtype, NO_FAULT, lambda trace: gradients_of(all_zero(trace)))
    assert set(seen) == {(check, l) for l in (3, 2, 1) for check in ("dW", "db")}

"""A fault that no textbook mistake explains is given no cause, wherever a mistake changes nothing.

σ′ is 1 at an identity layer, a 1×1 gradient is its own transpose, and of one sample there is no
1/m: a mistake there gives the expected value, and a small fault is none of them.
"""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import QUANTITIES, stack_problems
from crossgrad.comparisons.problems.scenario import Scenario

#: Where mistakes change nothing: at σ = identity, in 1×1 gradients, of one sample, of one output.
NETWORKS = (
    "1x1-identity-quadratic-{}-m1-s1-k2",
    "1x1x1-identity,identity-mse-{}-m1-s2-k2",
    "1x1x1-relu,identity-quadratic-{}-m4-s3-k2",
    "3x3x3-identity,identity-quadratic-{}-m3-s4-k2",
    "4x3x2-leaky_relu,hardtanh-mse-{}-m2-s5-k2",
    "2x2x2-tanh,sigmoid-binary_cross_entropy-{}-m1-s6-k2",
    "3x4x4-gelu,identity-softmax_cross_entropy-{}-m5-s7-k2",
    "3x1-identity-sigmoid_cross_entropy-{}-m1-s8-k2",
)
#: What is made of a right array, at all entries or at one, for a fault of the size ε.
FAULTS = {
    "larger": lambda right, size: right * (1 + size),
    "smaller": lambda right, size: right * (1 - size),
    "much smaller": lambda right, _: right * 0.7,
    "shifted": lambda right, size: right + size,
    "shifted down": lambda right, size: right - size,
    "at the first entry": lambda right, size: right + size * first(right),
}
everywhere = pytest.mark.parametrize("network", NETWORKS)
formats = pytest.mark.parametrize("dtype", FORMATS)


def first(like):
    """1 at the first entry of each draw, 0 elsewhere."""
    marks = np.zeros_like(like)
    marks.reshape(len(marks), -1)[:, 0] = 1
    return marks


def planted(right, name, l, fault, size):
    """The trace with a fault in one quantity of one layer."""
    given = getattr(right, name)

    def spoilt(array):
        return np.asarray(FAULTS[fault](array, size)).astype(array.dtype)

    if name == "cost":
        return replace(right, cost=spoilt(given))
    arrays = [spoilt(array) if layer == l else array for layer, array in enumerate(given)]
    return replace(right, **{name: arrays})


def failed_with_causes(network, dtype, fault, size, *, problem=None):
    """The check, layer and cause of every row that fails, whatever the fault is planted in."""
    scenario = Scenario.parse(network.format(dtype))
    problem = problem or stack_problems(scenario.problems())
    right = trace(problem)
    layers = range(scenario.architecture.depth)
    places = [(name, l) for name in QUANTITIES for l in layers if name != "cost" or l == 0]
    return [
        (name, l, row.check, row.layer, row.cause)
        for name, l in places
        for row in judge(scenario, facts_of("numpy"), problem, planted(right, name, l, fault, size))
        if row.status == "fail"
    ]


@formats
@everywhere
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_no_mistake_explains_has_no_cause(fault, network, dtype):
    """In any quantity of any layer: it fails, and nothing is said of why."""
    found = failed_with_causes(network, dtype, fault, 64 * np.sqrt(FORMATS[dtype].u))
    assert found
    assert [row for row in found if row[-1]] == []


@formats
def test_where_nothing_is_expected_a_number_is_no_known_mistake(dtype):
    """δ and the gradients are 0 where a = y: a number in their place has neither sign nor m."""
    scenario = Scenario.parse(f"3x4x2-relu,identity-quadratic-{dtype}-m3-s1-k2")
    drawn = stack_problems(scenario.problems())
    problem = replace(drawn, y=trace(drawn).a[-1])
    found = failed_with_causes(str(scenario), dtype, "shifted", 1e-3, problem=problem)
    own = {"cost": ("cost",), "delta": ("BP1", "BP2"), "db": ("BP3",), "dW": ("BP4",)}
    found = [  # and not what was made of it
        (name, l, check, layer, cause)
        for name, l, check, layer, cause in found
        if check in own.get(name, ()) and (layer == l + 1 or name == "cost")
    ]
    assert {"cost", "BP1", "BP2", "BP3", "BP4"} == {check for _, _, check, *_ in found}
    assert [row for row in found if row[-1]] == []


@formats
def test_sums_over_a_symmetric_matrix_are_not_transposed(dtype):
    """Wᵀ is W: neither zˡ nor BP2 can have confused them."""
    scenario = Scenario.parse(f"3x3x3-identity,identity-quadratic-{dtype}-m3-s1-k1")
    drawn = stack_problems(scenario.problems())
    problem = replace(drawn, W=[W + W.mT for W in drawn.W])
    found = failed_with_causes(str(scenario), dtype, "larger", 1e-2, problem=problem)
    assert {"z", "BP2"} <= {check for _, _, check, *_ in found}
    assert [row for row in found if row[-1]] == []

"""What people get wrong of single activations is caught, at its equation and layer, in each format.

These are not in the catalogue of `power`, whose figures are of the activations of generation 2.
"""

import numpy as np
import pytest

from crossgrad.comparisons.equations import local_checks
from crossgrad.comparisons.faults.program import RIGHT, program
from crossgrad.comparisons.problem import Trace, stack_problems, stack_traces, unstack_problems
from crossgrad.comparisons.regimes import draw_problems
from crossgrad.comparisons.rounding import ALL_FORMATS
from crossgrad.reference.activations import ACTIVATIONS, softmax
from crossgrad.reference.architecture import Architecture

HIDDEN, LAST = 2, 3
#: Ordinary numbers.
DRAWS = range(0, 63, 21)


def checked(name, faults, dtype):
    """The places of the equations that fail, of a network with the activation in each layer."""
    net = Architecture((5, 6, 4, 3), (name,) * 3, "mse")
    stack = draw_problems(net, dtype, 6, 11, DRAWS, 2)
    wrong = program(faults)
    answers = [wrong(problem) for problem in unstack_problems(stack)]
    traces = [Trace(**{q: as_arrays(given, dtype) for q, given in of.items()}) for of in answers]
    problems = stack_problems(unstack_problems(stack))
    return {
        (c.check, c.layer)
        for c in local_checks(problems, stack_traces(traces))
        if not (c.residual <= 1).all()
    }


def as_arrays(given, dtype):
    """In the format."""
    if isinstance(given, list):
        return [np.asarray(array).astype(dtype) for array in given]
    return np.asarray(given).astype(dtype)


def over(array, axis):
    """Σ, kept."""
    return array.sum(axis=axis, keepdims=True)


#: Activation, equation, layer → what is computed in its place.
FAULTS = {
    "softmax: of the Jacobian only the diagonal": (
        "BP2", HIDDEN, lambda at: at.v * at.a * (1 - at.a)),
    "softmax: the Jacobian is forgotten": ("BP1", LAST, lambda at: at.gradient),
    "softmax: no sum is taken off": ("BP2", HIDDEN, lambda at: at.a * at.v),
    "softmax: the sum is over the samples": (
        "BP1", LAST, lambda at: at.a * (at.gradient - over(at.a * at.gradient, 1))),
    "softmax: the mean is taken for the sum": (
        "BP2", 1, lambda at: at.a * (at.v - over(at.a * at.v, 0) / len(at.a))),
    "softmax: over the samples": ("a", HIDDEN, lambda at: softmax(at.z.T).T),
    "softmax: not divided by the sum": ("a", LAST, lambda at: np.exp(at.z - at.z.max(axis=0))),
    "log_softmax: v - p is taken for v - p Σ v": (
        "BP1", LAST, lambda at: at.gradient - softmax(at.z)),
    "log_softmax: that of softmax": (
        "BP2", HIDDEN, lambda at: at.v * ACTIVATIONS["softmax"].sigma_prime(at.z)),
    "log_softmax: its own transpose": (
        "BP2", HIDDEN, lambda at: at.v - over(softmax(at.z) * at.v, 0)),
    "log_softmax: a is taken for p": (
        "BP1", LAST, lambda at: at.gradient - at.a * over(at.gradient, 0)),
    "log_softmax: the maximum for the logarithm of the sum": (
        "a", HIDDEN, lambda at: at.z - at.z.max(axis=0)),
    "log_softmax: softmax": ("a", LAST, lambda at: softmax(at.z)),
}  # fmt: skip
formats = pytest.mark.parametrize("dtype", ALL_FORMATS)


@formats
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught_where_it_is(fault, dtype):
    """At that equation and layer, and nowhere else."""
    check, layer, wrong = FAULTS[fault]
    name = fault.partition(":")[0]
    assert checked(name, {(check, layer): wrong}, dtype) == {(check, layer)}


@formats
@pytest.mark.parametrize("name", sorted({fault.partition(":")[0] for fault in FAULTS}))
def test_the_same_program_without_a_fault_passes(name, dtype):
    """Also with each equation computed by another function that is the same."""
    assert not checked(name, {}, dtype)
    assert not checked(name, {("a", HIDDEN): RIGHT["a"]}, dtype)

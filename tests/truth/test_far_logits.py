"""Softmax of logits so far apart that a relative error of p is no number: right programs pass.

The difference of two logits is rounded by u times itself, which goes into an exponential: beyond
3·10¹⁸ in float64, and 6·10⁹ in float32, that overflows, while p itself is 0.
"""

from dataclasses import replace

import numpy as np
import pytest
from ball_costs import true_cost_gradient
from ball_network import trace as true_trace
from certification import wrong_equations, wrong_gradients

from crossgrad.comparisons.arithmetic.balls.balls import within
from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import DEFAULT, load_backend
from crossgrad.comparisons.equations.propagation import propagate, trusted
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, stack_problems, stack_traces
from crossgrad.comparisons.problems.regimes import draw_problem
from crossgrad.reference.architecture import Architecture

ARCHITECTURE = Architecture((3, 4, 3), ("tanh", "identity"), "softmax_cross_entropy")
#: The last layer's weights are multiplied by so much: logits of about 10¹² and 10²⁰.
FAR = {"float32": 2.0**40, "float64": 2.0**67}
formats = pytest.mark.parametrize("dtype", FORMATS)


def far_problem(dtype) -> Problem:
    """An ordinary draw but for the last layer; thirds, so that no gradient is exact."""
    problem = draw_problem(ARCHITECTURE, dtype, 3, seed=3, draw=0)
    far = problem.W[0].dtype.type(FAR[dtype])
    W, b = ((*arrays[:-1], far * arrays[-1]) for arrays in (problem.W, problem.b))
    return replace(problem, W=W, b=b)


def answer(problem, backend):
    return load_backend(backend).trace(problem)


@formats
@pytest.mark.parametrize("backend", DEFAULT)
def test_right_programs_are_within_every_bound(backend, dtype):
    """Against the truth, equation by equation and end to end."""
    problem = far_problem(dtype)
    trace = answer(problem, backend)
    assert np.ptp(trace.z[-1], axis=0).max() > 0.1 * FAR[dtype]
    assert not wrong_equations(problem, backend, trace)
    assert not wrong_gradients(problem, backend, trace, true_trace(problem))


@formats
@pytest.mark.parametrize("backend", DEFAULT)
def test_right_programs_pass_every_check(backend, dtype):
    problem = far_problem(dtype)
    stacks = stack_problems([problem]), stack_traces([answer(problem, backend)])
    assert all((check.residual <= 1).all() for check in local_checks(*stacks))


@formats
def test_a_wrong_gradient_fails_there(dtype):
    """The bound of p is not so wide that a thousandth where p is 0 would do."""
    problem = far_problem(dtype)
    trace = answer(problem, "numpy")
    thousandth = (trace.delta[-1] == 0) * trace.delta[-1].dtype.type(1e-3)
    assert thousandth.any()
    trace = replace(trace, delta=(*trace.delta[:-1], trace.delta[-1] + thousandth))
    assert "BP1, layer 2: numpy" in wrong_equations(problem, "numpy", trace)


@formats
def test_the_propagated_bound_is_a_number(dtype):
    """In every layer; a part of a gradient may be lost, and no more."""
    problem = far_problem(dtype)
    bounds = propagate(*trusted(problem), FORMATS[dtype])
    assert all(np.isfinite(bound).all() for bound in (*bounds.dW, *bounds.db))
    assert (bounds.db[-1] <= 2.5).all()


@formats
@pytest.mark.parametrize("moved", [1e-3, 30.0, 390.0, 5e6])
def test_logits_that_may_move_far_are_bounded(dtype, moved):
    """∇ₐC at either end of ±E, against that in the middle; p there may be no float at all."""
    a = np.array([[0.0], [-2 * moved], [-800.0]])
    y, E = np.array([[0.0], [0.5], [0.5]]), np.full_like(a, moved)
    with np.errstate(all="ignore"):
        bound = COSTS["softmax_cross_entropy"].propagated(a, y, E, FORMATS[dtype])
    middle = true_cost_gradient("softmax_cross_entropy", a, y)
    for signs in ([[1], [-1], [-1]], [[-1], [1], [1]], [[-1], [-1], [1]]):
        end = true_cost_gradient("softmax_cross_entropy", a + E * signs, y)
        assert within(np.zeros_like(a), end - middle, bound).all()

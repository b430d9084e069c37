"""Fifteen mistakes of people's own programs are named, from gradients alone as from a trace."""

from dataclasses import replace

import numpy as np
import pytest
from answers import asked, judged
from wrong_programs import FIFTEEN, SIGMOID, forward

from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.judging.misreports import as_meant
from crossgrad.comparisons.judging.textbook import whole_cause
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.failure import failures

fifteen = pytest.mark.parametrize("program", FIFTEEN, ids=lambda program: program.__name__)


def failing(scenario, program, *, alone):
    """What fails of a program, in the order told: of its trace, or of its gradients alone."""
    scenario = Scenario.parse(scenario)
    with np.errstate(all="ignore"):
        problem, told = asked(scenario, program)
        told = as_meant(problem, told).trace
        if alone:
            told = replace(told, z=(), a=(), delta=(), cost=None, others={})
        return failures(judged(scenario, problem, told))


@fifteen
def test_a_mistake_is_named_from_gradients_alone(program):
    scenario, _, cause = FIFTEEN[program]
    rows = failing(scenario, program, alone=True)
    assert [row.cause for row in rows if row.cause] == [cause]
    assert rows[0].cause == cause


@fifteen
def test_a_trace_tells_where_and_what(program):
    """The first failure is at the equation and the layer, and its cause is named."""
    scenario, place, cause = FIFTEEN[program]
    first = failing(scenario, program, alone=False)[0]
    assert (first.check, first.layer) == place
    assert first.cause == cause


# ------------------------------------------------------------------ more than one thing, or another
def gradients(problem, _zs, a, *, slope_at_output=True):
    """Of sigmoids and the quadratic cost."""
    dW, db = [None] * len(problem.W), [None] * len(problem.W)
    delta = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        if slope_at_output or l < len(problem.W) - 1:
            delta = delta * a[l + 1] * (1 - a[l + 1])
        dW[l] = delta @ a[l].T
        db[l] = delta.sum(axis=1, keepdims=True)
        delta = problem.W[l].T @ delta
    return {"dW": dW, "db": db}


def test_two_mistakes_are_named_where_one_does_not_explain_all():
    def program(problem):
        told = gradients(problem, *forward(problem), slope_at_output=False)
        return {**told, "db": [dW.sum(axis=1, keepdims=True) for dW in told["dW"]]}

    first = failing(SIGMOID, program, alone=True)[0]
    rows = "∂C/∂b is the row sums of ∂C/∂W in all layers"
    assert first.cause == f"σ′ is missing at the output layer, and {rows}"


def test_a_mistake_and_a_factor_are_named_together():
    def program(problem):
        told = gradients(problem, *forward(problem), slope_at_output=False)
        return {name: [3 * g for g in layers] for name, layers in told.items()}

    network = "3x4x5x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m3-s3-g2"
    first = failing(network, program, alone=True)[0]
    assert first.cause == "σ′ is missing at the output layer, and 1/m is missing (m = 3)"


def test_a_forward_pass_that_is_kept_by_its_inputs_is_named():
    kept = {}

    def program(problem):
        key = problem.x.tobytes()
        if key not in kept:
            kept[key] = forward(problem)
        return gradients(problem, *kept[key])

    scenario = Scenario.parse(SIGMOID)
    with np.errstate(over="ignore"):
        found = whole_cause(scenario, facts_of("mine"), *asked(scenario, program))
    assert found.cause.startswith("z and a are kept from the problem before")
    assert scenario.regime(found.draw).startswith("other")


PENALTIES = {
    "λW of the penalty is missing in ∂C/∂W": 0,
    "λ of the penalty is 2 times as large": 2,
    "λ of the penalty is 1/m times as large": 1 / 4,
}


@pytest.mark.parametrize(("cause", "times"), PENALTIES.items())
def test_a_wrong_penalty_is_named(cause, times):
    scenario = Scenario.parse("3x4x2-tanh,sigmoid-quadratic-float64-m4-s3-k2")
    problem, penalty = scenario.stack(), 0.25
    penalised = trace(problem)
    dW = [g + times * penalty * W for g, W in zip(penalised.dW, problem.W, strict=True)]
    told = replace(penalised, dW=dW, z=(), a=(), delta=(), cost=None)
    whole = whole_cause(scenario, facts_of("mine"), replace(problem, l2=penalty), told)
    assert whole.cause == cause

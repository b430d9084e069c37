"""The hand-written reference, in the problem's own format."""

from typing import Any

from comparisons.problem import Problem, Trace
from reference.backprop import backprop
from reference.parameters import Parameters


def trace(problem: Problem) -> Trace:
    """Forward and backward by BP1–BP4."""
    W, b, x, y = receive(problem)
    pass_ = backprop(problem.architecture, Parameters(W, b), x, y)
    gradients = pass_.gradients
    return Trace(gradients.dW, gradients.db, pass_.cost, pass_.z, pass_.a, pass_.delta)


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as they are."""
    return problem.W, problem.b, problem.x, problem.y

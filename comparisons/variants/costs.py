"""The costs, summed and not averaged, with gradients of their own."""

from collections.abc import Callable

import numpy as np

from comparisons.problem import Problem
from comparisons.variants.formulas import logistic
from reference.parameters import Array


def softmax(a: Array) -> Array:
    """e^{a_j} / Σ e^{a_k}."""
    e = np.exp(a - a.max(axis=0))
    return e / e.sum(axis=0)


def log_softmax(a: Array) -> Array:
    """Its logarithm."""
    shifted = a - a.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


def squares(a: Array, y: Array) -> Array:
    """½ (a - y)²: half the cost of mse before it is averaged, all that of quadratic."""
    return 0.5 * (a - y) ** 2


#: Name → the terms of the cost, and its gradient; ``divisor`` makes the mean of them.
COST: dict[str, tuple[Callable[[Array, Array], Array], Callable[[Array, Array], Array]]] = {
    "quadratic": (squares, lambda a, y: a - y),
    "mse": (squares, lambda a, y: a - y),
    "binary_cross_entropy": (
        lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)),
        lambda a, y: (1 - y) / (1 - a) - y / a,
    ),
    "sigmoid_cross_entropy": (
        lambda a, y: np.maximum(a, 0) - a * y + np.log1p(np.exp(-abs(a))),
        lambda a, y: logistic(a) - y,
    ),
    "softmax_cross_entropy": (
        lambda a, y: -y * log_softmax(a),
        lambda a, y: softmax(a) - y,
    ),
}


def divisor(problem: Problem) -> float:
    """What the sum over the batch is divided by: m, for mse m n_L / 2."""
    outputs = problem.widths[-1]
    return problem.batch * outputs / 2 if problem.cost == "mse" else problem.batch

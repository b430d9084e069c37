"""The costs, summed, with gradients of their own; softmax in four ways, sigmoid in two."""

from collections.abc import Callable, Mapping

import numpy as np

from crossgrad.comparisons.problem import Problem
from crossgrad.comparisons.variants.formulas import logistic
from crossgrad.reference.parameters import Array


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
Costs = Mapping[str, tuple[Callable[[Array, Array], Array], Callable[[Array, Array], Array]]]
COST: Costs = {
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


# ------------------------------------------------------------------ softmax, otherwise
def logsumexp(a: Array) -> Array:
    """log Σ eᵃ, shifted; the largest term is 1, so that log1p has the rest, as SciPy has it."""
    top = a.max(axis=0)
    largest = a == top
    count = largest.sum(axis=0).astype(a.dtype)
    rest = np.where(largest, a.dtype.type(0), np.exp(a - top)).sum(axis=0)
    return np.log1p(rest / count) + np.log(count) + top


def unshifted(a: Array) -> Array:
    """log Σ eᵃ as it stands, where nothing overflows or is lost."""
    limits = np.finfo(a.dtype)
    fits = (a.max(axis=0) < np.log(limits.max) - 8) & (a.max(axis=0) > np.log(limits.tiny) / 2)
    return np.where(fits, np.log(np.exp(a).sum(axis=0)), logsumexp(a))


#: By e^{a - log Σ eᵃ}; its terms one by one, or as log Σ eᵃ less the likely logit.
BY_LOGSUMEXP: Costs = {
    "softmax_cross_entropy": (
        lambda a, y: y * (logsumexp(a) - a),
        lambda a, y: np.exp(a - logsumexp(a)) - y,
    )
}
BY_UNSHIFTED_SUM: Costs = {
    "softmax_cross_entropy": (
        lambda a, y: unshifted(a) - (y * a).sum(axis=0),
        lambda a, y: np.exp(a - unshifted(a)) - y,
    )
}
#: Softplus as logaddexp(0, a), and its derivative as that of a logaddexp comes out.
BY_LOGADDEXP: Costs = {
    "sigmoid_cross_entropy": (
        lambda a, y: np.logaddexp(a.dtype.type(0), a) - y * a,
        lambda a, y: np.exp(a - np.logaddexp(a.dtype.type(0), a)) - y,
    )
}
BY_LOG_SOFTMAX: Costs = {
    "softmax_cross_entropy": (
        lambda a, y: -y * log_softmax(a),
        lambda a, y: np.exp(log_softmax(a)) - y,
    )
}


def divisor(problem: Problem) -> float:
    """What the sum over the batch is divided by: m, for mse m n_L / 2."""
    outputs = problem.widths[-1]
    return problem.batch * outputs / 2 if problem.cost == "mse" else problem.batch

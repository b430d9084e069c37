"""Costs as they are programmed elsewhere: softmax in four ways, the sigmoid's in two."""

from collections.abc import Callable, Mapping

import numpy as np

from crossgrad.comparisons.parts.costs import COSTS, Form
from crossgrad.comparisons.parts.costs.softmax_cross_entropy import log_softmax
from crossgrad.comparisons.problem import Problem
from crossgrad.reference.parameters import Array

#: Name → one way to program a cost.
Forms = Mapping[str, Form]
COST: Forms = {name: cost.form for name, cost in COSTS.items()}


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


def otherwise(
    name: str, terms: Callable[[Array, Array], Array], gradient: Callable[[Array, Array], Array]
) -> Forms:
    """Another way to program one cost."""
    return {name: COST[name]._replace(terms=terms, gradient=gradient)}


#: By e^{a - log Σ eᵃ}; its terms one by one, or as log Σ eᵃ less the likely logit.
BY_LOGSUMEXP = otherwise(
    "softmax_cross_entropy",
    lambda a, y: y * (logsumexp(a) - a),
    lambda a, y: np.exp(a - logsumexp(a)) - y,
)
BY_UNSHIFTED_SUM = otherwise(
    "softmax_cross_entropy",
    lambda a, y: unshifted(a) - (y * a).sum(axis=0),
    lambda a, y: np.exp(a - unshifted(a)) - y,
)
#: Softplus as logaddexp(0, a), and its derivative as that of a logaddexp comes out.
BY_LOGADDEXP = otherwise(
    "sigmoid_cross_entropy",
    lambda a, y: np.logaddexp(a.dtype.type(0), a) - y * a,
    lambda a, y: np.exp(a - np.logaddexp(a.dtype.type(0), a)) - y,
)
BY_LOG_SOFTMAX = otherwise(
    "softmax_cross_entropy",
    lambda a, y: -y * log_softmax(a),
    lambda a, y: np.exp(log_softmax(a)) - y,
)


def divisor(problem: Problem) -> float:
    """What the sum over outputs and batch is divided by."""
    return float(np.squeeze(COST[problem.cost].divisor(problem.widths[-1], problem.y)))

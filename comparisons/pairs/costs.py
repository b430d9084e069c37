"""C and ∇ₐC as pairs, from their definitions: what a backend is held to where float64 is judged.

Nothing here is the reference's. ``a`` and ``y`` are float64, columns are samples; differences of
the two are exact before anything else is done with them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.pairs import Pair, choose, lift, sum_of, total
from crossgrad.comparisons.pairs.activations import sigmoid, softplus
from crossgrad.comparisons.pairs.functions import exp, log, log1p
from crossgrad.reference.parameters import Array


def mean(terms: Pair) -> Pair:
    """Summed over outputs, the mean over the batch."""
    *stack, _, m = terms.hi.shape
    return total(terms.map(lambda part: part.reshape(*stack, -1))) / m


# ------------------------------------------------------------------ quadratic and mse
def quadratic(a: Array, y: Array) -> Pair:
    """½ (a - y)²."""
    difference = sum_of(a, -y)
    return mean(0.5 * (difference * difference))


def quadratic_gradient(a: Array, y: Array) -> Pair:
    """(a - y) / m."""
    return sum_of(a, -y) / a.shape[-1]


def mse(a: Array, y: Array) -> Pair:
    """(a - y)², the mean over the outputs too."""
    return 2 * quadratic(a, y) / a.shape[-2]


def mse_gradient(a: Array, y: Array) -> Pair:
    """2 (a - y) / (n_L m)."""
    return 2 * sum_of(a, -y) / (a.shape[-2] * a.shape[-1])


# ------------------------------------------------------------------ cross-entropies
def binary(a: Array, y: Array) -> Pair:
    """-y log a - (1 - y) log(1 - a), 0 < a < 1."""
    near_zero = log1p(lift(np.maximum(-a, -0.5)))
    other = choose(a < 0.5, near_zero, log(sum_of(1.0, -a)))  # noqa: PLR2004 - half of 1
    return mean(-(y * log(lift(a)) + sum_of(1.0, -y) * other))


def binary_gradient(a: Array, y: Array) -> Pair:
    """((1 - y) / (1 - a) - y / a) / m."""
    return (sum_of(1.0, -y) / sum_of(1.0, -a) - y / lift(a)) / a.shape[-1]


def logits(a: Array, y: Array) -> Pair:
    """log(1 + eᵃ) - y a: the same of sigmoid(a)."""
    return mean(softplus(a) - y * lift(a))


def logits_gradient(a: Array, y: Array) -> Pair:
    """(sigmoid(a) - y) / m."""
    return (sigmoid(a) - y) / a.shape[-1]


def softmax(a: Array) -> tuple[Pair, Pair, Pair]:
    """s = max a - a, e^{-s}, and its sum over the outputs."""
    s = sum_of(a.max(axis=-2, keepdims=True), -a)
    e = exp(-s)
    sums = total(e.map(lambda part: part.mT))
    return s, e, sums.map(lambda part: part[..., None, :])


def softmax_cross_entropy(a: Array, y: Array) -> Pair:
    """-Σ y log p = Σ y (s + log Σ e^{-s})."""
    s, _, sums = softmax(a)
    return mean(y * (s + log(sums)))


def softmax_gradient(a: Array, y: Array) -> Pair:
    """(p - y) / m."""
    _, e, sums = softmax(a)
    return (e / sums - y) / a.shape[-1]


class Functions(NamedTuple):
    """C and ∇ₐC."""

    value: Callable[[Array, Array], Pair]
    gradient: Callable[[Array, Array], Pair]


COSTS = {
    "quadratic": Functions(quadratic, quadratic_gradient),
    "mse": Functions(mse, mse_gradient),
    "binary_cross_entropy": Functions(binary, binary_gradient),
    "sigmoid_cross_entropy": Functions(logits, logits_gradient),
    "softmax_cross_entropy": Functions(softmax_cross_entropy, softmax_gradient),
}

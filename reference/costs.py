"""Each cost C beside its gradient ∇ₐC.

``a`` and ``y`` are ``(n_L, m)``, one column a sample; C is a number a network, ∇ₐC has the
shape of ``a``. Every reduction is part of the cost's definition, because a batch or output
factor that is left implicit is the commonest wrong gradient of all.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.reference.activations import sigmoid, softmax, softplus
from crossgrad.reference.parameters import Array


def quadratic(a: Array, y: Array) -> Array:
    """½‖a - y‖², summed over outputs, mean over the batch (Nielsen, ch. 1, eq. 6)."""
    return total(0.5 * (a - y) ** 2) / batch(a)


def quadratic_gradient(a: Array, y: Array) -> Array:
    """(a - y) / m."""
    return (a - y) / batch(a)


def mse(a: Array, y: Array) -> Array:
    """(a - y)², mean over batch and outputs."""
    return total((a - y) ** 2) / (outputs(a) * batch(a))


def mse_gradient(a: Array, y: Array) -> Array:
    """2 (a - y) / (n_L m)."""
    return 2 * (a - y) / (outputs(a) * batch(a))


def huber(a: Array, y: Array) -> Array:
    """½d² for |d| ≤ 1, |d| - ½ beyond, d = a - y; mean over batch and outputs (Huber, 1964)."""
    d = np.abs(a - y)
    return total(np.where(d <= 1, 0.5 * np.minimum(d, 1) ** 2, d - 0.5)) / (outputs(a) * batch(a))


def huber_gradient(a: Array, y: Array) -> Array:
    """a - y, clipped to [-1, 1], / (n_L m)."""
    return np.clip(a - y, -1, 1) / (outputs(a) * batch(a))


def binary_cross_entropy(a: Array, y: Array) -> Array:
    """-y log a - (1 - y) log(1 - a), 0 < a < 1; summed over outputs, mean over the batch.

    Nielsen, ch. 3, eq. 63.
    """
    return -total(y * np.log(a) + (1 - y) * np.log1p(-a)) / batch(a)


def binary_cross_entropy_gradient(a: Array, y: Array) -> Array:
    """(a - y) / (a (1 - a) m)."""
    return (a - y) / (a * (1 - a)) / batch(a)


def sigmoid_cross_entropy(a: Array, y: Array) -> Array:
    """The same of sigmoid(a), a a logit: log(1 + eᵃ) - y a; summed and averaged alike."""
    return total(y * softplus(-a) + (1 - y) * softplus(a)) / batch(a)


def sigmoid_cross_entropy_gradient(a: Array, y: Array) -> Array:
    """(sigmoid(a) - y) / m, as ((1 - y) sigmoid(a) - y sigmoid(-a)) / m: nothing cancels."""
    return ((1 - y) * sigmoid(a) - y * sigmoid(-a)) / batch(a)


def softmax_cross_entropy(a: Array, y: Array) -> Array:
    """-Σ_j y_j log p_j, p = softmax(a), y a distribution; mean over the batch."""
    shifted = a - a.max(axis=-2, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-2, keepdims=True))
    return total(y * (log_sum - shifted)) / batch(a)


def softmax_cross_entropy_gradient(a: Array, y: Array) -> Array:
    """(p - y) / m."""
    return (softmax(a) - y) / batch(a)


def total(terms: Array) -> Array:
    """The sum over outputs and batch."""
    return terms.sum(axis=(-2, -1))


def outputs(a: Array) -> int:
    """n_L."""
    return a.shape[-2]


def batch(a: Array) -> int:
    """The number of samples m."""
    return a.shape[-1]


class Cost(NamedTuple):
    """C and ∇ₐC; and the activation of the last layer, if the cost is meant for one only.

    Two are on logits, one is on probabilities.
    """

    value: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    last: str | None = None


COSTS = {
    "quadratic": Cost(quadratic, quadratic_gradient),
    "mse": Cost(mse, mse_gradient),
    "binary_cross_entropy": Cost(binary_cross_entropy, binary_cross_entropy_gradient, "sigmoid"),
    "sigmoid_cross_entropy": Cost(
        sigmoid_cross_entropy, sigmoid_cross_entropy_gradient, "identity"
    ),
    "softmax_cross_entropy": Cost(
        softmax_cross_entropy, softmax_cross_entropy_gradient, "identity"
    ),
    "huber": Cost(huber, huber_gradient),
    "smooth_l1": Cost(huber, huber_gradient),
}

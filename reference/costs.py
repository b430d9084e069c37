"""Each cost C beside its gradient ∇ₐC.

``a`` and ``y`` are ``(n_L, m)``, one column a sample; C is a number a network, ∇ₐC has the
shape of ``a``. Where y is the class of each sample, it is ``(1, m)`` and whole numbers. Every
reduction is part of the cost's definition, because a batch or output factor that is left implicit
is the commonest wrong gradient of all.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from crossgrad.reference.activations import log_softmax, sigmoid, softmax, softplus
from crossgrad.reference.parameters import Array

#: The class of a sample that counts for nothing, and how much of a smoothed label is spread over
#: all classes (Szegedy et al., *Rethinking the Inception architecture*, 2016).
IGNORED, SMOOTHING = -100, 0.1


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


# ------------------------------------------------------------------ targets with weights
def weights(a: Array) -> Array:
    """½, 1, 1½, 2, ½, …: what each output, or class, counts in the weighted costs; (n_L, 1)."""
    return ((np.arange(outputs(a))[:, None] % 4 + 1) / 2).astype(a.dtype)


def weighted_sigmoid_cross_entropy(a: Array, y: Array) -> Array:
    """-w y log s - (1 - y) log(1 - s), s = sigmoid(a): a positive target counts w times."""
    w = weights(a)
    return total(w * y * softplus(-a) + (1 - y) * softplus(a)) / batch(a)


def weighted_sigmoid_cross_entropy_gradient(a: Array, y: Array) -> Array:
    """((1 - y) s - w y (1 - s)) / m."""
    w = weights(a)
    return ((1 - y) * sigmoid(a) - w * y * sigmoid(-a)) / batch(a)


def kl_div(a: Array, y: Array) -> Array:
    """Σ_j y_j (log y_j - a_j), a log-probabilities, y a distribution; mean over the batch.

    Kullback & Leibler, 1951. What y makes 0 is 0.
    """
    return total(y * (np.log(np.where(y == 0, 1, y)) - a)) / batch(a)


def kl_div_gradient(a: Array, y: Array) -> Array:
    """-y / m."""
    return -y / batch(a)


def hinge(a: Array, y: Array) -> Array:
    """max(0, 1 - y a), y = ±1; mean over batch and outputs (Cortes & Vapnik, 1995)."""
    return total(np.maximum(1 - y * a, 0)) / (outputs(a) * batch(a))


def hinge_gradient(a: Array, y: Array) -> Array:
    """-y / (n_L m) where y a < 1, else 0."""
    return np.where(y * a < 1, -y, 0) / (outputs(a) * batch(a))


# ------------------------------------------------------------------ targets that are classes
def shares(
    a: Array, y: Array, *, weighted: bool = False, smoothing: float = 0.0
) -> tuple[Array, Array]:
    """t: ``(n_L, m)``, what each class of a sample counts, and D, by which their sum is divided.

    The class of a sample has 1 - s + s/n of it, any other s/n, s the smoothing; each times the
    weight of the class. D is the sum of the weights of the samples' classes, as PyTorch has it.
    """
    n = outputs(a)
    w = weights(a) if weighted else np.ones((n, 1), a.dtype)
    own = (np.arange(n)[:, None] == y).astype(a.dtype)
    t = w * np.where(y == IGNORED, 0, (1 - smoothing) * own + smoothing / n)
    return t, (w * own).sum(axis=(-2, -1), keepdims=True)


def nll(a: Array, y: Array) -> Array:
    """-a of the class of each sample, a log-probabilities; mean over those not ignored."""
    t, D = shares(a, y)
    return -total(t * a / D)


def nll_gradient(a: Array, y: Array) -> Array:
    """-1 / D for the class of each sample, else 0."""
    t, D = shares(a, y)
    return -t / D


def cross_entropy(a: Array, y: Array, *, weighted: bool = False, smoothing: float = 0.0) -> Array:
    """-Σ t log p / D, p = softmax(a)."""
    t, D = shares(a, y, weighted=weighted, smoothing=smoothing)
    return -total(t * log_softmax(a) / D)


def cross_entropy_gradient(
    a: Array, y: Array, *, weighted: bool = False, smoothing: float = 0.0
) -> Array:
    """(p Σ_j t_j - t) / D."""
    t, D = shares(a, y, weighted=weighted, smoothing=smoothing)
    return (softmax(a) * t.sum(axis=-2, keepdims=True) - t) / D


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

    Those with a cross-entropy in their name are on logits, but for the one on probabilities.
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
    "hinge": Cost(hinge, hinge_gradient),
    "kl_div": Cost(kl_div, kl_div_gradient, "log_softmax"),
    "weighted_sigmoid_cross_entropy": Cost(
        weighted_sigmoid_cross_entropy, weighted_sigmoid_cross_entropy_gradient, "identity"
    ),
    "nll": Cost(nll, nll_gradient, "log_softmax"),
    "cross_entropy": Cost(cross_entropy, cross_entropy_gradient, "identity"),
    "weighted_cross_entropy": Cost(
        partial(cross_entropy, weighted=True),
        partial(cross_entropy_gradient, weighted=True),
        "identity",
    ),
    "smoothed_cross_entropy": Cost(
        partial(cross_entropy, weighted=True, smoothing=SMOOTHING),
        partial(cross_entropy_gradient, weighted=True, smoothing=SMOOTHING),
        "identity",
    ),
}

"""-Σ y log p, p = softmax(a), y a distribution; mean over the batch."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, logistic, mean
from crossgrad.comparisons.arithmetic.pairs.functions import log
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Probabilities, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.softmax_errors import (
    likelihood_error,
    softmax_difference_error,
    softmax_error,
    softmax_propagated,
)
from crossgrad.comparisons.parts.targets import DISTRIBUTIONS
from crossgrad.reference.activations import softmax
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def textbook(a: Array) -> Array:
    """e^{a_j} / Σ e^{a_k}."""
    e = np.exp(a - a.max(axis=0))
    return e / e.sum(axis=0)


def log_softmax(a: Array) -> Array:
    shifted = a - a.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


def log_sums(a: Array) -> Array:
    """log Σ eᵃ, of complex numbers."""
    top = a.real.max(axis=-2, keepdims=True)
    return top + np.log(np.exp(a - top).sum(axis=-2, keepdims=True))


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


class SoftmaxCrossEntropy(Cost):
    """On logits: the last layer is left as it is. Of one output p is 1."""

    text = Text(
        "-{y}·log({p})", "({p} - {y})", "cross-entropy after a softmax", "entropy chéo sau softmax"
    )
    form = Form(
        lambda a, y: -y * log_softmax(a),
        lambda a, y: textbook(a) - y,
        lambda a, y: y * (log_sums(a) - a),
    )
    otherwise = MappingProxyType(
        {
            "logsumexp": form._replace(
                terms=lambda a, y: y * (logsumexp(a) - a),
                gradient=lambda a, y: np.exp(a - logsumexp(a)) - y,
            ),
            "unshifted sum": form._replace(
                terms=lambda a, y: unshifted(a) - (y * a).sum(axis=0),
                gradient=lambda a, y: np.exp(a - unshifted(a)) - y,
            ),
            "log_softmax": form._replace(gradient=lambda a, y: np.exp(log_softmax(a)) - y),
        }
    )
    targets = DISTRIBUTIONS
    fewest_outputs = 2
    probabilities = Probabilities("softmax", softmax)
    has_log_sum = True
    wrong_terms = mistakes(
        {
            "a sigmoid for the softmax": lambda a, y: y * np.logaddexp(0, -a),
            "the mean over the classes": lambda a, y: y * (log_sums(a) - a) / a.shape[-2],
        }
    )
    wrong_gradient = mistakes(
        {
            "of the Jacobian of the softmax only the diagonal": lambda a, y: y * (softmax(a) - 1),
            "a sigmoid for the softmax": lambda a, y: 1 / (1 + np.exp(-a)) - y,
            "no targets": lambda a, y: softmax(a) + 0 * y,
        }
    )

    def value(self, a: Array, y: Array) -> Pair:
        """-Σ y log p = Σ y (s + log Σ e^{-s})."""
        s, _, sums = logistic.softmax(a)
        return mean(y * (s + log(sums)))

    def gradient(self, a: Array, y: Array) -> Pair:
        _, e, sums = logistic.softmax(a)
        return (e / sums - y) / a.shape[-1]

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        outputs, batch = a.shape[-2:]
        total = (y * likelihood_error(a, fmt, 7)).sum(axis=(-2, -1))
        return total / batch * (1 + gamma(6, fmt.u)) + fmt.omega * (2 * outputs * batch + 2)

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """p - y: the error of p and two roundings of each part, then the scale."""
        return softmax_difference_error(softmax(a), softmax_error(a, fmt) + 2 * fmt.omega, y, fmt)

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """p - y: what E makes of p."""
        E_p = softmax_propagated(a, E, fmt)
        return softmax_difference_error(softmax(a), E_p, y, fmt)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return 1 + y

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        log_sum = sum(p.exp() for p in a).log()
        return sum(q * (log_sum - p) for p, q in zip(a, y, strict=True))

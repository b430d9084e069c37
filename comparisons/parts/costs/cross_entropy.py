"""-log p of the class of each sample, p = softmax(a); mean over those that are not ignored."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, logistic
from crossgrad.comparisons.arithmetic.pairs.functions import log
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs._classes import OfClasses, of_outputs, sum_of_weights
from crossgrad.comparisons.parts.costs.nll import own
from crossgrad.comparisons.parts.costs.protocol import Form, Probabilities, Text
from crossgrad.comparisons.parts.costs.softmax_cross_entropy import log_softmax, log_sums, textbook
from crossgrad.comparisons.parts.mistakes import Mistake, mistakes
from crossgrad.comparisons.parts.over_units import pair_over_units
from crossgrad.comparisons.parts.softmax_errors import (
    likelihood_error,
    softmax_error,
    softmax_propagated,
)
from crossgrad.reference.activations import softmax
from crossgrad.reference.costs import IGNORED
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ as it is programmed
#: t of a and y.
Shares: TypeAlias = Callable[[Array, Array], Array]


def shares_by(weights: Sequence[float] = (1.0,), smoothing: float = 0.0) -> Shares:
    """The labels, smoothed, and weighted by the class that each stands for."""

    def shares(a: Array, y: Array) -> Array:
        n, number = a.shape[-2], a.real.dtype.type
        labels = own(a, y) * number(1 - smoothing) + number(smoothing / n)
        return of_outputs(n, weights).astype(number) * np.where(y == IGNORED, 0, labels)

    return shares


def terms_by(shares: Shares) -> Shares:
    return lambda a, y: shares(a, y) * (log_sums(a) - a)


def gradient_by(shares: Shares) -> Shares:
    """p Σ_c t_c - t."""

    def gradient(a: Array, y: Array) -> Array:
        t = shares(a, y)
        return softmax(a) * t.sum(axis=-2, keepdims=True) - t

    return gradient


def form_by(weights: Sequence[float] = (1.0,), smoothing: float = 0.0) -> Form:
    """All of it, another way than for planted mistakes."""
    shares = shares_by(weights, smoothing)

    def gradient(a: Array, y: Array) -> Array:
        t = shares(a, y)
        return textbook(a) * t.sum(axis=0) - t

    return Form(
        lambda a, y: -shares(a, y) * log_softmax(a),
        gradient,
        terms_by(shares),
        sum_of_weights(weights),
    )


def not_ignored(a: Array, y: Array) -> Array:
    """t, if what is to be ignored is taken for class 0."""
    return own(a, np.maximum(y, 0))


def by_samples(weights: Sequence[float], shares: Shares) -> Shares:
    """t such that what is divided by D is divided by the number of samples."""
    return lambda a, y: shares(a, y) * sum_of_weights(weights)(a.shape[-2], y) / y.shape[-1]


def mistaken(shares: Mapping[str, Shares]) -> dict[str, tuple[Mistake, ...]]:
    """C and ∇ₐC with another t."""
    return {
        "terms": mistakes({what: terms_by(other) for what, other in shares.items()}),
        "gradient": mistakes({what: gradient_by(other) for what, other in shares.items()}),
    }


PLAIN = mistaken(
    {
        "what is ignored as class 0": not_ignored,
        "the mean over all samples": by_samples((1.0,), own),
    }
)


class CrossEntropy(OfClasses):
    """On logits, as PyTorch's ``cross_entropy`` states it: ∇ₐC is (p Σ_c t_c - t) / D."""

    text = Text(
        "(-{t}·log({p}))",
        "({p} - {t})",
        "cross-entropy of classes",
        "entropy chéo theo lớp",
        shares="t = [j = y]",
    )
    form = form_by()
    wrong_terms = PLAIN["terms"]
    wrong_gradient = PLAIN["gradient"]
    fewest_outputs = 2
    probabilities = Probabilities("softmax", softmax)
    has_log_sum = True

    def value(self, a: Array, y: Array) -> Pair:
        """-Σ t log p = Σ t (s + log Σ e^{-s})."""
        s, _, sums = logistic.softmax(a)
        return self.per_network(self.shares(a.shape[-2], y) * (s + log(sums)), y)

    def gradient(self, a: Array, y: Array) -> Pair:
        _, e, sums = logistic.softmax(a)
        t = self.shares(a.shape[-2], y)
        return (e / sums * pair_over_units(t) - t) / self.divisor(a, y)

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Terms -t log p; of the classes of a sample, and all of them, the sums may be apart."""
        outputs = a.shape[-2]
        terms = self.shares(outputs, y).nearest * likelihood_error(a, fmt, 7 + self.of_shares)
        terms = terms / self.divisor(a, y) + 2 * self.lost(outputs, y, fmt)
        return terms.sum(axis=(-2, -1)) * (1 + gamma(6, fmt.u)) + 2 * fmt.omega

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        return self.difference_error(a, y, softmax_error(a, fmt) + 2 * fmt.omega, fmt)

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        return self.difference_error(a, y, softmax_propagated(a, E, fmt), fmt)

    def difference_error(self, a: Array, y: Array, p_error: Array, fmt: Format) -> Array:
        """(p T - t) / D, T = Σ_c t_c, p known within ``p_error``.

        T is a sum over the classes; by automatic differentiation of n terms p t, each divided by D,
        and multiplied by a scale, before they are added.
        """
        outputs = a.shape[-2]
        p, t = softmax(a), self.shares(outputs, y).nearest
        T = t.sum(axis=-2, keepdims=True)
        rounded = fmt.relative(outputs, self.of_shares + 2 + self.scale_roundings(a, y))
        error = p_error * T + rounded * ((p + p_error) * T + t)
        error += gamma(5, fmt.u) * (np.abs(p * T - t) + error)
        return error / self.divisor(a, y) + (1 + outputs) * self.lost(outputs, y, fmt)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        t = self.shares(a.shape[-2], y).nearest
        return (t.sum(axis=-2, keepdims=True) + t) * a.shape[-1] / self.divisor(a, y)

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        log_sum = sum(p.exp() for p in a).log()
        return sum(t * (log_sum - p) for t, p in zip(self.in_balls(len(a), y[0]), a, strict=True))

"""Σ y (log y - a), a log-probabilities, y a distribution; mean over the batch."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, lift, mean
from crossgrad.comparisons.arithmetic.pairs.functions import log
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.targets import DISTRIBUTIONS
from crossgrad.reference.parameters import Array


def positive(y: Array) -> Array:
    """y where it is not 0, and 1, whose logarithm is 0."""
    return np.where(y == 0, 1 + y, y)


class KLDiv(Cost):
    """Kullback & Leibler, *On information and sufficiency*, 1951. ∇ₐC is -y, whatever a is."""

    text = Text(
        "{y}·(log(max({y}, 1e-99)) - {a})", "(-{y})", "Kullback-Leibler", "Kullback-Leibler"
    )
    form = Form(
        lambda a, y: y * (np.log(positive(y)) - a),
        lambda a, y: -y + 0 * a,
        lambda a, y: y * (np.log(positive(y)) - a),
    )
    targets = DISTRIBUTIONS
    fewest_outputs = 2
    wrong_terms = mistakes(
        {
            "no entropy of the targets": lambda a, y: -y * a,
            "of probabilities, not of their logarithms": lambda a, y: (
                y * (np.log(positive(y)) - np.log(abs(a)))
            ),
            "the mean over the classes": lambda a, y: y * (np.log(positive(y)) - a) / a.shape[-2],
        }
    )
    wrong_gradient = mistakes(
        {
            "not negated": lambda a, y: y + 0 * a,
            "of probabilities, not of their logarithms": lambda a, y: -y / a,
            "1 for every class": lambda a, y: -np.sign(y) + 0 * a,
        }
    )

    def value(self, a: Array, y: Array) -> Pair:
        return mean(y * (log(lift(positive(y))) - lift(a)))

    def gradient(self, a: Array, y: Array) -> Pair:
        return lift(-y) / a.shape[-1]

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Terms y log y and y a, taken together or apart: logarithm, product, difference, sum."""
        count = 2 * a.shape[-2] * a.shape[-1]
        terms = (y * (np.abs(np.log(positive(y))) + np.abs(a))).sum(axis=(-2, -1)) / a.shape[-1]
        rounded = fmt.relative(count, ceil(fmt.kappa.log) + 2 + self.scale_roundings(a, y))
        return rounded * terms + fmt.omega * (2 * count + 2)

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        return gamma(1 + self.scale_roundings(a, y), fmt.u) * y / a.shape[-1] + fmt.omega

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        return self.gradient_error(a, y, fmt)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return y

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum(q * (q.log() - p) if q else 0 * p for p, q in zip(a, y, strict=True))

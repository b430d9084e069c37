"""-y log a - (1 - y) log(1 - a), 0 < a < 1; summed over outputs, mean over the batch."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, mean, sum_of
from crossgrad.comparisons.arithmetic.pairs.functions import log, log1p
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Text
from crossgrad.comparisons.parts.costs.sigmoid_cross_entropy import SigmoidCrossEntropy
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.targets import PROBABILITIES
from crossgrad.reference.parameters import Array


def textbook(a: Array, y: Array) -> Array:
    """As it stands, of real numbers or of complex ones."""
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


class BinaryCrossEntropy(Cost):
    """Nielsen, ch. 3, eq. 63."""

    text = Text(
        "-({y}·log({a}) + (1 - {y})·log(1 - {a}))",
        "({a} - {y})/({a}·(1 - {a}))",
        "cross-entropy of probabilities",
        "entropy chéo của các xác suất",
    )
    form = Form(textbook, lambda a, y: (1 - y) / (1 - a) - y / a, textbook)
    targets = PROBABILITIES
    of_probabilities = True
    of_logits = SigmoidCrossEntropy()
    wrong_terms = mistakes(
        {
            "y log a alone": lambda a, y: -y * np.log(a),
            "1 - y forgotten before log(1 - a)": lambda a, y: -y * np.log(a) - np.log(1 - a),
        }
    )
    wrong_gradient = mistakes(
        {
            "-y/a alone": lambda a, y: -y / a,
            "a - y, from which σ′ is gone already": lambda a, y: a - y,
            "the second term of the other sign": lambda a, y: -y / a - (1 - y) / (1 - a),
        }
    )

    def value(self, a: Array, y: Array) -> Pair:
        near_zero = log1p(lift(np.maximum(-a, -0.5)))
        other = choose(a < 0.5, near_zero, log(sum_of(1.0, -a)))  # noqa: PLR2004 - half of 1
        return mean(-(y * log(lift(a)) + sum_of(1.0, -y) * other))

    def gradient(self, a: Array, y: Array) -> Pair:
        """((1 - y) / (1 - a) - y / a) / m."""
        return (sum_of(1.0, -y) / sum_of(1.0, -a) - y / lift(a)) / a.shape[-1]

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """κ of the logarithms; log(1 - a) also hands on the rounding of 1 - a."""
        count = a.shape[-2] * a.shape[-1]
        roundings = ceil(max(fmt.kappa.log, fmt.kappa.log1p)) + 7
        lost = (1 - y).sum(axis=(-2, -1)) * fmt.u / a.shape[-1]
        return fmt.relative(count, roundings) * self.float64.value(a, y) + 2 * lost

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """From -y/a + (1 - y)/(1 - a), or as one fraction: five roundings, and five to scale."""
        terms = y / a + (1 - y) / (1 - a)
        return gamma(10, fmt.u) * terms / a.shape[-1] + fmt.omega * (2 + terms)

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """The slope where the interval is worst: y/a² + (1 - y)/(1 - a)²."""
        low, high = np.maximum(a - 2 * E, 0), np.minimum(a + 2 * E, 1)
        steepest = y / low**2 + (1 - y) / (1 - high) ** 2
        ends = [self.gradient_error(end, y, fmt) for end in (low, high)]
        return steepest * E / a.shape[-1] + ends[0] + ends[1]

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        """y/a and (1 - y)/(1 - a), where the interval is worst."""
        return y / np.maximum(a - 2 * E, 0) + (1 - y) / (1 - np.minimum(a + 2 * E, 1))

    def flush_gain(self, a: Array, E: Array) -> Array:
        """A quotient by a (1 - a) may come after the flush."""
        return 1 + 1 / (np.maximum(a - 2 * E, 0) * (1 - np.minimum(a + 2 * E, 1)))

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return -sum(q * p.log() + (1 - q) * (1 - p).log() for p, q in zip(a, y, strict=True))

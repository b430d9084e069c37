"""The binary cross-entropy of sigmoid(a), in which a positive target counts w times."""

from collections.abc import Sequence
from itertools import cycle
from types import MappingProxyType
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, logistic, mean
from crossgrad.comparisons.parts.activations.sigmoid import textbook
from crossgrad.comparisons.parts.costs._classes import IN_TURN, WEIGHTS, of_outputs
from crossgrad.comparisons.parts.costs.protocol import Form, Text
from crossgrad.comparisons.parts.costs.sigmoid_cross_entropy import (
    SigmoidCrossEntropy,
    of_complex,
)
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def weights(a: Array) -> Array:
    """Of each output, in the format of a."""
    return of_outputs(a.shape[-2]).astype(a.real.dtype)


def terms(a: Array, y: Array) -> Array:
    """(1 - y) a - (1 + (w - 1) y) log s: PyTorch's."""
    log_sigmoid = np.minimum(a, 0) - np.log1p(np.exp(-abs(a)))
    return (1 - y) * a - (1 + (weights(a) - 1) * y) * log_sigmoid


class WeightedSigmoidCrossEntropy(SigmoidCrossEntropy):
    """``pos_weight`` of PyTorch's. The mean is over the samples, whatever they count."""

    text = Text(
        "({t}·log(1 + exp(-{a})) + (1 - {y})·log(1 + exp({a})))",
        "(({t} + 1 - {y})·s({a}) - {t})",
        "weighted cross-entropy after a sigmoid",
        "entropy chéo sau sigmoid, có trọng số",
        shares=f"t = w_j·y, {IN_TURN}",
    )
    form = Form(
        terms,
        lambda a, y: (1 - y) * textbook(a) - weights(a) * y * textbook(-a),
        lambda a, y: weights(a) * y * of_complex(-a, 0 * y) + (1 - y) * of_complex(a, 0 * y),
    )
    otherwise = MappingProxyType({})
    wrong_terms = mistakes(
        {
            "no weights": of_complex,
            "negative targets weighted too": lambda a, y: weights(a) * of_complex(a, y),
            "negative targets weighted instead": lambda a, y: (
                y * of_complex(-a, 0 * y) + weights(a) * (1 - y) * of_complex(a, 0 * y)
            ),
        }
    )
    wrong_gradient = mistakes(
        {
            "no weights": lambda a, y: textbook(a) - y,
            "negative targets weighted too": lambda a, y: weights(a) * (textbook(a) - y),
            "weights of the targets only": lambda a, y: textbook(a) - weights(a) * y,
        }
    )
    of_shares = 3

    def shares(self, outputs: int, y: Array) -> Array:
        return of_outputs(outputs) * y

    def value(self, a: Array, y: Array) -> Pair:
        t = self.shares(a.shape[-2], y)
        return mean(t * logistic.softplus(-a) + (1 - y) * logistic.softplus(a))

    def gradient(self, a: Array, y: Array) -> Pair:
        t = self.shares(a.shape[-2], y)
        return ((1 - y) * logistic.sigmoid(a) - t * logistic.sigmoid(-a)) / a.shape[-1]

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return 2 * self.counts(a, y)[1]

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum(
            w * q * (1 + (-p).exp()).log() + (1 - q) * (1 + p.exp()).log()
            for w, p, q in zip(cycle(WEIGHTS), a, y, strict=False)
        )

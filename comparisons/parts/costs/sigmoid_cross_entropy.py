"""log(1 + eᵃ) - y a, a a logit: the binary cross-entropy of sigmoid(a), likewise averaged."""

from collections.abc import Sequence
from math import ceil
from types import MappingProxyType
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import exp_of_difference
from crossgrad.comparisons.arithmetic.pairs import Pair, lift, logistic, mean
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.activations.sigmoid import away
from crossgrad.comparisons.parts.activations.sigmoid import textbook as logistic_function
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Probabilities, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.targets import PROBABILITIES
from crossgrad.reference.activations import sigmoid, softplus
from crossgrad.reference.parameters import Array


def of_complex(a: Array, y: Array) -> Array:
    return np.where(a.real > 0, a, 0) - a * y + np.log(1 + np.exp(away(a)))


class SigmoidCrossEntropy(Cost):
    """On logits: the last layer is left as it is."""

    text = Text(
        "(log(1 + exp({a})) - {y}·{a})",
        "(s({a}) - {y})",
        "cross-entropy after a sigmoid",
        "entropy chéo sau sigmoid",
    )
    form = Form(
        lambda a, y: np.maximum(a, 0) - a * y + np.log1p(np.exp(-abs(a))),
        lambda a, y: logistic_function(a) - y,
        of_complex,
    )
    otherwise = MappingProxyType(
        {
            "logaddexp": form._replace(
                terms=lambda a, y: np.logaddexp(a.dtype.type(0), a) - y * a,
                gradient=lambda a, y: np.exp(a - np.logaddexp(a.dtype.type(0), a)) - y,
            )
        }
    )
    targets = PROBABILITIES
    #: Roundings of t and of what is made of it.
    of_shares = 0
    probabilities = Probabilities("sigmoid", sigmoid)
    wrong_terms = mistakes(
        {
            "of a probability": lambda a, y: softplus(sigmoid(a)) - y * sigmoid(a),
            "log(1 + e⁻ᵃ) for log(1 + eᵃ)": lambda a, y: softplus(-a) - y * a,
        }
    )
    wrong_gradient = mistakes(
        {
            "no sigmoid": lambda a, y: a - y,
            "the slope of the sigmoid once more": lambda a, y: (
                (sigmoid(a) - y) * sigmoid(a) * sigmoid(-a)
            ),
        }
    )

    def counts(self, a: Array, y: Array) -> tuple[Array, Array]:
        """t, and L = t + (1 - y): what a positive target counts, and both together."""
        t = self.shares(a.shape[-2], y)
        return t, t + (1 - y)

    def shares(self, outputs: int, y: Array) -> Array:
        return y

    def value(self, a: Array, y: Array) -> Pair:
        return mean(logistic.softplus(a) - y * lift(a))

    def gradient(self, a: Array, y: Array) -> Pair:
        return (logistic.sigmoid(a) - y) / a.shape[-1]

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Errors relative to the terms, of the textbook forms the one with the larger terms.

        max(a, 0) - ya + log(1 + e^{-|a|}), as well as (1 - y) a - log_sigmoid(a), which torch takes
        and which cancels for negative a. With weights: L max(a, 0) - ta + L log(1 + e^{-|a|}), and
        (1 - y) a - L log_sigmoid(a), L = t + 1 - y.
        """
        count, (t, both) = a.shape[-2] * a.shape[-1], self.counts(a, y)
        first = both * np.maximum(a, 0) + np.abs(a) * t
        second = both * np.maximum(-a, 0) + np.abs(a) * (1 - y)
        terms = np.maximum(first, second) + both * softplus(-np.abs(a))
        total = (terms + fmt.omega).sum(axis=(-2, -1)) / a.shape[-1]
        rounded = fmt.relative(count, ceil(fmt.kappa.softplus) + 8 + self.of_shares)
        return rounded * total + fmt.omega * (2 * count + 2)

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        return self.error_within(a, y, fmt, 0.0)

    def error_within(self, a: Array, y: Array, fmt: Format, reach: Array | float) -> Array:
        """sigmoid(a) - y: κ sigmoid; or by the product rule, each sigmoid as e^{a - softplus(a)}.

        Or e^{a - softplus(a)} - y, as the derivative of softplus(a) - ya comes out: the error of
        that sigmoid, whatever y is, for it is there before y is subtracted. It is the larger of the
        two where y is near 1 and a is above 0. (For a below 0 it is relative to s, as the other is;
        it is (1 - y) - sigmoid(-a) that has no digit left there, and no excuse.)
        ``reach`` is how far a may be from what it is taken for. With weights it is L s - t, and
        t = wy, t + 1 and t + 1 - y are rounded.
        """
        s, rest, (t, both) = sigmoid(a), sigmoid(-a), self.counts(a, y)
        chained = s * exp_of_difference(a, softplus(a), fmt, a - reach)
        rule = (1 - y) * chained + t * rest * exp_of_difference(-a, softplus(-a), fmt, -a - reach)
        rule = np.maximum(rule, both * chained)
        g = np.abs((1 - y) * s - t * rest)
        error = fmt.u * (fmt.kappa.sigmoid * both * s + 2 * g) + rule
        error += gamma(self.of_shares, fmt.u) * ((t + 1) * s + t)
        return (error + gamma(5, fmt.u) * (g + error)) / a.shape[-1] + 3 * fmt.omega

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        ends = [self.error_within(end, y, fmt, 4 * E) for end in (a - 2 * E, a, a + 2 * E)]
        slope = ELEMENTWISE["sigmoid"].steepest(a, 2 * E)[0]
        return self.counts(a, y)[1] * slope * E / a.shape[-1] + np.maximum.reduce(ends)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return self.counts(a, y)[1]

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum((1 + p.exp()).log() - q * p for p, q in zip(a, y, strict=True))

"""-a of the class of each sample, a log-probabilities; mean over those that are not ignored."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs._classes import OfClasses, sum_of_weights
from crossgrad.comparisons.parts.costs.protocol import Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.costs import IGNORED
from crossgrad.reference.parameters import Array


def own(a: Array, y: Array) -> Array:
    """1 for the class of each sample, in the format of a."""
    return (np.arange(a.shape[-2])[:, None] == y).astype(a.real.dtype)


class NLL(OfClasses):
    """The negative log-likelihood. ∇ₐC is -t / D, whatever a is."""

    text = Text(
        "(-{t}·{a})",
        "(-{t})",
        "negative log-likelihood",
        "âm log-khả năng",
        shares="t = [j = y]",
    )
    form = Form(
        lambda a, y: -own(a, y) * a,
        lambda a, y: -own(a, y),
        lambda a, y: -own(a, y) * a,
        sum_of_weights(),
    )
    fewest_outputs = 2
    wrong_terms = mistakes(
        {
            "of probabilities, not of their logarithms": lambda a, y: -own(a, y) * np.log(abs(a)),
            "what is ignored as class 0": lambda a, y: -own(a, np.maximum(y, 0)) * a,
            "all classes": lambda a, y: -1.0 * (y != IGNORED) * a,
        }
    )
    wrong_gradient = mistakes(
        {
            "not negated": own,
            "what is ignored as class 0": lambda a, y: -own(a, np.maximum(y, 0)),
            "all classes": lambda a, y: -1.0 * (y != IGNORED) + 0 * a,
        }
    )

    def value(self, a: Array, y: Array) -> Pair:
        return self.per_network(-self.shares(a.shape[-2], y) * a, y)

    def gradient(self, a: Array, y: Array) -> Pair:
        return -self.shares(a.shape[-2], y) / self.divisor(a, y)

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """A product each, their sum, the scales."""
        outputs, m = a.shape[-2:]
        rounded = fmt.relative(outputs * m, 1 + self.scale_roundings(a, y))
        terms = rounded * self.shares(outputs, y).nearest * np.abs(a) / self.divisor(a, y)
        return (terms + 2 * self.lost(outputs, y, fmt)).sum(axis=(-2, -1)) + 2 * fmt.omega

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        rounded = gamma(1 + self.scale_roundings(a, y), fmt.u)
        return rounded * self.terms(a, y, a) / a.shape[-1] + self.lost(a.shape[-2], y, fmt)

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        return self.gradient_error(a, y, fmt)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return self.shares(a.shape[-2], y).nearest * a.shape[-1] / self.divisor(a, y)

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return -sum(t * p for t, p in zip(self.in_balls(len(a), y[0]), a, strict=True))

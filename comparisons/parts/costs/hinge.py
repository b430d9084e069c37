"""max(0, 1 - y a), y = ±1; mean over batch and outputs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, mean, sum_of
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.targets import SIGNS
from crossgrad.reference.parameters import Array


def in_complex(a: Any, y: Any) -> Any:
    """Of complex numbers, of which the real part decides."""
    margin = 1 - y * a
    return np.where(margin.real > 0, margin, 0)


class Hinge(Cost):
    """Cortes & Vapnik, *Support-vector networks*, 1995. Where y a = 1, ∇ₐC is 0."""

    text = Text("max(0, 1 - {y}·{a})", "(-{y}·[{y}·{a} < 1])", "hinge", "bản lề")
    form = Form(
        lambda a, y: np.maximum(1 - y * a, 0),
        lambda a, y: np.where(y * a < 1, -y, 0 * y),
        in_complex,
        lambda n, y: y.shape[-1] * n,
    )
    targets = SIGNS
    wrong_terms = mistakes(
        {
            "its square": lambda a, y: np.maximum(1 - y * a, 0) ** 2,
            "below 0 as well": lambda a, y: 1 - y * a,
            "no margin": lambda a, y: np.maximum(-y * a, 0),
        }
    )
    wrong_gradient = mistakes(
        {
            "not 0 beyond the margin": lambda a, y: -y + 0 * a,
            "no margin": lambda a, y: np.where(y * a < 0, -y, 0 * y),
            "that of its square": lambda a, y: -2 * y * np.maximum(1 - y * a, 0),
            "1 for every target": lambda a, y: np.where(y * a < 1, -1, 0 * y),
        }
    )

    def divisors(self, outputs: int, y: Array) -> tuple[float, ...]:
        return y.shape[-1], outputs

    def value(self, a: Array, y: Array) -> Pair:
        margin = sum_of(1.0, -(y * a))
        return mean(choose(margin.nearest > 0, margin, 0)) / a.shape[-2]

    def gradient(self, a: Array, y: Array) -> Pair:
        return lift(np.where(y * a < 1, -y, 0)) / (a.shape[-2] * a.shape[-1])

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Terms of one sign: y a is exact; the difference, the sum, the scales."""
        terms = a.shape[-2] * a.shape[-1]
        rounded = fmt.relative(terms, 1 + self.scale_roundings(a, y))
        return rounded * self.float64.value(a, y) + fmt.omega * (2 * terms + 2)

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """The scales. 1 - y a is exact where it is near 0: no rounding moves a over the kink."""
        rounded = gamma(1 + self.scale_roundings(a, y), fmt.u)
        return rounded * (y * a < 1) / self.divisor(a, y) + fmt.omega

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """Within E of the kink ∇ₐC may be that of either side."""
        rounded = gamma(1 + self.scale_roundings(a, y), fmt.u)
        margin = 1 - y * a
        either = (np.abs(margin) <= E) & (E > 0)
        return (rounded + either) / self.divisor(a, y) + fmt.omega

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return np.ones_like(a) / a.shape[-2]

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum(map(loss, a, y)) / len(a)


def loss(p: Any, q: Any) -> Any:
    margin = 1 - q * p
    return margin if margin[0] > 0 else 0 * margin

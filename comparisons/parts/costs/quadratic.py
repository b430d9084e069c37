"""½‖a - y‖², summed over outputs, mean over the batch."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, mean, sum_of
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Limits, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.targets import REAL
from crossgrad.reference.parameters import Array


def half_squares(a: Array, y: Array) -> Array:
    """½ (a - y)², of real numbers or of complex ones."""
    return 0.5 * (a - y) ** 2


class Quadratic(Cost):
    """The lecture's; Nielsen, ch. 1, eq. 6. ∇ₐC is (a - y) over a number."""

    text = Text("({a} - {y})²", "({a} - {y})", "quadratic", "bậc hai", before=Fraction(1, 2))
    form = Form(half_squares, lambda a, y: a - y, half_squares)
    targets = REAL
    wrong_terms = mistakes(
        {
            "no square": lambda a, y: 0.5 * abs(a - y),
            "no half": lambda a, y: (a - y) ** 2,
            "of a + y": lambda a, y: half_squares(a, -y),
        }
    )
    wrong_gradient = mistakes(
        {
            "the sign of a - y": lambda a, y: np.sign(a - y),
            "a + y": lambda a, y: a + y,
        }
    )

    def value(self, a: Array, y: Array) -> Pair:
        difference = sum_of(a, -y)
        return mean(0.5 * (difference * difference))

    def gradient(self, a: Array, y: Array) -> Pair:
        return sum_of(a, -y) / a.shape[-1]

    def over(self, a: Array, y: Array) -> float:
        """∇ₐC is (a - y) over this."""
        return float(self.divisor(a, y))

    def size(self, a: Array, y: Array) -> Array:
        """|∇ₐC|, times that."""
        return np.abs(a - y)

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Terms of one sign: difference twice, square, sum, scales."""
        terms = a.shape[-2] * a.shape[-1]
        lost = fmt.omega * (2 * terms + 2 + np.abs(a - y).sum(axis=(-2, -1)))
        rounded = fmt.relative(terms, 2 + self.scale_roundings(a, y))
        return rounded * self.float64.value(a, y) + lost

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """One rounding of a - y, and the scales."""
        rounded = gamma(1 + self.scale_roundings(a, y), fmt.u)
        return rounded * self.size(a, y) / self.over(a, y) + fmt.omega

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """It is no steeper than a line."""
        handed_on = E / self.over(a, y)
        rounded = 1 + gamma(1 + self.scale_roundings(a, y), fmt.u)
        return handed_on * rounded + self.gradient_error(a, y, fmt)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return np.abs(a - y) + E

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum((p - q) * (p - q) for p, q in zip(a, y, strict=True)) / 2

    def far(self, outputs: int) -> Limits:
        """n (2 last + 2)² / 2 ≤ 2¹⁵ and 2 (2 last + 2) · 2 HIDDEN ≤ 2¹⁵·1.02."""
        last = 2.0 ** np.floor(6 - np.log2(outputs) / 2)
        return Limits(last, 4 * last + 4)

"""(a - y)², mean over batch and outputs."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, sum_of
from crossgrad.comparisons.parts.costs.protocol import Form, Text
from crossgrad.comparisons.parts.costs.quadratic import Quadratic, half_squares
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


class Mse(Quadratic):
    """Twice the quadratic cost, over the number of outputs."""

    text = Text(
        "({a} - {y})²",
        "({a} - {y})",
        "mean squared error",
        "trung bình bình phương sai số",
        before_gradient=Fraction(2),
    )
    form = Form(half_squares, lambda a, y: a - y, half_squares, lambda n, y: y.shape[-1] * n / 2)
    wrong_terms = mistakes(
        {
            "half of it, as if for the derivative's sake": lambda a, y: half_squares(a, y) / 2,
            "no square": lambda a, y: 0.5 * abs(a - y),
        }
    )
    wrong_gradient = mistakes(
        {
            "no 2": lambda a, y: (a - y) / 2,
            "the sign of a - y": lambda a, y: np.sign(a - y),
        }
    )

    def divisors(self, outputs: int, y: Array) -> tuple[float, ...]:
        return y.shape[-1], outputs

    def value(self, a: Array, y: Array) -> Pair:
        return 2 * super().value(a, y) / a.shape[-2]

    def gradient(self, a: Array, y: Array) -> Pair:
        return 2 * sum_of(a, -y) / (a.shape[-2] * a.shape[-1])

    def over(self, a: Array, y: Array) -> float:
        return float(self.divisor(a, y)) / 2

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return 2 * (np.abs(a - y) + E) / a.shape[-2]

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum((p - q) * (p - q) for p, q in zip(a, y, strict=True)) / len(a)

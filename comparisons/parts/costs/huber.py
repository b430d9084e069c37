"""½(a - y)² up to |a - y| = 1, |a - y| - ½ beyond; mean over batch and outputs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, mean, sum_of
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Text
from crossgrad.comparisons.parts.costs.quadratic import Quadratic, half_squares
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def branched(a: Array, y: Array) -> Array:
    d = abs(a - y)
    return np.where(d <= 1, 0.5 * d * d, d - 0.5)


def in_complex(a: Any, y: Any) -> Any:
    """The same of complex numbers, of which |d| is d or -d."""
    d = np.where((a - y).real < 0, y - a, a - y)
    return np.where(d.real <= 1, 0.5 * d * d, d - 0.5)


class Huber(Quadratic):
    """Huber, *Robust estimation of a location parameter*, 1964. ∇ₐC is a - y, clipped.

    Errors are the quadratic cost's: beyond 1 the difference counts twice too, |d| ≤ 2(|d| - ½).
    """

    text = Text(
        "min(|{a} - {y}|, 1)·(|{a} - {y}| - min(|{a} - {y}|, 1)/2)",
        "min(max({a} - {y}, -1), 1)",
        "Huber",
        "Huber",
    )
    form = Form(
        branched, lambda a, y: np.clip(a - y, -1, 1), in_complex, lambda n, y: y.shape[-1] * n
    )
    far = Cost.far
    wrong_terms = mistakes(
        {
            "δ = 2": lambda a, y: 4 * branched(a / 2, y / 2),
            "no half up to δ": lambda a, y: np.where(
                abs(a - y) <= 1, (a - y) ** 2, abs(a - y) - 0.5
            ),
            "no -½ beyond δ": lambda a, y: np.where(
                abs(a - y) <= 1, half_squares(a, y), abs(a - y)
            ),
            "½d² beyond δ as well": half_squares,
        }
    )
    wrong_gradient = mistakes(
        {
            "δ = 2": lambda a, y: np.clip(a - y, -2, 2),
            "not clipped": lambda a, y: a - y,
            "0 beyond δ": lambda a, y: np.where(abs(a - y) <= 1, a - y, 0),
            "twice as steep up to δ": lambda a, y: (
                np.where(abs(a - y) <= 1, 2, 1) * np.clip(a - y, -1, 1)
            ),
        }
    )

    def divisors(self, outputs: int, y: Array) -> tuple[float, ...]:
        return y.shape[-1], outputs

    def value(self, a: Array, y: Array) -> Pair:
        d = abs(sum_of(a, -y))
        return mean(choose(d.nearest <= 1, 0.5 * (d * d), d - 0.5)) / a.shape[-2]

    def gradient(self, a: Array, y: Array) -> Pair:
        d = sum_of(a, -y)
        clipped = choose(np.abs(d.nearest) <= 1, d, np.sign(d.nearest))
        return clipped / (a.shape[-2] * a.shape[-1])

    def size(self, a: Array, y: Array) -> Array:
        """|a - y|, at most 1."""
        return np.minimum(np.abs(a - y), 1)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return (np.abs(a - y) + E) / a.shape[-2]

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum(map(loss, a, y)) / len(a)


def loss(p: Any, q: Any) -> Any:
    d = p - q
    if abs(d[0]) < 1:
        return d * d / 2
    return (d if d[0] > 0 else -d) - 0.5

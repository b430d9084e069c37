"""½(a - y)² up to |a - y| = 1, |a - y| - ½ beyond; mean over batch and outputs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from crossgrad.comparisons.pairs import Pair, choose, mean, sum_of
from crossgrad.comparisons.parts.costs.protocol import Cost, Form, Text
from crossgrad.comparisons.parts.targets import REAL
from crossgrad.comparisons.rounding import Format, gamma
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def branched(a: Array, y: Array) -> Array:
    """Either of the two."""
    d = abs(a - y)
    return np.where(d <= 1, 0.5 * d * d, d - 0.5)


def in_complex(a: Any, y: Any) -> Any:
    """The same of complex numbers, of which |d| is d or -d."""
    d = np.where((a - y).real < 0, y - a, a - y)
    return np.where(d.real <= 1, 0.5 * d * d, d - 0.5)


class Huber(Cost):
    """Huber, *Robust estimation of a location parameter*, 1964. ∇ₐC is a - y, clipped."""

    text = Text(
        "min(|{a} - {y}|, 1)·(|{a} - {y}| - min(|{a} - {y}|, 1)/2)",
        "min(max({a} - {y}, -1), 1)",
        "Huber",
        "Huber",
    )
    form = Form(
        branched, lambda a, y: np.clip(a - y, -1, 1), in_complex, lambda outputs, m: m * outputs
    )
    targets = REAL

    def divisors(self, outputs: int, y: Array) -> tuple[float, ...]:
        return y.shape[-1], outputs

    def value(self, a: Array, y: Array) -> Pair:
        d = abs(sum_of(a, -y))
        return mean(choose(d.nearest <= 1, 0.5 * (d * d), d - 0.5)) / a.shape[-2]

    def gradient(self, a: Array, y: Array) -> Pair:
        d = sum_of(a, -y)
        clipped = choose(np.abs(d.nearest) <= 1, d, np.sign(d.nearest))
        return clipped / (a.shape[-2] * a.shape[-1])

    def value_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """Terms of one sign: the difference counts twice, in the square and in |d| ≤ 2(|d| - ½)."""
        terms = a.shape[-2] * a.shape[-1]
        lost = fmt.omega * (2 * terms + 2 + np.abs(a - y).sum(axis=(-2, -1)))
        rounded = fmt.relative(terms, 2 + self.scale_roundings(a, y))
        return rounded * self.float64.value(a, y) + lost

    def gradient_error(self, a: Array, y: Array, fmt: Format) -> Array:
        """One rounding of a - y, and the scales."""
        rounded = gamma(1 + self.scale_roundings(a, y), fmt.u)
        return rounded * self.clipped(a, y) / self.divisor(a, y) + fmt.omega

    def propagated(self, a: Array, y: Array, E: Array, fmt: Format) -> Array:
        """It is no steeper than a line."""
        rounded = gamma(1 + self.scale_roundings(a, y), fmt.u)
        reach = np.minimum(self.clipped(a, y) + E, 1)
        return (E + rounded * (reach + E)) / self.divisor(a, y) + fmt.omega

    def clipped(self, a: Array, y: Array) -> Array:
        """|a - y|, at most 1."""
        return np.minimum(np.abs(a - y), 1)

    def terms(self, a: Array, y: Array, E: Array) -> Array:
        return (np.abs(a - y) + E) / a.shape[-2]

    def truth(self, a: Sequence[Any], y: Sequence[Any]) -> Any:
        return sum(map(loss, a, y)) / len(a)


def loss(p: Any, q: Any) -> Any:
    """Of one output."""
    d = p - q
    if abs(d[0]) < 1:
        return d * d / 2
    return (d if d[0] > 0 else -d) - 0.5

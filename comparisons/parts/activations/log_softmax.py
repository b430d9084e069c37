"""z_j - log Σ_k e^{z_k}, over the units of each sample."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, logistic
from crossgrad.comparisons.arithmetic.pairs.functions import log
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.over_units import BothWays, OverUnits, over_units, pair_over_units
from crossgrad.comparisons.parts.softmax_errors import log_softmax_error
from crossgrad.reference.activations import Jacobian, softmax
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def shifted(z: Array) -> Array:
    """s - log Σ eˢ, s = z - max z."""
    s = z - z.real.max(axis=-2, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=-2, keepdims=True))


def by_log_sum(z: Array) -> Array:
    """z - λ, λ = max z + log Σ eˢ."""
    top = z.max(axis=-2, keepdims=True)
    return z - (top + np.log(np.exp(z - top).sum(axis=-2, keepdims=True)))


def by_quotient(z: Array, _a: Array) -> Jacobian:
    """v - p Σ v; forward t - Σ p t; p = e / Σ e."""
    e = np.exp(z - z.max(axis=-2, keepdims=True))
    p = e / e.sum(axis=-2, keepdims=True)
    return BothWays(
        lambda v: v - p * v.sum(axis=-2, keepdims=True),
        lambda t: t - (p * t).sum(axis=-2, keepdims=True),
    )


def by_exponential(_z: Array, a: Array) -> Jacobian:
    """v - eᵃ Σ v."""
    return Jacobian(lambda v: v - np.exp(a) * v.sum(axis=-2, keepdims=True))


class LogSoftmax(OverUnits):
    """δ = v - p Σ v, p = softmax(z)."""

    text = Text("{z} - log({sum})", "{v} - exp({a})·({dot})")
    term = "{v}"
    from_z = Form(shifted, by_quotient)
    from_a = Form(by_log_sum, by_exponential)
    in_complex = staticmethod(shifted)
    wrong_sigma = mistakes(
        {
            "the maximum for the logarithm of the sum": lambda z: z - z.max(-2, keepdims=True),
            "no logarithm": softmax,
        }
    )
    wrong_pull_backs = mistakes(
        {
            "of the Jacobian only the diagonal": lambda z, v: v * (1 - softmax(z)),
            "v - p for v - p Σ v": lambda z, v: v - softmax(z),
            "its own transpose": lambda z, v: v - over_units(softmax(z) * v),
            "a for p": lambda z, v: v - shifted(z) * over_units(v),
            "that of softmax": lambda z, v: softmax(z) * (v - over_units(softmax(z) * v)),
        }
    )

    def sigma(self, z: Array) -> Pair:
        """-s - log Σ e^{-s}, s = max z - z."""
        s, _, sums = logistic.softmax(z)
        return -s - log(sums)

    def error(self, z: Array, fmt: Format, reach: Array | float = 0.0) -> Array:
        return log_softmax_error(z, fmt, reach)

    def moved(self, z: Array, E: Array) -> Array:
        """log Σ eᶻ moves by the largest E at most."""
        return E + E.max(axis=-2, keepdims=True)

    def transposed(self, p: Pair, v: Pair) -> Pair:
        return v - p * pair_over_units(v)

    def factor(self, p: Array, v: Array) -> Array:
        """Σ v."""
        return over_units(v)

    def handed_on(self, p: Array, v: Array, E_p: Array, E_v: Array, d: Array) -> Array:
        """Σ v is off by Σ E(v)."""
        off = over_units(E_v)
        return E_v + E_p * (d + 2 * off) + p * off

    def magnitude(self, p: Array, v: Array) -> Array:
        return v + p * over_units(v)

    # ---------------------------------------------------------------- how far it may reach
    def largest(self, z: Array, units: int) -> Array:
        """max z - z + log n, and log n < log₂ n."""
        return 2 * z + units.bit_length()

    def slope(self, z: Array | float, units: int) -> Array | float:
        """|v| + p Σ |v|."""
        return float(units + 1)

    def end(self, bound: Array | float) -> Array | float:
        """Its |σ| is twice |z|, and log n."""
        return bound / 2

    def truth(self, z: Any, j: int) -> Any:
        return z[j] - sum(each.exp() for each in z).log()

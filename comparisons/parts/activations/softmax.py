"""p_j = e^{z_j} / Σ_k e^{z_k}, over the units of each sample."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, logistic
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.comparisons.parts.over_units import BothWays, OverUnits, over_units, pair_over_units
from crossgrad.comparisons.parts.softmax_errors import moved_softmax, softmax_error
from crossgrad.reference.activations import Jacobian, softmax
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def quotient(z: Array) -> Array:
    """e / Σ e, shifted by the maximum."""
    e = np.exp(z - z.real.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True)


def by_log_sum(z: Array) -> Array:
    """e^{z - λ}, λ = log Σ eᶻ."""
    top = z.max(axis=-2, keepdims=True)
    return np.exp(z - (top + np.log(np.exp(z - top).sum(axis=-2, keepdims=True))))


def by_vector(z: Array, _a: Array) -> Jacobian:
    """pv - p Σ p v, in either direction."""
    p = quotient(z)

    def product(v: Array) -> Array:
        return p * v - p * (p * v).sum(axis=-2, keepdims=True)

    return BothWays(product, product)


def by_matrix(_z: Array, a: Array) -> Jacobian:
    """Its transpose, entry by entry, times v: diag(p) - p pᵀ is symmetric."""
    one = np.eye(a.shape[-2], dtype=a.dtype)[..., None]
    entries = a[..., :, None, :] * (one - a[..., None, :, :])
    return Jacobian(lambda v: (entries * v[..., None, :, :]).sum(axis=-2))


class Softmax(OverUnits):
    """δ = p ⊙ (v - Σ p v)."""

    text = Text("exp({z})/({sum})", "{a}·({v} - ({dot}))")
    term = "{a}·{v}"
    from_z = Form(quotient, by_vector)
    from_a = Form(by_log_sum, by_matrix)
    in_complex = staticmethod(quotient)
    wrong_sigma = mistakes(
        {
            "over the samples": lambda z: softmax(z.mT).mT,
            "not divided by the sum": lambda z: np.exp(z - z.max(axis=-2, keepdims=True)),
        }
    )
    wrong_pull_backs = mistakes(
        {
            "of the Jacobian only the diagonal": lambda z, v: v * softmax(z) * (1 - softmax(z)),
            "no sum is taken off": lambda z, v: softmax(z) * v,
            "the sum is over the samples": lambda z, v: (
                softmax(z) * (v - (softmax(z) * v).sum(axis=-1, keepdims=True))
            ),
            "the mean for the sum": lambda z, v: (
                softmax(z) * (v - (softmax(z) * v).mean(axis=-2, keepdims=True))
            ),
        }
    )

    def sigma(self, z: Array) -> Pair:
        _, e, sums = logistic.softmax(z)
        return e / sums

    def error(self, z: Array, fmt: Format, reach: Array | float = 0.0) -> Array:
        return softmax_error(z, fmt, reach)

    def moved(self, z: Array, E: Array) -> Array:
        return moved_softmax(z, E)

    def transposed(self, p: Pair, v: Pair) -> Pair:
        return p * (v - pair_over_units(p * v))

    def factor(self, p: Array, v: Array) -> Array:
        """v - Σ p v."""
        return v - over_units(p * v)

    def handed_on(self, p: Array, v: Array, E_p: Array, E_v: Array, d: Array) -> Array:
        """Σ p v is off by H = Σ (E(p) (|v| + E(v)) + p E(v)), d by E(v) + H, and p by E(p).

        Twice that, where the d of the truth is another than that of the reference.
        """
        off = E_v + over_units(E_p * (v + E_v) + p * E_v)
        return E_p * (d + 2 * off) + p * off

    def magnitude(self, p: Array, v: Array) -> Array:
        return p * (v + over_units(p * v))

    def truth(self, z: Any, j: int) -> Any:
        return z[j].exp() / sum(each.exp() for each in z)

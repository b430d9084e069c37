"""z for z > 0, else eᶻ - 1."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import sigmoid_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.pairs.functions import exp, expm1
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import SELU_ALPHA
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def textbook(z: Array) -> Array:
    """By expm1: the textbook's eᶻ - 1 loses all digits near 0."""
    return np.where(z > 0, z, np.expm1(z))


class Elu(Elementwise):
    """Its slope is 1 on both sides of 0: no kink, but frameworks branch there."""

    text = Text("max({z}, 0) + exp(min({z}, 0)) - 1", "exp(min({z}, 0))")
    from_z = Form(textbook, lambda z, _: np.where(z > 0, z.dtype.type(1), np.exp(z)))
    from_a = Form(textbook, lambda z, a: np.where(z > 0, z.dtype.type(1), a + 1))
    in_complex = staticmethod(lambda z: np.where(z.real > 0, z, np.expm1(z)))
    sup_prime = 1.0
    growth = 1.0
    asked_at = (0.0, -0.0)
    wrong_sigma = mistakes(
        {
            "α of selu": lambda z: np.where(z > 0, z, SELU_ALPHA * np.expm1(z)),
            "1 - eᶻ": lambda z: np.where(z > 0, z, -np.expm1(z)),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "a + 1 on either side": lambda z: textbook(z) + 1,
            "0 below 0, as of relu": lambda z: np.where(z > 0, z.dtype.type(1), z.dtype.type(0)),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return choose(z > 0, z, expm1(lift(np.minimum(z, 0))))

    def sigma_prime(self, z: Array) -> Pair:
        return choose(z > 0, 1, exp(lift(np.minimum(z, 0))))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """For z ≤ 0 expm1; σ′ from eᶻ, or from a + 1, which hands on the error of a.

        Or is 0, where a has settled at -1.
        """
        u, kappa = fmt.u, fmt.kappa
        negative = z <= 0
        e = np.where(negative, kappa.expm1 * u * a, 0)
        near_0 = e + np.where(negative, (kappa.exp + 1) * u * d, 0)
        return e, np.where(near <= -sigmoid_settles(fmt), d, near_0)

    def second(self, z: Array, E: Array) -> Array:
        """eᶻ below 0, nothing above: at most e^{z + E}, at most 1, 0 past 0."""
        return np.where(z - E > 0, 0.0, np.exp(np.minimum(z + E, 0)))

    def truth(self, z: Any, arb: Any) -> Any:
        return z if z[0] > 0 else z.exp() - 1

"""z · sigmoid(1.702 z): another of gelu's approximations."""

from decimal import Decimal
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import sigmoid_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.pairs.logistic import decay, sigmoid_by, sigmoid_prime_by
from crossgrad.comparisons.arithmetic.pairs.tables import nearest_pair
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations import sigmoid
from crossgrad.comparisons.parts.activations.protocol import (
    SQUARE_OF_OMEGA,
    Errors,
    Form,
    Text,
)
from crossgrad.comparisons.parts.activations.silu import Silu
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference import activations as by_hand
from crossgrad.reference.activations import QUICK, QUICK_TAIL
from crossgrad.reference.parameters import Array

FACTOR = nearest_pair(Decimal("1.702"))


def stretched(z: Array) -> Pair:
    """t = 1.702 z, of a z that is clipped: it does not overflow."""
    return FACTOR * lift(np.clip(z, -QUICK_TAIL, QUICK_TAIL))


# ------------------------------------------------------------------ as it is programmed
def by_sigmoid(z: Array) -> Array:
    return z * sigmoid.textbook(QUICK * z)


def prime_of_z(z: Array, _a: Array) -> Array:
    """s (1 + t (1 - s))."""
    s, other = sigmoid.textbook(QUICK * z), sigmoid.textbook(-QUICK * z)
    return s * (1 + QUICK * z * other)


def prime_of_a(z: Array, a: Array) -> Array:
    """s + 1.702 a (1 - s)."""
    s = sigmoid.textbook(QUICK * z)
    return s + QUICK * a * (1 - s)


class QuickGelu(Silu):
    """Hendrycks & Gimpel, *Gaussian error linear units*, 2016; as CLIP has it."""

    text = Text("{z}·s(1.702·{z})", "s(1.702·{z})·(1 + 1.702·{z}·s(-1.702·{z}))")
    from_z = Form(lambda z: z / (1 + np.exp(-QUICK * z)), prime_of_z)
    from_a = Form(by_sigmoid, prime_of_a)
    in_complex = staticmethod(lambda z: z * sigmoid.of_complex(QUICK * z))
    wrong_sigma = mistakes(
        {
            "1.7 for 1.702": lambda z: z * sigmoid.textbook(1.7 * z),
            "by tanh": by_hand.gelu_tanh,
            "1.702 outside": lambda z: QUICK * z * sigmoid.textbook(z),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1.7 for 1.702": lambda z: by_hand.silu_prime(1.7 * z),
            "s alone": lambda z: sigmoid.textbook(QUICK * z),
            "no 1.702 from the chain rule": lambda z: (
                sigmoid.textbook(QUICK * z) * (1 + z * sigmoid.textbook(-QUICK * z))
            ),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return z * sigmoid_by(decay(stretched(z)), z < 0)

    def sigma_prime(self, z: Array) -> Pair:
        t = stretched(z)
        e = decay(t)
        return sigmoid_by(e, z < 0) + t * sigmoid_prime_by(e)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """As silu at t, which errs by h = 2u|t|: s(t + h)/s(t) - 1 is (eʰ - 1) (1 - s(t + h)).

        Where s has settled at 1, t (1 - s) is 0, and four roundings are left.
        """
        u, kappa = fmt.u, fmt.kappa
        t = QUICK * np.clip(z, -QUICK_TAIL, QUICK_TAIL)
        s, other, size = by_hand.sigmoid(t), by_hand.sigmoid(-t), np.abs(t)
        of_s = kappa.sigmoid * u + np.expm1(gamma(2, u) * size) * other
        slope = (of_s + 3 * u) * s + size * s * ((of_s + 6 * u) * other + of_s * s + u)
        settled = QUICK * near >= sigmoid_settles(fmt)
        return (of_s + 3 * u) * s * np.abs(z), np.where(settled, size * other + 4 * u, slope)

    def factor(self, z: Array) -> Array:
        return np.minimum(QUICK * np.minimum(np.abs(z), QUICK_TAIL), SQUARE_OF_OMEGA)

    def second(self, z: Array, E: Array) -> Array:
        """1.702 times that of silu at t."""
        return QUICK * super().second(QUICK * np.clip(z, -QUICK_TAIL, QUICK_TAIL), QUICK * E)

    def truth(self, z: Any, arb: Any) -> Any:
        return z * (1 / (1 + (-arb("1.702") * z).exp()))

"""z · sigmoid(z)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import sigmoid_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, logistic
from crossgrad.comparisons.arithmetic.pairs.logistic import decay, sigmoid_by, sigmoid_prime_by
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations import sigmoid
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference import activations as by_hand
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def prime_of_z(z: Array, _a: Array) -> Array:
    """s (1 + z (1 - s))."""
    return sigmoid.textbook(z) * (1 + z * sigmoid.textbook(-z))


def prime_of_a(z: Array, a: Array) -> Array:
    """a + s (1 - a); from where a has no digit after the point on, s."""
    s = sigmoid.textbook(z)
    return np.where(a * np.finfo(a.dtype).eps < 1, a + s * (1 - a), s)


class Silu(Elementwise):
    """Also called swish."""

    text = Text("{z}·s({z})", "s({z})·(1 + {z}·s(-{z}))")
    from_z = Form(lambda z: z / (1 + np.exp(-z)), prime_of_z)
    from_a = Form(lambda z: z * sigmoid.textbook(z), prime_of_a)
    in_complex = staticmethod(lambda z: z * sigmoid.of_complex(z))
    sup_prime = 1.0999
    product_with_z = True
    wrong_sigma = mistakes(
        {
            "1 - s for s": lambda z: z * sigmoid.textbook(-z),
            "z + s": lambda z: z + sigmoid.textbook(z),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "s + z s, without 1 - s": lambda z: sigmoid.textbook(z) * (1 + z),
            "z s′ alone": lambda z: z * sigmoid.textbook(z) * sigmoid.textbook(-z),
            "s (1 - s), as of the sigmoid": lambda z: sigmoid.textbook(z) * sigmoid.textbook(-z),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return z * logistic.sigmoid(z)

    def sigma_prime(self, z: Array) -> Pair:
        """s + z s′."""
        e = decay(z)
        return sigmoid_by(e, z < 0) + z * sigmoid_prime_by(e)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """From s (1 + z (1 - s)), or the product rule: errors relative to the terms, not the sum.

        Where s has settled at 1, z (1 - s) is 0, and four roundings are left. a + s (1 - a) then is
        z + (1 - z), in which nothing is rounded up to z = 1/u. Beyond, it is 0 or 2, and wrong.
        """
        u, kappa = fmt.u, fmt.kappa
        s, t = by_hand.sigmoid(z), by_hand.sigmoid(-z)
        rise = u * np.abs(z) * s
        slope = (kappa.sigmoid + 3) * (u * s + rise * t) + (kappa.sigmoid + 1) * rise
        far = np.abs(z) * t + 4 * u
        return (kappa.sigmoid + 2) * rise, np.where(near >= sigmoid_settles(fmt), far, slope)

    def second(self, z: Array, E: Array) -> Array:
        """s′ (2 + z (1 - 2s)); 1 - 2s changes by at most E/2."""
        tilt = 1 - 2 * by_hand.sigmoid(z)
        factor = np.abs(2 + z * tilt) + E * np.abs(tilt) + (np.abs(z) + E) * E / 2
        return np.minimum(by_hand.sigmoid_prime(z) * np.exp(E) * factor, 0.5)

    def truth(self, z: Any, arb: Any) -> Any:
        return z * (1 / (1 + (-z).exp()))

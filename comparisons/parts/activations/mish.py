"""z · tanh(softplus(z))."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import exp_of_difference, tanh_settles
from crossgrad.comparisons.arithmetic.pairs import Pair
from crossgrad.comparisons.arithmetic.pairs.logistic import decay, sigmoid_by, tanh_softplus
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations import sigmoid
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference import activations as by_hand
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def textbook(z: Array) -> Array:
    """By logaddexp: the textbook's log(1 + eᶻ) loses all digits far below 0."""
    return z * np.tanh(np.logaddexp(0, z))


def prime_by_cosh(z: Array, _a: Array) -> Array:
    """T + z s / cosh²(softplus z)."""
    w = np.logaddexp(0, z)
    return np.tanh(w) + z * sigmoid.textbook(z) / np.cosh(w) ** 2


def prime_by_tanh(z: Array, _a: Array) -> Array:
    """T + z (1 - t²) s."""
    t = np.tanh(np.logaddexp(0, z))
    return t + z * (1 - t * t) * sigmoid.textbook(z)


class Mish(Elementwise):
    """t = tanh(w) and w = log(1 + eᶻ)."""

    text = Text("{z}·tanh(log(1 + exp({z})))", "{d}")
    from_z, from_a = Form(textbook, prime_by_cosh), Form(textbook, prime_by_tanh)
    sup_prime = 1.0893
    product_with_z = True
    wrong_sigma = mistakes(
        {
            "no tanh": lambda z: z * np.logaddexp(0, z),
            "no softplus": lambda z: z * np.tanh(z),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "t alone": lambda z: np.tanh(np.logaddexp(0, z)),
            "t + z s, without 1 - t²": lambda z: (
                np.tanh(np.logaddexp(0, z)) + z * sigmoid.textbook(z)
            ),
            "t + z (1 - t²), without s": lambda z: (
                prime_by_tanh(z, z) + (z * sigmoid.textbook(-z) / np.cosh(np.logaddexp(0, z)) ** 2)
            ),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return z * tanh_softplus(decay(z), z > 0)[0]

    def sigma_prime(self, z: Array) -> Pair:
        """t + z (1 - t²) s: the product and the chain rule."""
        e = decay(z)
        t, one_minus_square = tanh_softplus(e, z > 0)
        return t + z * (one_minus_square * sigmoid_by(e, z < 0))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """w t′/t ≤ 1, so the relative error of t is at most κ.

        σ′ = t + z (1 - t²) s: 1 - t² hands on 2κt² and is rounded; s as in softplus. Where t has
        settled at 1, the second term is 0; t as a quotient of squares, and what is done with it,
        has eight roundings.
        """
        u, kappa = fmt.u, fmt.kappa
        of_w = max(kappa.softplus, kappa.exp + kappa.log1p)
        k = kappa.tanh + of_w
        w = by_hand.softplus(z)
        t, one_minus_square = by_hand.tanh_softplus(z)
        error = (2 * k + 2) * u * t * t
        error += (exp_of_difference(z, w, fmt, near) + 6 * u) * one_minus_square
        rise = np.abs(z) * by_hand.sigmoid(z)
        settled = near * (1 - of_w * u) >= tanh_settles(fmt)  # w is above z
        e0 = np.where(settled, 8 * u * a + np.abs(z) * one_minus_square, (k + 1) * u * a)
        far = 8 * u + (1 + rise) * one_minus_square
        return e0, np.where(settled, far, (k + 3) * u * t + rise * error)

    def second(self, z: Array, E: Array) -> Array:
        """2 t′ + z t″ at z, and sup|σ‴| ≤ 0.6 times E."""
        t, one_minus_square = by_hand.tanh_softplus(z)
        s = by_hand.sigmoid(z)
        first = one_minus_square * s
        second = first * (1 - s) - 2 * t * first * s
        return np.minimum(np.abs(2 * first + z * second) + 0.6 * E, 0.65)

    def truth(self, z: Any, arb: Any) -> Any:
        w = (1 + z.exp()).log()
        return z * (1 - 2 / (1 + (2 * w).exp()))

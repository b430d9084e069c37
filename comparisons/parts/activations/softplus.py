"""log(1 + eᶻ)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import exp_of_difference
from crossgrad.comparisons.arithmetic.pairs import Pair, logistic
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations import sigmoid
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import sigmoid_prime
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def textbook(z: Array) -> Array:
    """log(1 + eᶻ) by log1p; z, where eᶻ overflows."""
    e = np.exp(z)
    return np.where(np.isinf(e), z, np.log1p(e))


class Softplus(Elementwise):
    """Its slope is the sigmoid of z."""

    text = Text("log(1 + exp({z}))", "1/(1 + exp(-{z}))")
    from_z = Form(lambda z: np.logaddexp(0, z), lambda z, _: sigmoid.textbook(z))
    from_a = Form(textbook, lambda z, a: np.exp(z - a))
    sup_prime = 1.0
    growth = 1.0
    slope_by_difference = True
    wrong_sigma = mistakes(
        {
            "log(1 + e⁻ᶻ)": lambda z: np.logaddexp(0, -z),
            "to base 2": lambda z: np.logaddexp(0, z) / np.log(2),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "the sigmoid of -z": lambda z: sigmoid.textbook(-z),
            "s (1 - s)": lambda z: sigmoid.textbook(z) * sigmoid.textbook(-z),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return logistic.softplus(z)

    def sigma_prime(self, z: Array) -> Pair:
        return logistic.sigmoid(z)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """From sigmoid(z), or e^{z - a}."""
        return fmt.kappa.softplus * fmt.u * a, d * exp_of_difference(z, a, fmt, near)

    def second(self, z: Array, E: Array) -> Array:
        """The sigmoid's σ′: grows by at most e^E."""
        return np.minimum(sigmoid_prime(z) * np.exp(E), 0.25)

    def truth(self, z: Any, arb: Any) -> Any:
        return (1 + z.exp()).log()

"""-log(1 + e⁻ᶻ)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import exp_of_difference, sigmoid_settles
from crossgrad.comparisons.arithmetic.pairs import Pair
from crossgrad.comparisons.arithmetic.pairs.logistic import decay, sigmoid_by, softplus_by
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations import sigmoid, softplus
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference import activations as by_hand
from crossgrad.reference.parameters import Array


class LogSigmoid(Elementwise):
    """-softplus(-z); its slope is the sigmoid of -z."""

    text = Text("-log(1 + exp(-{z}))", "1/(1 + exp({z}))")
    from_z = Form(lambda z: -np.logaddexp(0, -z), lambda z, _: 1 - sigmoid.textbook(z))
    from_a = Form(lambda z: -softplus.textbook(-z), lambda z, a: np.exp(a - z))
    sup_prime = 1.0
    growth = 1.0
    slope_by_difference = True
    wrong_sigma = mistakes(
        {
            "log(1 + e⁻ᶻ), the sign": lambda z: np.logaddexp(0, -z),
            "-log(1 + eᶻ)": lambda z: -np.logaddexp(0, z),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1/s": lambda z: 1 / sigmoid.textbook(z),
            "-s(-z), the sign": lambda z: -sigmoid.textbook(-z),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return -softplus_by(decay(z), -z)

    def sigma_prime(self, z: Array) -> Pair:
        return sigmoid_by(decay(z), z > 0)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """As softplus of -z; σ′ also as 1 - sigmoid(z), which hands on the error of the sigmoid.

        Or is 0, where that has settled at 1.
        """
        u, kappa = fmt.u, fmt.kappa
        e1 = d * exp_of_difference(-z, a, fmt, -near)
        one_minus = u * (kappa.sigmoid * by_hand.sigmoid(z) + d)
        one_minus = np.where(near >= sigmoid_settles(fmt), d, one_minus)
        return kappa.softplus * u * a, np.maximum(e1, one_minus)

    def second(self, z: Array, E: Array) -> Array:
        """The sigmoid's σ′, which is even: grows by at most e^E."""
        return np.minimum(by_hand.sigmoid_prime(z) * np.exp(E), 0.25)

    def truth(self, z: Any, arb: Any) -> Any:
        return -(1 + (-z).exp()).log()

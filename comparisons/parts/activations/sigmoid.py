"""1 / (1 + e⁻ᶻ)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import sigmoid_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, logistic
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference import activations as by_hand
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def textbook(z: Array) -> Array:
    """1 / (1 + e⁻ᶻ): where e⁻ᶻ overflows, the quotient is 0, as it should be."""
    return 1 / (1 + np.exp(-z))


def of_complex(z: Array) -> Array:
    """The same of complex numbers, of which nothing overflows."""
    e = np.exp(away(z))
    return np.where(z.real > 0, 1, e) / (1 + e)


def away(z: Array) -> Array:
    """-|z|, by its real part."""
    return np.where(z.real > 0, -z, z)


class Sigmoid(Elementwise):
    """The logistic neuron's."""

    text = Text("1/(1 + exp(-{z}))", "{a}·(1 - {a})")
    from_z = Form(textbook, lambda z, _: textbook(z) * textbook(-z))
    from_a = Form(textbook, lambda _, a: a * (1 - a))
    in_complex = staticmethod(of_complex)
    sup_prime = 0.25
    growth = 1.0
    wrong_sigma = mistakes(
        {
            "1 / (1 - e⁻ᶻ)": lambda z: 1 / (1 - np.exp(-z)),
            "e⁻ᶻ / (1 + e⁻ᶻ)": lambda z: textbook(-z),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "a (1 + a)": lambda z: textbook(z) * (1 + textbook(z)),
            "1 - a alone": lambda z: textbook(-z),
            "1 - a², as of tanh": lambda z: 1 - textbook(z) ** 2,
        }
    )

    def sigma(self, z: Array) -> Pair:
        return logistic.sigmoid(z)

    def sigma_prime(self, z: Array) -> Pair:
        return logistic.sigmoid_prime(z)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """From a (1 - a): an error e of a gives e|1 - 2a| + e², and four roundings; or σ(z) σ(-z).

        Where a has settled at 1, the first is 0, and the second has the smaller error.
        """
        u, kappa = fmt.u, fmt.kappa
        e = kappa.sigmoid * u * a
        from_a = e * np.abs(1 - 2 * a) + e * e + 4 * u * d
        near_0 = np.maximum(from_a, (2 * kappa.sigmoid + 1) * u * d)
        return e, np.where(near >= sigmoid_settles(fmt), d, near_0)

    def second(self, z: Array, E: Array) -> Array:
        """σ″ = σ′(1 - 2σ); |σ′| grows by at most e^E, 1 - 2σ by E/2."""
        growing = by_hand.sigmoid_prime(z) * np.exp(E)
        return np.minimum(growing * (np.abs(1 - 2 * by_hand.sigmoid(z)) + E / 2), 0.0963)

    def truth(self, z: Any, arb: Any) -> Any:
        return 1 / (1 + (-z).exp())

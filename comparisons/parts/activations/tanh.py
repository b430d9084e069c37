"""(eᶻ - e⁻ᶻ) / (eᶻ + e⁻ᶻ)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import tanh_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, logistic
from crossgrad.comparisons.arithmetic.pairs.functions import expm1
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import tanh_prime
from crossgrad.reference.parameters import Array

#: 1 - tanh is below 2⁻¹⁰⁷⁵ there, and 2|z| still finite.
LIMIT = 400.0


class Tanh(Elementwise):
    """It settles at ±1."""

    text = Text("tanh({z})", "(1 - {a}²)")
    from_z = Form(np.tanh, lambda z, _: 1 / np.cosh(z) ** 2)
    from_a = Form(np.tanh, lambda _, a: 1 - a**2)
    in_complex = staticmethod(np.tanh)
    sup_prime = 1.0
    growth = 2.0
    wrong_sigma = mistakes(
        {
            "of z/2": lambda z: np.tanh(z / 2),
            "(1 + tanh z)/2": lambda z: (1 + np.tanh(z)) / 2,
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1 - a for 1 - a²": lambda z: 1 - np.tanh(z),
            "a (1 - a), as of the sigmoid": lambda z: np.tanh(z) * (1 - np.tanh(z)),
            "1 - z²": lambda z: 1 - z**2,
        }
    )

    def sigma(self, z: Array) -> Pair:
        """(1 - e^{-2|z|}) / (1 + e^{-2|z|}), with the sign of z."""
        fall = expm1(lift(-2 * np.minimum(np.abs(z), LIMIT)))
        t = -fall / (2 + fall)
        return choose(z < 0, -t, t)

    def sigma_prime(self, z: Array) -> Pair:
        """1 / cosh² z = 4 sigmoid′(2z)."""
        return 4 * logistic.sigmoid_prime(2 * np.clip(z, -LIMIT, LIMIT))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """From 1 - a²: an error e of a gives 2ea + e², the square one rounding; from cosh, 15.

        Where a has settled at ±1, the first is 0, and the second has the smaller error.
        """
        u, kappa = fmt.u, fmt.kappa
        e = kappa.tanh * u * a
        near_0 = (2 * kappa.tanh + 1) * u * a * a + e * e + 15 * u * d
        return e, np.where(np.abs(near) >= tanh_settles(fmt), d, near_0)

    def second(self, z: Array, E: Array) -> Array:
        """-2 t t′; t′ grows by at most e^{2E}, t by E."""
        t_prime = tanh_prime(z) * np.exp(2 * E)
        return np.minimum(2 * t_prime * (np.abs(np.tanh(z)) + E), 0.7699)

    def of_fused_tangents(self, z: Array, E: Array, *, fused: bool) -> Array:
        """(v + va)(1 - a), as JAX has tanh′, of a tangent v that is itself a product.

        Fused with the sum it is not rounded, as it is in va: where a is -1, 2u|v| is left of what
        should be 0.
        """
        return np.ones(1)

    def truth(self, z: Any, arb: Any) -> Any:
        return 1 - 2 / (1 + (2 * z).exp())

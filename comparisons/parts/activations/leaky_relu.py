"""z for z > 0, else z/100."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose
from crossgrad.comparisons.arithmetic.pairs.tables import SLOPE
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations.protocol import (
    SUBNORMAL,
    Elementwise,
    Errors,
    Form,
    Kink,
    Text,
)
from crossgrad.comparisons.parts.activations.relu import positive
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import LEAKY_SLOPE
from crossgrad.reference.parameters import Array


def leaky(z: Array) -> Array:
    """The larger of z and z/100."""
    return np.maximum(z, z.dtype.type(0.01) * z)


class LeakyRelu(Elementwise):
    """At 0 the slope from the left is taken."""

    text = Text("max({z}, 0.01·{z})", "(0.01 + 0.99·[{z} > 0])")
    from_z = Form(leaky, lambda z, _: positive(z, 0.01))
    from_a = Form(leaky, lambda _, a: positive(a, 0.01))
    in_complex = staticmethod(lambda z: np.where(z.real > 0, z, 0.01 * z))
    sup_prime = 1.0
    kinks = (Kink(0.0, left=LEAKY_SLOPE, right=1.0),)
    asked_at = (0.0, -0.0, SUBNORMAL, -SUBNORMAL)
    wrong_sigma = mistakes(
        {
            "a slope of 0.1": lambda z: np.where(z > 0, z, z / 10),
            "the smaller of z and z/100": lambda z: np.minimum(z, z / 100),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "0.1 below 0": lambda z: positive(z, 0.1),
            "0 below 0, as of relu": positive,
            "-0.01 below 0": lambda z: positive(z, -0.01),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return choose(z > 0, z, SLOPE * z)

    def sigma_prime(self, z: Array) -> Pair:
        return choose(z > 0, 1, SLOPE)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """The slope is rounded, then its product with z."""
        negative = z <= 0
        return np.where(negative, gamma(2, fmt.u) * a, 0), np.where(
            negative, fmt.u * LEAKY_SLOPE, 0
        )

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return z if z[0] > 0 else z / 100

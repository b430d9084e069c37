"""z / (1 + |z|)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations import sigmoid
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


class Softsign(Elementwise):
    """q = 1 + |z| is all there is to compute."""

    text = Text("{z}/(1 + |{z}|)", "1/(1 + |{z}|)²")
    from_z = Form(lambda z: z * (1 / (1 + abs(z))), lambda z, _: (1 / (1 + abs(z))) ** 2)
    from_a = Form(lambda z: z / (1 + abs(z)), lambda _, a: (1 - abs(a)) ** 2)
    in_complex = staticmethod(lambda z: z / (1 - sigmoid.away(z)))
    sup_prime = 1.0
    wrong_sigma = mistakes(
        {
            "z² for |z|": lambda z: z / (1 + z * z),
            "no z": lambda z: 1 / (1 + abs(z)),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1 + z²": lambda z: 1 / (1 + z * z),
            "of the other sign below 0": lambda z: np.sign(z) / (1 + abs(z)) ** 2,
        }
    )

    def sigma(self, z: Array) -> Pair:
        return z / (1 + lift(np.abs(z)))

    def sigma_prime(self, z: Array) -> Pair:
        """The square of the quotient does not overflow."""
        q = 1 / (1 + lift(np.abs(z)))
        return q * q

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """q and z/q; or z times 1/q, which serves σ′ too: three roundings.

        σ′ as 1/q - |z|/q² cancels: terms of at most 1/q, 9 roundings.
        """
        return gamma(3, fmt.u) * a, gamma(9, fmt.u) / (1 + np.abs(z))

    def gain(self, z: Array) -> Array:
        """|z|/q² takes z as a factor of its own."""
        return np.abs(z)

    def second(self, z: Array, E: Array) -> Array:
        """2 / (1 + |z|)³, where the interval is nearest to 0."""
        return 2 / (1 + np.maximum(np.abs(z) - E, 0)) ** 3

    def truth(self, z: Any, arb: Any) -> Any:
        return z / (1 + z) if z[0] > 0 else z / (1 - z)

"""z."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


class Identity(Elementwise):
    """Nothing is computed, and nothing is rounded."""

    text = Text("{z}", "1")
    from_z = from_a = Form(lambda z: +z, lambda z, _: z * 0 + 1)
    in_complex = staticmethod(lambda z: z)
    sup_prime = 1.0
    selects = True
    wrong_sigma = mistakes(
        {
            "negative outputs lost, as by relu": lambda z: np.maximum(z, 0),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "0, as of a constant": np.zeros_like,
        }
    )

    def sigma(self, z: Array) -> Pair:
        return lift(z)

    def sigma_prime(self, z: Array) -> Pair:
        return lift(np.ones_like(z))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        return np.zeros_like(z), np.zeros_like(z)

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return z

"""max(z, 0)."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import (
    SUBNORMAL,
    Elementwise,
    Errors,
    Form,
    Kink,
    Text,
)
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


def positive(z: Array, otherwise: float = 0.0) -> Array:
    """1 for z > 0, in the format of z."""
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(otherwise))


class Relu(Elementwise):
    """A comparison and a choice: nothing is rounded. At 0 everybody takes the slope 0."""

    text = Text("max({z}, 0)", "[{z} > 0]")
    from_z = Form(lambda z: np.where(z > 0, z, z.dtype.type(0)), lambda z, _: positive(z))
    from_a = Form(lambda z: np.maximum(z, 0), lambda _, a: positive(a))
    in_complex = staticmethod(lambda z: np.where(z.real > 0, z, 0))
    sup_prime = 1.0
    selects = True
    kinks = (Kink(0.0, left=0.0, right=1.0, agreed=True),)
    asked_at = (0.0, -0.0, SUBNORMAL)
    wrong_sigma = mistakes(
        {
            "the smaller of z and 0": lambda z: np.minimum(z, 0),
            "1 for z > 0": positive,
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1 at 0": lambda z: np.where(z >= 0, z.dtype.type(1), z.dtype.type(0)),
            "-1 below 0": lambda z: positive(z, -1.0),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return lift(np.maximum(z, 0))

    def sigma_prime(self, z: Array) -> Pair:
        return choose(z > 0, 1, 0)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        return np.zeros_like(z), np.zeros_like(z)

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return z if z[0] > 0 else 0 * z

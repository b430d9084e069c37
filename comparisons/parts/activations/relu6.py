"""z, clipped to [0, 6]."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Kink, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import RELU6_END
from crossgrad.reference.parameters import Array


def inside(z: Array) -> Array:
    """1 between the kinks, in the format of z."""
    return np.where((z > 0) & (z < RELU6_END), z.dtype.type(1), z.dtype.type(0))


class Relu6(Elementwise):
    """A choice: nothing is rounded. At both kinks the slope is 0."""

    text = Text("min(max({z}, 0), 6)", "[0 < {z} < 6]")
    from_z = Form(lambda z: np.clip(z, 0, RELU6_END), lambda z, _: inside(z))
    from_a = Form(lambda z: np.minimum(np.maximum(z, 0), RELU6_END), lambda _, a: inside(a))
    in_complex = staticmethod(
        lambda z: np.where(
            abs(z.real - RELU6_END / 2) < RELU6_END / 2, z, np.clip(z.real, 0, RELU6_END)
        )
    )
    sup_prime = 1.0
    selects = True
    kinks = (Kink(0.0, left=0.0, right=1.0), Kink(6.0, left=1.0, right=0.0))
    wrong_sigma = mistakes(
        {
            "no ceiling: relu": lambda z: np.maximum(z, 0),
            "a ceiling of 1": lambda z: np.clip(z, 0, 1),
            "no floor": lambda z: np.minimum(z, RELU6_END),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1 above 6: relu's": lambda z: np.where(z > 0, z.dtype.type(1), z.dtype.type(0)),
            "1 at 6": lambda z: np.where(z == RELU6_END, z.dtype.type(1), inside(z)),
            "1 at 0": lambda z: np.where(z == 0, z.dtype.type(1), inside(z)),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return lift(np.clip(z, 0, RELU6_END))

    def sigma_prime(self, z: Array) -> Pair:
        return choose((z > 0) & (z < RELU6_END), 1, 0)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        return np.zeros_like(z), np.zeros_like(z)

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return z if 0 < z[0] < RELU6_END else 0 * z + (6 if z[0] > 0 else 0)

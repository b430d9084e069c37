"""z, clipped to [-1, 1]."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Kink, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


class Hardtanh(Elementwise):
    """A choice: nothing is rounded. At both kinks the slope is 0."""

    text = Text("min(max({z}, -1), 1)", "[|{z}| < 1]")
    from_z = Form(lambda z: np.clip(z, -1, 1), lambda z, _: inside(z))
    from_a = Form(lambda z: np.clip(z, -1, 1), lambda _, a: inside(a))
    in_complex = staticmethod(lambda z: np.where(abs(z.real) < 1, z, np.clip(z.real, -1, 1)))
    sup_prime = 1.0
    selects = True
    kinks = (Kink(-1.0, left=0.0, right=1.0), Kink(1.0, left=1.0, right=0.0))
    wrong_sigma = mistakes(
        {
            "no floor": lambda z: np.minimum(z, 1),
            "clipped to [-2, 2]": lambda z: np.clip(z, -2, 2),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "1 at the kinks": lambda z: np.where(abs(z) <= 1, z.dtype.type(1), z.dtype.type(0)),
            "1 below -1": lambda z: np.where(z < 1, z.dtype.type(1), z.dtype.type(0)),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return lift(np.clip(z, -1, 1))

    def sigma_prime(self, z: Array) -> Pair:
        return choose(np.abs(z) < 1, 1, 0)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        return np.zeros_like(z), np.zeros_like(z)

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return z if abs(z[0]) < 1 else 0 * z + (1 if z[0] > 0 else -1)


def inside(z: Array) -> Array:
    """1 between the kinks, in the format of z."""
    return np.where(abs(z) < 1, z.dtype.type(1), z.dtype.type(0))

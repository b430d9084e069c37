"""z/6 + ½, clipped to [0, 1]."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, sum_of
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Kink, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import HARD_END
from crossgrad.reference.parameters import Array

#: Where Keras has the kinks of its own, of 0.2 z + ½.
KERAS_END = 2.5


# ------------------------------------------------------------------ as it is programmed
def clipped_first(z: Array) -> Array:
    """As papers have it, by relu6."""
    return np.clip(z + HARD_END, 0, 2 * HARD_END) / 6


def clipped_last(z: Array) -> Array:
    return np.clip(z * z.dtype.type(1 / 6) + z.dtype.type(0.5), 0, 1)


def inside(z: Array) -> Array:
    """1/6 between the kinks, in the format of z."""
    return np.where(abs(z) < HARD_END, z.dtype.type(1 / 6), z.dtype.type(0))


def rises(z: Array, fmt: Format) -> Array:
    """Whether z, or what it is rounded to, is right of the kink at -3."""
    return np.asarray(z > -HARD_END * (1 + 4 * fmt.u))


def error(z: Array, fmt: Format) -> Array:
    """z/6 + ½, or z + 3 over 6: relative to its terms; at 1 the sixth of 6 may be rounded."""
    terms = np.minimum(np.abs(z), HARD_END) / 6 + 0.5
    return np.where(rises(z, fmt), gamma(3, fmt.u) * terms, 0)


def as_beyond(z: Array, fmt: Format) -> Array:
    """Whether z + 3 is rounded to 6, where relu6 has the slope that it has beyond the kink at 3."""
    return np.asarray((z < HARD_END) & (z >= HARD_END - 4 * fmt.u))


class Hardsigmoid(Elementwise):
    """Howard et al., *Searching for MobileNetV3*, 2019. At both kinks the slope is 0."""

    text = Text("min(max({z}/6 + 1/2, 0), 1)", "[|{z}| < 3]/6")
    from_z = Form(clipped_first, lambda z, _: inside(z))
    from_a = Form(clipped_last, lambda z, _: inside(z))
    in_complex = staticmethod(
        lambda z: np.where(abs(z.real) < HARD_END, z / 6 + 0.5, np.where(z.real > 0, 1.0, 0.0))
    )
    scaled_last = True
    sup_prime = 0.1667
    kinks = (Kink(-HARD_END, left=0.0, right=1 / 6), Kink(HARD_END, left=1 / 6, right=0.0))
    wrong_sigma = mistakes(
        {
            "0.2 z + ½, as in Keras": lambda z: np.clip(0.2 * z + 0.5, 0, 1),
            "(z + 1)/2, as in BinaryConnect": lambda z: np.clip((z + 1) / 2, 0, 1),
            "no sixth": lambda z: np.clip(z + HARD_END, 0, 2 * HARD_END),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "0.2 up to ±2.5, as in Keras": lambda z: np.where(
                abs(z) < KERAS_END,
                z.dtype.type(0.2),
                z.dtype.type(0),
            ),
            "1 for 1/6": lambda z: 6 * inside(z),
            "1/6 at the kinks": lambda z: np.where(
                abs(z) <= HARD_END, z.dtype.type(1 / 6), z.dtype.type(0)
            ),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return sum_of(np.clip(z, -HARD_END, HARD_END), np.full_like(z, HARD_END)) / 6

    def sigma_prime(self, z: Array) -> Pair:
        return choose(np.abs(z) < HARD_END, lift(np.ones_like(z)) / 6, 0)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """A sixth is rounded, and may be multiplied by; or is missed, just before the kink."""
        return error(z, fmt), gamma(2, fmt.u) * d + np.where(as_beyond(z, fmt), d, 0)

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return (z + 3) / 6 if abs(z[0]) < HARD_END else 0 * z + (1 if z[0] > 0 else 0)

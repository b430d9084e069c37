"""z times z/6 + ½, which is clipped to [0, 1]."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, sum_of
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations.hardsigmoid import (
    as_beyond,
    clipped_first,
    clipped_last,
    error,
    rises,
)
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Kink, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import HARD_END
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def line(z: Array, _a: Array) -> Array:
    """z/3 + ½ between the kinks."""
    inside = np.clip(z, -HARD_END, HARD_END) / 3 + z.dtype.type(0.5)
    return np.where(abs(z) < HARD_END, inside, (z > 0).astype(z.dtype))


def product_rule(z: Array, _a: Array) -> Array:
    """h + z h′."""
    rise = np.where(abs(z) < HARD_END, z / 6, z.dtype.type(0))
    return clipped_first(z) + rise


class Hardswish(Elementwise):
    """Howard et al., *Searching for MobileNetV3*, 2019. At the kinks the slope is from outside."""

    text = Text("{z}·min(max({z}/6 + 1/2, 0), 1)", "{d}")
    from_z = Form(lambda z: z * clipped_first(z), line)
    from_a = Form(lambda z: z * clipped_last(z), product_rule)
    in_complex = staticmethod(
        lambda z: np.where(abs(z.real) < HARD_END, z * (z / 6 + 0.5), np.where(z.real > 0, z, 0))
    )
    sup_prime = 1.5
    kinks = (Kink(-HARD_END, left=0.0, right=-0.5), Kink(HARD_END, left=1.5, right=1.0))
    wrong_sigma = mistakes(
        {
            "no sixth": lambda z: z * np.clip(z + HARD_END, 0, 2 * HARD_END),
            "no z: hardsigmoid": clipped_first,
            "0.2 z + ½ for z/6 + ½": lambda z: z * np.clip(0.2 * z + 0.5, 0, 1),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "z/6 + ½ for z/3 + ½": clipped_first,
            "no sixth": lambda z: np.where(abs(z) < HARD_END, 6 * line(z, z), line(z, z)),
            "z/3 + ½ everywhere": lambda z: z / 3 + z.dtype.type(0.5),
            "that of the middle at the kinks": lambda z: np.where(
                abs(z) == HARD_END, z / 3 + z.dtype.type(0.5), line(z, z)
            ),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return z * (sum_of(np.clip(z, -HARD_END, HARD_END), np.full_like(z, HARD_END)) / 6)

    def sigma_prime(self, z: Array) -> Pair:
        inside = sum_of(2 * np.clip(z, -HARD_END, HARD_END), np.full_like(z, HARD_END)) / 6
        return choose(np.abs(z) < HARD_END, inside, lift((z > 0).astype(z.dtype)))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """That of the second factor, and of the product; σ′ relative to its terms.

        Just before the kink at 3 the second of them, z/6, may be missed.
        """
        e0 = np.abs(z) * error(z, fmt) + gamma(2, fmt.u) * a
        terms = np.minimum(np.abs(z), HARD_END) / 3 + 0.5
        missed = np.where(as_beyond(z, fmt), np.abs(z) / 6, 0)
        return e0, np.where(rises(z, fmt), gamma(4, fmt.u) * terms, 0) + missed

    def gain(self, z: Array) -> Array:
        """z is a factor of its own between the kinks alone."""
        return np.minimum(np.abs(z), HARD_END)

    def second(self, z: Array, E: Array) -> Array:
        """1/3 between the kinks."""
        return np.where(np.abs(z) - E < HARD_END, 1 / 3, 0.0)

    def truth(self, z: Any, arb: Any) -> Any:
        return z * (z + 3) / 6 if abs(z[0]) < HARD_END else z * (1 if z[0] > 0 else 0)

"""λz for z > 0, else λα (eᶻ - 1)."""

from decimal import Decimal
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.pairs.functions import exp, expm1
from crossgrad.comparisons.arithmetic.pairs.tables import nearest_pair
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Kink, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import SELU_ALPHA, SELU_SCALE
from crossgrad.reference.parameters import Array

#: To more digits than any format has; the slopes from the right and from the left at 0.
SCALE, ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"
RIGHT, LEFT = nearest_pair(Decimal(SCALE)), nearest_pair(Decimal(SCALE) * Decimal(ALPHA))
STEEPEST = float(LEFT.nearest)


# ------------------------------------------------------------------ as it is programmed
def scaled(z: Array) -> Array:
    """λ times elu with α."""
    return SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def multiplied_out(z: Array) -> Array:
    """By the product λα."""
    return np.where(z > 0, SELU_SCALE * z, STEEPEST * np.expm1(np.minimum(z, 0)))


def sloping(z: Array, otherwise: Array) -> Array:
    """λ on the right, in the format of z."""
    return np.where(z > 0, z.dtype.type(SELU_SCALE), otherwise)


class Selu(Elementwise):
    """Klambauer et al., *Self-normalizing neural networks*, 2017. At 0 all take the left slope."""

    text = Text(
        "1.0507009873554805·(max({z}, 0) + 1.6732632423543772·(exp(min({z}, 0)) - 1))",
        "1.0507009873554805·([{z} > 0] + 1.6732632423543772·exp(min({z}, 0))·(1 - [{z} > 0]))",
    )
    from_z = Form(scaled, lambda z, _: sloping(z, STEEPEST * np.exp(np.minimum(z, 0))))
    from_a = Form(multiplied_out, lambda z, a: sloping(z, a + STEEPEST))
    in_complex = staticmethod(
        lambda z: np.where(z.real > 0, SELU_SCALE * z, STEEPEST * np.expm1(z))
    )
    scaled_last = True
    sup_prime = 1.7581
    kinks = (Kink(0.0, left=STEEPEST, right=SELU_SCALE, agreed=True),)
    wrong_sigma = mistakes(
        {
            "no λ above 0": lambda z: np.where(z > 0, z, scaled(z)),
            "no λ below 0": lambda z: np.where(z > 0, scaled(z), scaled(z) / SELU_SCALE),
            "no α": lambda z: np.where(z > 0, scaled(z), scaled(z) / SELU_ALPHA),
            "λ = 1.0507, α = 1.67326": lambda z: np.where(
                z > 0, 1.0507 * z, 1.0507 * 1.67326 * np.expm1(np.minimum(z, 0))
            ),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "no λ above 0": lambda z: np.where(
                z > 0, z.dtype.type(1), STEEPEST * np.exp(np.minimum(z, 0))
            ),
            "no λ below 0": lambda z: sloping(z, SELU_ALPHA * np.exp(np.minimum(z, 0))),
            "no α": lambda z: SELU_SCALE * np.exp(np.minimum(z, 0)),
            "λ = 1.0507, α = 1.67326": lambda z: np.where(
                z > 0, z.dtype.type(1.0507), 1.0507 * 1.67326 * np.exp(np.minimum(z, 0))
            ),
            "a + α for a + λα": lambda z: sloping(z, scaled(z) + SELU_ALPHA),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return choose(z > 0, RIGHT * z, LEFT * expm1(lift(np.minimum(z, 0))))

    def sigma_prime(self, z: Array) -> Pair:
        return choose(z > 0, RIGHT, LEFT * exp(lift(np.minimum(z, 0))))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """λ and α are rounded, and multiplied: four roundings beside the function's.

        σ′ from eᶻ; or from a + λα, which hands on the error of a, and is λα off by three roundings.
        """
        u, kappa = fmt.u, fmt.kappa
        negative = z <= 0
        e = np.where(negative, kappa.expm1 * u + gamma(4, u), gamma(2, u)) * a
        from_a = e + gamma(3, u) * STEEPEST + (kappa.exp * u + gamma(4, u)) * d
        return e, np.where(negative, from_a, u * d)

    def factor(self, z: Array) -> Array:
        """λα, of an eᶻ - 1 that was flushed to zero."""
        return np.where(z <= 0, STEEPEST, 0.0)

    def second(self, z: Array, E: Array) -> Array:
        """λα eᶻ below 0, nothing above."""
        return np.where(z - E > 0, 0.0, STEEPEST * np.exp(np.minimum(z + E, 0)))

    def truth(self, z: Any, arb: Any) -> Any:
        return arb(SCALE) * (z if z[0] > 0 else arb(ALPHA) * (z.exp() - 1))

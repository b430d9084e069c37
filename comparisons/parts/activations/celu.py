"""max(z, 0) + min(0, eᶻ - 1): α (e^{z/α} - 1) for α = 1, which all frameworks take."""

import numpy as np

from crossgrad.comparisons.parts.activations.elu import Elu
from crossgrad.comparisons.parts.activations.protocol import Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


def in_two_parts(z: Array) -> Array:
    """Of which one is 0."""
    return np.maximum(z, 0) + np.minimum(np.expm1(np.minimum(z, 0)), 0)


class Celu(Elu):
    """Barron, *Continuously differentiable exponential linear units*, 2017: elu in two parts."""

    text = Text("max({z}, 0) + min(exp(min({z}, 0)) - 1, 0)", "exp(min({z}, 0))")
    from_z = Form(in_two_parts, lambda z, _: np.exp(np.minimum(z, 0)))
    from_a = Form(in_two_parts, lambda z, a: np.where(z > 0, z.dtype.type(1), a + 1))
    wrong_sigma = mistakes(
        {
            "α = 2": lambda z: np.where(z > 0, z, 2 * np.expm1(z / 2)),
            "α = 2, and of z for z/α, as elu": lambda z: np.where(z > 0, z, 2 * np.expm1(z)),
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "α = 2": lambda z: np.exp(np.minimum(z, 0) / 2),
            "α = 2, as of elu": lambda z: np.where(
                z > 0, z.dtype.type(1), 2 * np.exp(np.minimum(z, 0))
            ),
            "a for a + 1": lambda z: np.where(z > 0, z.dtype.type(1), np.expm1(np.minimum(z, 0))),
        }
    )

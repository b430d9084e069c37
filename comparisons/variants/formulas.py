"""σ and σ′ as they are written elsewhere: from z, and from a as students do."""

import numpy as np

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Form
from crossgrad.comparisons.parts.activations.gelu_tanh import cubic, cubic_prime
from crossgrad.reference.parameters import Array

Formulas = dict[str, Form]
FROM_Z: Formulas = {name: sigma.from_z for name, sigma in ACTIVATIONS.items()}
FROM_A: Formulas = {name: sigma.from_a for name, sigma in ACTIVATIONS.items()}


def gelu_tanh_half_last(z: Array, _a: Array) -> Array:
    """½t + (3c₁z³ + c₀z)/2 · sech² + ½, in that order, as it is found when it is looked up.

    Beyond ±10 all of it is 0 or 1.
    """
    near = np.clip(z, -10, 10)
    cosh = np.cosh(cubic(near))
    return 0.5 * np.tanh(cubic(near)) + 0.5 * near * cubic_prime(near) / cosh**2 + 0.5


#: Of one activation another sum, in whose left tail -½ and ½ meet.
HALF_LAST = FROM_A | {"gelu_tanh": Form(FROM_A["gelu_tanh"].sigma, gelu_tanh_half_last)}

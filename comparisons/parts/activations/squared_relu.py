"""max(z, 0)²."""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.activations.relu import positive
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ as it is programmed
def product_rule(z: Array, _a: Array) -> Array:
    return np.maximum(z, 0) + z * positive(z)


class SquaredRelu(Elementwise):
    """So et al., *Primer: Searching for efficient transformers*, 2021. Its slope has no jump."""

    text = Text("max({z}, 0)·max({z}, 0)", "2·max({z}, 0)")
    from_z = Form(lambda z: np.maximum(z, 0) ** 2, lambda z, _: 2 * np.maximum(z, 0))
    from_a = Form(lambda z: z * np.maximum(z, 0), product_rule)
    in_complex = staticmethod(lambda z: np.where(z.real > 0, z * z, 0))
    wrong_sigma = mistakes(
        {
            "not squared": lambda z: np.maximum(z, 0),
            "z² on the left as well": lambda z: z * z,
            "half of it": lambda z: np.maximum(z, 0) ** 2 / 2,
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "no 2": lambda z: np.maximum(z, 0),
            "relu's": positive,
            "2z on the left as well": lambda z: 2 * z,
        }
    )
    #: A square, which is fused as a last product is.
    scaled_last = True
    sup_prime = np.inf
    degree = 2

    def sigma(self, z: Array) -> Pair:
        r = lift(np.maximum(z, 0))
        return r * r

    def sigma_prime(self, z: Array) -> Pair:
        return lift(2 * np.maximum(z, 0))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """One product; its derivative is exact, of either form."""
        return fmt.u * a, np.zeros_like(z)

    def steepest(self, z: Array, E: Array, d: Array | None = None) -> Errors:
        return 2 * np.maximum(z + E, 0), self.second(z, E)

    def second(self, z: Array, E: Array) -> Array:
        """2 above 0, nothing below."""
        return np.where(z + E > 0, 2.0, 0.0)

    def truth(self, z: Any, arb: Any) -> Any:
        return z * z if z[0] > 0 else 0 * z

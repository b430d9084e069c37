"""σ, σ′ and σ″ in balls: each σ is its textbook formula, and nothing else is written down.

On a power series z + t its coefficients are σ(z), σ′(z) and σ″(z)/2: no derivative of an
activation stands here, so that none can be wrong. Kinks follow the project's conventions. With
the bits that ``balls`` tries, cancellation does no harm: no form shares care, or code, with the
reference's.
"""

from collections.abc import Callable

import numpy as np
from flint import arb, arb_series

from crossgrad.comparisons.truth.balls import sharp


def sigmoid(z: arb_series) -> arb_series:
    """1 / (1 + e⁻ᶻ)."""
    return 1 / (1 + (-z).exp())


def tanh(z: arb_series) -> arb_series:
    """1 - 2 / (1 + e²ᶻ)."""
    return 1 - 2 / (1 + (2 * z).exp())


def softplus(z: arb_series) -> arb_series:
    """log(1 + eᶻ)."""
    return (1 + z.exp()).log()


def gelu_tanh(z: arb_series) -> arb_series:
    """½z (1 + tanh(√(2/π) (z + 0.044715 z³)))."""
    return z * (1 + tanh((2 / arb.pi()).sqrt() * (z + arb("0.044715") * z * z * z))) / 2


def hardtanh(z: arb_series) -> arb_series:
    """z, clipped to [-1, 1]; flat at the kinks."""
    return z if abs(z[0]) < 1 else 0 * z + (1 if z[0] > 0 else -1)


SIGMA: dict[str, Callable[[arb_series], arb_series]] = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": lambda z: z if z[0] > 0 else 0 * z,
    "leaky_relu": lambda z: z if z[0] > 0 else z / 100,
    "elu": lambda z: z if z[0] > 0 else z.exp() - 1,
    "softplus": softplus,
    "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: z * (-z / arb(2).sqrt()).erfc() / 2,
    "gelu_tanh": gelu_tanh,
    "softsign": lambda z: z / (1 + z) if z[0] > 0 else z / (1 - z),
    "log_sigmoid": lambda z: -softplus(-z),
    "mish": lambda z: z * tanh(softplus(z)),
    "hardtanh": hardtanh,
}


# ------------------------------------------------------------------ in the bits that are set
def value(name: str, z: arb) -> arb:
    """σ(z)."""
    return SIGMA[name](arb_series([z], 1))[0]


def value_and_slope(name: str, z: arb) -> tuple[arb, arb]:
    """σ(z) and σ′(z)."""
    series = SIGMA[name](arb_series([z, 1], 2))
    return series[0], series[1]


def derivatives(name: str, z: arb) -> tuple[arb, arb, arb]:
    """σ(z), σ′(z) and σ″(z)."""
    series = SIGMA[name](arb_series([z, 1], 3))
    return series[0], series[1], 2 * series[2]


# ------------------------------------------------------------------ at floats, and sharp
def true_sigma(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """σ and σ′ of an array of floats."""

    def both(number: float) -> tuple[arb, arb]:
        return sharp(lambda: value_and_slope(name, arb(float(number))))

    return np.frompyfunc(both, 1, 2)(z)

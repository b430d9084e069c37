"""How steep σ and σ′ can be near z: L₁ ≥ sup|σ′| and L₂ ≥ sup|σ″| over [z - E, z + E].

The mean value theorem then turns an error E of z into L₁E of σ(z) and L₂E of σ′(z), and nothing
of second order is dropped. L₂ is local, so that it vanishes in the tails as σ″ does: logarithmic
derivatives bound how fast |σ″| can grow over the interval; a global supremum caps it. For the
piecewise linear, L₂ is 0 and a kink within reach is an ambiguity, not a slope: ``kink_jump``.
"""

from collections.abc import Callable

import numpy as np

from crossgrad.reference.activations import (
    ACTIVATIONS,
    GELU_CUBIC,
    LEAKY_SLOPE,
    SQRT_2_OVER_PI,
    TAIL,
    gelu_cubic,
    gelu_cubic_prime,
    normal_density,
    sigmoid,
    sigmoid_prime,
    tanh_softplus,
)
from crossgrad.reference.parameters import Array

#: Global suprema of |σ′|, rounded up; watched on a dense grid by tests/harness/test_suprema.py.
SUP_PRIME = {
    "sigmoid": 0.25,
    "tanh": 1.0,
    "softplus": 1.0,
    "log_sigmoid": 1.0,
    "elu": 1.0,
    "softsign": 1.0,
    "silu": 1.0999,
    "gelu": 1.1290,
    "gelu_tanh": 1.1300,
    "mish": 1.0893,
}
#: E at which the formulas below are capped anyway, which keeps e^E finite. A wider interval is
#: taken around its point nearest to 0, where every σ is steepest or bends most.
WIDEST = 50.0


def suprema(name: str, z: Array, E: Array) -> tuple[Array, Array]:
    """L₁ and L₂ of the named activation; for the piecewise linear L₁ is the steepest piece."""
    if name in KINKS:
        return steepest(name, z, E), np.zeros_like(z)
    z = np.where(E > WIDEST, np.copysign(np.maximum(np.abs(z) - E, 0), z), z)
    E = np.minimum(E, WIDEST)
    d = np.abs(ACTIVATIONS[name].sigma_prime(z))
    L2 = SECOND[name](z, E)
    L1 = np.minimum(d + L2 * E, SUP_PRIME[name])
    growth = {"sigmoid": 1, "softplus": 1, "log_sigmoid": 1, "elu": 1, "tanh": 2}.get(name)
    return (L1 if growth is None else np.minimum(L1, d * np.exp(growth * E))), L2


# ------------------------------------------------------------------ kinks
#: Where σ′ jumps, and from what to what.
KINKS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "identity": (),
    "relu": ((0.0, 0.0, 1.0),),
    "leaky_relu": ((0.0, LEAKY_SLOPE, 1.0),),
    "hardtanh": ((-1.0, 0.0, 1.0), (1.0, 1.0, 0.0)),
}


def steepest(name: str, z: Array, E: Array) -> Array:
    """The largest σ′ that the interval reaches."""
    steep = np.abs(ACTIVATIONS[name].sigma_prime(z))
    for kink, left, right in KINKS[name]:
        steep = np.where(np.abs(z - kink) <= E, max(left, right), steep)
    return steep


def kink_jump(name: str, z: Array, E: Array) -> Array:
    """How much σ′ may differ because a kink lies within E of z; 0 where none does."""
    jump = np.zeros_like(z)
    for kink, left, right in KINKS.get(name, ()):
        jump = np.where(np.abs(z - kink) <= E, abs(right - left), jump)
    return jump


# ------------------------------------------------------------------ second derivatives
def sigmoid_second(z: Array, E: Array) -> Array:
    """σ″ = σ′(1 - 2σ); |σ′| grows by at most e^E, 1 - 2σ by E/2."""
    growing = sigmoid_prime(z) * np.exp(E)
    return np.minimum(growing * (np.abs(1 - 2 * sigmoid(z)) + E / 2), 0.0963)


def tanh_second(z: Array, E: Array) -> Array:
    """-2 t t′; t′ grows by at most e^{2E}, t by E."""
    t_prime = ACTIVATIONS["tanh"].sigma_prime(z) * np.exp(2 * E)
    return np.minimum(2 * t_prime * (np.abs(np.tanh(z)) + E), 0.7699)


def softplus_second(z: Array, E: Array) -> Array:
    """The sigmoid's σ′: grows by at most e^E. Even, so log_sigmoid's too."""
    return np.minimum(sigmoid_prime(z) * np.exp(E), 0.25)


def silu_second(z: Array, E: Array) -> Array:
    """s′ (2 + z (1 - 2s)); 1 - 2s changes by at most E/2."""
    tilt = 1 - 2 * sigmoid(z)
    factor = np.abs(2 + z * tilt) + E * np.abs(tilt) + (np.abs(z) + E) * E / 2
    return np.minimum(sigmoid_prime(z) * np.exp(E) * factor, 0.5)


def gelu_second(z: Array, E: Array) -> Array:
    """φ(z) (2 - z²), φ taken where the interval is nearest to 0."""
    size = np.minimum(np.abs(z), TAIL)
    density = normal_density(np.maximum(size - E, 0))
    return np.minimum(density * (np.abs(2 - size * size) + 2 * size * E + E * E), 0.7979)


def gelu_tanh_second(z: Array, E: Array) -> Array:
    """|σ″| at z and sup|σ‴| ≤ 0.8 times E."""
    size = np.minimum(np.abs(z), TAIL)
    g, g1 = gelu_cubic(size), gelu_cubic_prime(size)
    g2 = SQRT_2_OVER_PI * 6 * GELU_CUBIC * size
    t_prime = 4 * sigmoid_prime(2 * g)
    second = t_prime * (g1 + 0.5 * size * (g2 - 2 * np.tanh(g) * g1 * g1))
    return np.minimum(np.abs(second) + 0.8 * E, 0.80)


def mish_second(z: Array, E: Array) -> Array:
    """2 t′ + z t″ at z, t = tanh(softplus(z)), and sup|σ‴| ≤ 0.6 times E."""
    t, one_minus_square = tanh_softplus(z)
    s = sigmoid(z)
    first = one_minus_square * s
    second = first * (1 - s) - 2 * t * first * s
    return np.minimum(np.abs(2 * first + z * second) + 0.6 * E, 0.65)


def elu_second(z: Array, E: Array) -> Array:
    """eᶻ below 0, nothing above: at most e^{z + E}, at most 1, 0 once the interval is above 0."""
    return np.where(z - E > 0, 0.0, np.exp(np.minimum(z + E, 0)))


def softsign_second(z: Array, E: Array) -> Array:
    """2 / (1 + |z|)³, where the interval is nearest to 0."""
    return 2 / (1 + np.maximum(np.abs(z) - E, 0)) ** 3


SECOND: dict[str, Callable[[Array, Array], Array]] = {
    "sigmoid": sigmoid_second,
    "tanh": tanh_second,
    "softplus": softplus_second,
    "log_sigmoid": softplus_second,
    "silu": silu_second,
    "gelu": gelu_second,
    "gelu_tanh": gelu_tanh_second,
    "mish": mish_second,
    "elu": elu_second,
    "softsign": softsign_second,
}

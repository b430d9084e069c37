"""σ and σ′, and ∇ₐC, written down: a second opinion on what power series give.

In other forms than those of ``comparisons/parts/balls.py`` where there are any. Every σ takes
and gives a ball.
"""

from collections.abc import Callable
from typing import NamedTuple

from flint import arb

#: Of selu.
SCALE, ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"


def heaviside(z: arb, below: arb | int, above: arb | int) -> arb:
    """One of two values; at the kink itself the one below."""
    return arb(above if z > 0 else below)


def sigmoid(z: arb) -> arb:
    """½ (1 + tanh z/2)."""
    return (1 + (z / 2).tanh()) / 2


def sigmoid_prime(z: arb) -> arb:
    """s (1 - s)."""
    return sigmoid(z) * (1 - sigmoid(z))


def tanh_prime(z: arb) -> arb:
    """1 - tanh²."""
    return 1 - z.tanh() * z.tanh()


def softplus(z: arb) -> arb:
    """log(1 + eᶻ), and z + log(1 + e⁻ᶻ) where eᶻ is large."""
    return (1 + z.exp()).log() if z < 1 else z + (1 + (-z).exp()).log()


def silu_prime(z: arb) -> arb:
    return sigmoid(z) + z * sigmoid_prime(z)


def mish_prime(z: arb) -> arb:
    t = softplus(z).tanh()
    return t + z * (1 - t * t) * sigmoid(z)


def normal_cdf(z: arb) -> arb:
    """½ erfc(-z/√2)."""
    return (-z / arb(2).sqrt()).erfc() / 2


def gelu_prime(z: arb) -> arb:
    """Φ(z) + z φ(z)."""
    return normal_cdf(z) + z * (-(z**2) / 2).exp() / (2 * arb.pi()).sqrt()


def cubic(z: arb) -> arb:
    """√(2/π) (z + 0.044715 z³)."""
    return (2 / arb.pi()).sqrt() * (z + arb("0.044715") * z**3)


def gelu_tanh(z: arb) -> arb:
    """½z (1 + tanh u)."""
    return z * (1 + cubic(z).tanh()) / 2


def gelu_tanh_prime(z: arb) -> arb:
    """½ (1 + tanh u) + ½z (1 - tanh² u) u′."""
    t = cubic(z).tanh()
    slope = (2 / arb.pi()).sqrt() * (1 + 3 * arb("0.044715") * z**2)
    return (1 + t) / 2 + z * (1 - t * t) * slope / 2


def hardsigmoid(z: arb) -> arb:
    """0, a line, 1."""
    return arb(0) if z <= -3 else arb(1) if z >= 3 else arb(1) / 2 + z / 6


def hardswish_prime(z: arb) -> arb:
    return hardsigmoid(z) + z * heaviside(3 - abs(z), 0, 1) / 6


class Textbook(NamedTuple):
    """σ and σ′."""

    sigma: Callable[[arb], arb]
    sigma_prime: Callable[[arb], arb]


ACTIVATION = {
    "identity": Textbook(lambda z: z, lambda z: z**0),
    "sigmoid": Textbook(sigmoid, sigmoid_prime),
    "tanh": Textbook(arb.tanh, tanh_prime),
    "relu": Textbook(lambda z: z * heaviside(z, 0, 1), lambda z: heaviside(z, 0, 1)),
    "leaky_relu": Textbook(lambda z: z / heaviside(z, 100, 1), lambda z: 1 / heaviside(z, 100, 1)),
    "elu": Textbook(
        lambda z: z if z > 0 else z.exp() - 1,
        lambda z: arb(1) if z > 0 else z.exp(),
    ),
    "softplus": Textbook(softplus, sigmoid),
    "silu": Textbook(lambda z: z * sigmoid(z), silu_prime),
    "gelu": Textbook(lambda z: z * normal_cdf(z), gelu_prime),
    "gelu_tanh": Textbook(gelu_tanh, gelu_tanh_prime),
    "softsign": Textbook(
        lambda z: z / (1 + abs(z)),
        lambda z: 1 / (1 + abs(z)) ** 2,
    ),
    "log_sigmoid": Textbook(lambda z: -softplus(-z), lambda z: sigmoid(-z)),
    "mish": Textbook(lambda z: z * softplus(z).tanh(), mish_prime),
    "hardtanh": Textbook(
        lambda z: z if abs(z) < 1 else z / abs(z),
        lambda z: heaviside(1 - abs(z), 0, 1),
    ),
    "relu6": Textbook(
        lambda z: (abs(z) - abs(z - 6)) / 2 + 3,
        lambda z: heaviside(z, 0, 1) * heaviside(6 - z, 0, 1),
    ),
    "hardsigmoid": Textbook(hardsigmoid, lambda z: heaviside(3 - abs(z), 0, 1) / 6),
    "hardswish": Textbook(lambda z: z * hardsigmoid(z), hardswish_prime),
    "selu": Textbook(
        lambda z: arb(SCALE) * (z if z > 0 else arb(ALPHA) * z.expm1()),
        lambda z: arb(SCALE) * (arb(1) if z > 0 else arb(ALPHA) * z.exp()),
    ),
    "celu": Textbook(
        lambda z: z if z > 0 else z.expm1(),
        lambda z: arb(1) if z > 0 else z.exp(),
    ),
    "quick_gelu": Textbook(
        lambda z: z * sigmoid(arb("1.702") * z),
        lambda z: silu_prime(arb("1.702") * z),
    ),
}


# ------------------------------------------------------------------ ∂C/∂a_j of one sample
def softmax(a: list[arb], j: int) -> arb:
    """e^{a_j} / Σ e^{a_k}."""
    return a[j].exp() / sum((x.exp() for x in a), arb(0))


COST_SLOPE: dict[str, Callable[[list[arb], list[arb], int], arb]] = {
    "quadratic": lambda a, y, j: a[j] - y[j],
    "mse": lambda a, y, j: 2 * (a[j] - y[j]) / len(a),
    "binary_cross_entropy": lambda a, y, j: (1 - y[j]) / (1 - a[j]) - y[j] / a[j],
    "sigmoid_cross_entropy": lambda a, y, j: sigmoid(a[j]) - y[j],
    "softmax_cross_entropy": lambda a, y, j: softmax(a, j) - y[j],
    "huber": lambda a, y, j: (abs(a[j] - y[j] + 1) - abs(a[j] - y[j] - 1)) / 2 / len(a),
    "smooth_l1": lambda a, y, j: (abs(a[j] - y[j] + 1) - abs(a[j] - y[j] - 1)) / 2 / len(a),
}

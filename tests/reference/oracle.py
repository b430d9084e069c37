"""The truth, from python-flint's ball arithmetic: textbook definitions, in thousands of bits.

With that many bits cancellation does no harm, so every σ and σ′ stands here as a textbook has
it, and shares neither form nor code with the reference. A ball carries its own error bound;
``truth`` refuses one that is not sharp.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from flint import arb, ctx

from comparisons.rounding import Format

#: 1 - tanh² 750 needs 2164 bits to have a first digit; beyond 750 every tail is below 2⁻¹⁰⁷⁴.
BITS = 2600
#: erfc and the density keep their digits; gelu_tanh multiplies a tail of 2⁻ᵇ by z³ < 2³⁰⁷².
BITS_GELU, BITS_GELU_TANH = 512, 4400
#: A truth is known within this, relative or absolute: far below half of every subnormal.
SHARP_RELATIVE, SHARP_ABSOLUTE = arb(2) ** -110, arb(2) ** -1200


def truth(f: Callable[[arb], arb], zs: Iterable[float], bits: int = BITS) -> np.ndarray:
    """f(z) for each z as two rows of float64, whose sum is the truth to 106 bits."""
    with ctx.workprec(bits):
        pairs = [split(f(arb(float(z)))) for z in zs]
    return np.array(pairs).reshape(-1, 2).T


def split(ball: arb) -> tuple[float, float]:
    """The nearest float64, and what is left of the ball's middle."""
    assert ball.rad() <= SHARP_RELATIVE * abs(ball.mid()) + SHARP_ABSOLUTE, f"vague: {ball}"
    high = float(ball.mid())
    return high, float((ball.mid() - arb(high)).mid())


def distance(computed: np.ndarray, true: np.ndarray) -> np.ndarray:
    """|computed - truth|: the first difference is exact where the two are close."""
    return np.abs((computed.astype(np.float64).ravel() - true[0]) - true[1])


# ------------------------------------------------------------------ grids
def grid(fmt: Format, points: int = 400) -> np.ndarray:
    """Floats of a format: both zeros, both ends, subnormal, powers, kinks, and a dense middle."""
    info = np.finfo(fmt.name)
    ends = [info.max, info.tiny, info.smallest_subnormal, info.tiny / 4, 1, 6, 19, 20, 37, 88, 700]
    with np.errstate(all="ignore"):
        powers = 10.0 ** np.arange(info.minexp // 3.4, info.maxexp // 3.4)
        kinks = np.nextafter(fmt_array([1, 1], fmt), fmt_array([0, 2], fmt))
        sweeps = [np.linspace(0, end, points) for end in (2, 12, 45, 110, 760)]
        positive = np.concatenate([fmt_array(part, fmt) for part in (ends, powers, *sweeps)])
    positive = np.concatenate([positive, kinks])
    return np.concatenate([-positive, positive])


def fmt_array(values: Iterable[float], fmt: Format) -> np.ndarray:
    """The values, rounded to the format."""
    return np.asarray(values, dtype=fmt.name)


# ------------------------------------------------------------------ σ and σ′
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
    """log(1 + eᶻ), and z + log(1 + e⁻ᶻ) where eᶻ would overflow."""
    return (1 + z.exp()).log() if z < 1 else z + (1 + (-z).exp()).log()


def silu_prime(z: arb) -> arb:
    """The product rule."""
    return sigmoid(z) + z * sigmoid_prime(z)


def mish_prime(z: arb) -> arb:
    """The product and the chain rule."""
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


class Truth(NamedTuple):
    """σ and σ′, and the bits that they are to be computed with."""

    sigma: Callable[[arb], arb]
    sigma_prime: Callable[[arb], arb]
    bits: int = BITS


TRUTHS = {
    "identity": Truth(lambda z: z, lambda z: z**0),
    "sigmoid": Truth(sigmoid, sigmoid_prime),
    "tanh": Truth(arb.tanh, tanh_prime),
    "relu": Truth(lambda z: z * heaviside(z, 0, 1), lambda z: heaviside(z, 0, 1)),
    "leaky_relu": Truth(lambda z: z / heaviside(z, 100, 1), lambda z: 1 / heaviside(z, 100, 1)),
    "elu": Truth(
        lambda z: z if z > 0 else z.exp() - 1,
        lambda z: arb(1) if z > 0 else z.exp(),
    ),
    "softplus": Truth(softplus, sigmoid),
    "silu": Truth(lambda z: z * sigmoid(z), silu_prime),
    "gelu": Truth(lambda z: z * normal_cdf(z), gelu_prime, BITS_GELU),
    "gelu_tanh": Truth(gelu_tanh, gelu_tanh_prime, BITS_GELU_TANH),
    "softsign": Truth(
        lambda z: z / (1 + abs(z)),
        lambda z: 1 / (1 + abs(z)) ** 2,
    ),
    "log_sigmoid": Truth(lambda z: -softplus(-z), lambda z: sigmoid(-z)),
    "mish": Truth(lambda z: z * softplus(z).tanh(), mish_prime),
    "hardtanh": Truth(
        lambda z: z if abs(z) < 1 else z / abs(z),
        lambda z: heaviside(1 - abs(z), 0, 1),
    ),
}


# ------------------------------------------------------------------ costs and their gradients
class CostTruth(NamedTuple):
    """One sample's cost, before the mean over samples, and its derivative by output j."""

    cost: Callable[[list[arb], list[arb]], arb]
    slope: Callable[[list[arb], list[arb], int], arb]


def total(terms: Iterable[arb]) -> arb:
    """The sum of balls."""
    return sum(terms, arb(0))


def log_softmax(a: list[arb], j: int) -> arb:
    """a_j - log Σ e^{a_k}."""
    return a[j] - total(x.exp() for x in a).log()


COST_TRUTHS = {
    "quadratic": CostTruth(
        lambda a, y: total((p - q) ** 2 for p, q in zip(a, y, strict=True)) / 2,
        lambda a, y, j: a[j] - y[j],
    ),
    "mse": CostTruth(
        lambda a, y: total((p - q) ** 2 for p, q in zip(a, y, strict=True)) / len(a),
        lambda a, y, j: 2 * (a[j] - y[j]) / len(a),
    ),
    "binary_cross_entropy": CostTruth(
        lambda a, y: (
            -total(q * p.log() + (1 - q) * (1 - p).log() for p, q in zip(a, y, strict=True))
        ),
        lambda a, y, j: (1 - y[j]) / (1 - a[j]) - y[j] / a[j],
    ),
    "sigmoid_cross_entropy": CostTruth(
        lambda a, y: total(softplus(p) - q * p for p, q in zip(a, y, strict=True)),
        lambda a, y, j: sigmoid(a[j]) - y[j],
    ),
    "softmax_cross_entropy": CostTruth(
        lambda a, y: -total(q * log_softmax(a, j) for j, q in enumerate(y)),
        lambda a, y, j: log_softmax(a, j).exp() - y[j],
    ),
}


def mean_cost(name: str, a: list[list[arb]], y: list[list[arb]]) -> arb:
    """The cost of a batch: the mean over its samples, each a list of outputs."""
    return total(COST_TRUTHS[name].cost(p, q) for p, q in zip(a, y, strict=True)) / len(a)

"""σ and σ′ as pairs, from their definitions: what a backend is held to where float64 is judged.

Nothing here is the reference's. No exponential is of a positive number, so that none overflows;
what would cancel is taken by expm1 or log1p. At a kink the derivative is that from the left for
relu and leaky_relu, and 0 for hardtanh. Where a function has reached its limit, z is clipped
before it is doubled, squared or cubed.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.pairs import Operand, Pair, choose, lift
from crossgrad.comparisons.pairs.functions import exp, expm1, log1p, normal_cdf, normal_density
from crossgrad.comparisons.pairs.remembered import remembered
from crossgrad.comparisons.pairs.tables import CUBIC, LINEAR, SLOPE, TAIL
from crossgrad.reference.parameters import Array

#: 1 - tanh is below 2⁻¹⁰⁷⁵ there, and 2|z| still finite.
LIMIT = 400.0
#: Left of it Φ is below 2⁻⁵⁰, and is judged by what it is: 2⁻⁶⁵ is too much.
SMALL_CDF = -8.0


# ------------------------------------------------------------------ the logistic family
@remembered
def decay(z: Operand) -> Pair:
    """e^{-|z|}."""
    return exp(-abs(lift(z)))


def sigmoid(z: Operand) -> Pair:
    """1 / (1 + e⁻ᶻ) = eᶻ / (1 + eᶻ)."""
    return sigmoid_by(decay(z), lift(z).hi < 0)


def sigmoid_by(e: Pair, negative: Array) -> Pair:
    """The same, by e^{-|z|}."""
    return choose(negative, e, 1) / (1 + e)


def sigmoid_prime(z: Operand) -> Pair:
    """e⁻ᶻ / (1 + e⁻ᶻ)², which is even."""
    return sigmoid_prime_by(decay(z))


def sigmoid_prime_by(e: Pair) -> Pair:
    """The same, by e^{-|z|}."""
    rise = 1 + e
    return e / (rise * rise)


def tanh(z: Array) -> Pair:
    """(1 - e^{-2|z|}) / (1 + e^{-2|z|}), with the sign of z."""
    fall = expm1(lift(-2 * np.minimum(np.abs(z), LIMIT)))
    t = -fall / (2 + fall)
    return choose(z < 0, -t, t)


def tanh_prime(z: Array) -> Pair:
    """1 / cosh² z = 4 sigmoid′(2z)."""
    return 4 * sigmoid_prime(2 * np.clip(z, -LIMIT, LIMIT))


def softplus(z: Array) -> Pair:
    """log(1 + eᶻ) = max(z, 0) + log(1 + e^{-|z|})."""
    return softplus_by(decay(z), z)


def softplus_by(e: Pair, z: Array) -> Pair:
    """The same, by e^{-|z|}."""
    return lift(np.maximum(z, 0)) + log1p(e)


def silu_prime(z: Array) -> Pair:
    """s + z s′."""
    e = decay(z)
    return sigmoid_by(e, z < 0) + z * sigmoid_prime_by(e)


def tanh_softplus(e: Pair, positive: Array) -> tuple[Pair, Pair]:
    """t = ((1 + eᶻ)² - 1) / ((1 + eᶻ)² + 1) and 1 - t², over e²ᶻ where z > 0; by e^{-|z|}."""
    rise = choose(positive, 1 + 2 * e, e * (e + 2))
    rest = choose(positive, 2 * (e * e), 2)
    both = rise + rest
    t = rise / both
    return t, rest / both * (1 + t)


def mish(z: Array) -> Pair:
    """z tanh(softplus(z))."""
    return z * tanh_softplus(decay(z), z > 0)[0]


def mish_prime(z: Array) -> Pair:
    """t + z (1 - t²) s: the product and the chain rule."""
    e = decay(z)
    t, one_minus_square = tanh_softplus(e, z > 0)
    return t + z * (one_minus_square * sigmoid_by(e, z < 0))


# ------------------------------------------------------------------ the others
def elu(z: Array) -> Pair:
    """z for z > 0, else eᶻ - 1."""
    return choose(z > 0, z, expm1(lift(np.minimum(z, 0))))


def elu_prime(z: Array) -> Pair:
    """1 for z > 0, else eᶻ."""
    return choose(z > 0, 1, exp(lift(np.minimum(z, 0))))


def softsign(z: Array) -> Pair:
    """z / (1 + |z|)."""
    return z / (1 + lift(np.abs(z)))


def softsign_prime(z: Array) -> Pair:
    """1 / (1 + |z|)²; the square of the quotient does not overflow."""
    q = 1 / (1 + lift(np.abs(z)))
    return q * q


@remembered
def cdf(z: Array) -> Pair:
    """Φ(z); where it is small, and erf has no digit of it, from erfc in float64."""
    tail = z < SMALL_CDF
    small = np.zeros_like(z)
    small[tail] = [0.5 * math.erfc(-x * math.sqrt(0.5)) for x in z[tail].tolist()]
    return choose(tail, small, normal_cdf(z))


def gelu(z: Array) -> Pair:
    """z Φ(z)."""
    return z * cdf(z)


def gelu_prime(z: Array) -> Pair:
    """Φ(z) + z φ(z)."""
    return cdf(z) + z * normal_density(z)


@remembered
def twice_cubic(z: Array) -> tuple[Pair, Pair, Pair]:
    """2u = 2√(2/π) (z + 0.044715 z³), its derivative, and e^{-2|u|}."""
    clipped = lift(np.clip(z, -TAIL, TAIL))
    square = CUBIC * (clipped * clipped)
    twice_u = clipped * (LINEAR + square)
    return twice_u, LINEAR + 3 * square, decay(twice_u)


def gelu_tanh(z: Array) -> Pair:
    """½z (1 + tanh u) = z sigmoid(2u)."""
    twice_u, _, e = twice_cubic(z)
    return z * sigmoid_by(e, twice_u.hi < 0)


def gelu_tanh_prime(z: Array) -> Pair:
    """S + z S′ 2u′, S = sigmoid(2u)."""
    twice_u, slope, e = twice_cubic(z)
    return sigmoid_by(e, twice_u.hi < 0) + z * (sigmoid_prime_by(e) * slope)


class Functions(NamedTuple):
    """σ and σ′."""

    sigma: Callable[[Array], Pair]
    sigma_prime: Callable[[Array], Pair]


ACTIVATIONS = {
    "identity": Functions(lift, lambda z: lift(np.ones_like(z))),
    "sigmoid": Functions(sigmoid, sigmoid_prime),
    "tanh": Functions(tanh, tanh_prime),
    "relu": Functions(lambda z: lift(np.maximum(z, 0)), lambda z: choose(z > 0, 1, 0)),
    "leaky_relu": Functions(
        lambda z: choose(z > 0, z, SLOPE * z), lambda z: choose(z > 0, 1, SLOPE)
    ),
    "elu": Functions(elu, elu_prime),
    "softplus": Functions(softplus, sigmoid),
    "silu": Functions(lambda z: z * sigmoid(z), silu_prime),
    "gelu": Functions(gelu, gelu_prime),
    "gelu_tanh": Functions(gelu_tanh, gelu_tanh_prime),
    "softsign": Functions(softsign, softsign_prime),
    "log_sigmoid": Functions(
        lambda z: -softplus_by(decay(z), -z), lambda z: sigmoid_by(decay(z), z > 0)
    ),
    "mish": Functions(mish, mish_prime),
    "hardtanh": Functions(lambda z: lift(np.clip(z, -1, 1)), lambda z: choose(np.abs(z) < 1, 1, 0)),
}

"""The logistic family as pairs: sigmoid, softplus, the tanh of softplus, by e^{-|z|}; and softmax.

No exponential is of a positive number, so that none overflows.
"""

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Operand, Pair, choose, lift, sum_of, total
from crossgrad.comparisons.arithmetic.pairs.cache import remembered
from crossgrad.comparisons.arithmetic.pairs.functions import exp, log1p
from crossgrad.reference.parameters import Array


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


def softplus(z: Array) -> Pair:
    """log(1 + eᶻ) = max(z, 0) + log(1 + e^{-|z|})."""
    return softplus_by(decay(z), z)


def softplus_by(e: Pair, z: Array) -> Pair:
    """The same, by e^{-|z|}."""
    return lift(np.maximum(z, 0)) + log1p(e)


def tanh_softplus(e: Pair, positive: Array) -> tuple[Pair, Pair]:
    """t = ((1 + eᶻ)² - 1) / ((1 + eᶻ)² + 1) and 1 - t², over e²ᶻ where z > 0; by e^{-|z|}."""
    rise = choose(positive, 1 + 2 * e, e * (e + 2))
    rest = choose(positive, 2 * (e * e), 2)
    both = rise + rest
    t = rise / both
    return t, rest / both * (1 + t)


def softmax(a: Array) -> tuple[Pair, Pair, Pair]:
    """s = max a - a, e^{-s}, and its sum over the outputs, the rows of a."""
    s = sum_of(a.max(axis=-2, keepdims=True), -a)
    e = exp(-s)
    sums = total(e.map(lambda part: part.mT))
    return s, e, sums.map(lambda part: part[..., None, :])

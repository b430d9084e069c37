"""What scikit-learn follows in place of a cost; ``met_in_others`` says why."""

from math import ceil

import numpy as np

from crossgrad.comparisons.pairs import Pair, choose, lift, logistic, mean, sum_of
from crossgrad.comparisons.pairs.functions import log, log1p
from crossgrad.comparisons.pairs.tables import LN2
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.rounding import CHECKER, Format
from crossgrad.comparisons.softmax_errors import softmax_error
from crossgrad.reference.activations import sigmoid
from crossgrad.reference.costs import softmax
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ scikit-learn: mse
def per_output() -> Cost:
    """The gradient of a sum over outputs, where the loss has their mean."""
    usual = COSTS["mse"]

    def gradient(a: Array, y: Array) -> Pair:
        return usual.gradient(a, y) * float(a.shape[-2])

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return usual.gradient_error(a, y, fmt) * a.shape[-2]

    return usual.replaced(gradient=gradient, gradient_error=error)


def times_outputs(low: Array, _high: Array, _fmt: Format) -> tuple[Array, Array]:
    """Larger by n - 1 of itself."""
    return np.zeros_like(low), np.full_like(low, low.shape[-2] - 1)


# ------------------------------------------------------------------ scikit-learn: log losses
def clipped(cost: str, fmt: Format) -> Cost:
    """Probabilities within ε = 2u of 0 and 1 are taken as ε and 1 - ε."""
    bits = -float(np.log2(2 * fmt.u))
    terms, error = {
        "sigmoid_cross_entropy": (sigmoid_terms, sigmoid_spread),
        "softmax_cross_entropy": (softmax_terms, softmax_spread),
    }[cost]
    usual = COSTS[cost]

    def value(a: Array, y: Array) -> Pair:
        return mean(terms(a, y, bits))

    def value_error(a: Array, y: Array, fmt: Format) -> Array:
        count = a.shape[-2] * a.shape[-1]
        rounded = fmt.relative(count, ceil(fmt.kappa.log) + 4) * value(a, y).nearest
        spread = error(a, y, fmt).sum(axis=(-2, -1)) / a.shape[-1]
        return rounded + (1 + fmt.relative(count, 4)) * spread + fmt.omega * (2 * count + 2)

    return usual.replaced(value=value, value_error=value_error)


def within(lost: Pair, bits: float) -> Pair:
    """-log p of a p that is clipped: at least -log(1 - ε), at most -log ε."""
    least, most = -log1p(lift(np.full_like(lost.hi, -(2.0**-bits)))), LN2 * bits
    lost = choose(lost.nearest < least.nearest, least, lost)
    return choose(lost.nearest > most.nearest, most, lost)


def sigmoid_terms(a: Array, y: Array, bits: float) -> Pair:
    """-y log p - (1 - y) log(1 - p)."""
    return y * within(logistic.softplus(-a), bits) + sum_of(1.0, -y) * within(
        logistic.softplus(a), bits
    )


def softmax_terms(a: Array, y: Array, bits: float) -> Pair:
    """-y log p."""
    s, _, sums = logistic.softmax(a)
    return y * within(s + log(sums), bits)


def sigmoid_spread(a: Array, y: Array, fmt: Format) -> Array:
    """Of p, κ of it; of 1 - p, which is taken from p, the same, and a rounding."""
    p, q = sigmoid(a), sigmoid(-a)
    error = fmt.kappa.sigmoid * (fmt.u + CHECKER.u) * p
    rounded = error + fmt.u * (q + error)
    return y * spread(p, error, fmt) + (1 - y) * spread(q, rounded, fmt)


def softmax_spread(a: Array, y: Array, fmt: Format) -> Array:
    """Of p."""
    error = softmax_error(a, fmt) + softmax_error(a, CHECKER) + 2 * fmt.omega
    return y * spread(softmax(a), error, fmt)


def spread(p: Array, error: Array, fmt: Format) -> Array:
    """How far log p may move if p does by so much, both clipped: log rises, so do both ends."""
    low, here, high = (np.clip(q, 2 * fmt.u, 1 - 2 * fmt.u) for q in (p - error, p, p + error))
    return np.maximum(np.log(here / low), np.log(high / here))

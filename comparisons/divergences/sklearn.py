"""The divergences of scikit-learn."""

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, logistic, mean, sum_of
from crossgrad.comparisons.arithmetic.pairs.functions import log, log1p
from crossgrad.comparisons.arithmetic.pairs.tables import LN2
from crossgrad.comparisons.arithmetic.rounding import CHECKER, FORMATS, Format
from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.softmax_errors import softmax_error
from crossgrad.reference.activations import sigmoid, softmax
from crossgrad.reference.parameters import Array

divergence = partial(Divergence, backend="sklearn", seen=("1.9.1",))


# ------------------------------------------------------------------ mse
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


# ------------------------------------------------------------------ log losses
class Loss(NamedTuple):
    """A cost, its terms, of -log ε in bits, what they err by, a call of it, and networks."""

    cost: Cost
    terms: Callable[[Array, Array, float], Pair]
    error: Callable[[Array, Array, Format], Array]
    call: str
    scenario: str


def clipped(loss: Loss, fmt: Format) -> Cost:
    """Probabilities within ε = 2u of 0 and 1 are taken as ε and 1 - ε."""
    bits = -float(np.log2(2 * fmt.u))

    def value(a: Array, y: Array) -> Pair:
        return mean(loss.terms(a, y, bits))

    def value_error(a: Array, y: Array, fmt: Format) -> Array:
        count = a.shape[-2] * a.shape[-1]
        rounded = fmt.relative(count, ceil(fmt.kappa.log) + 4) * value(a, y).nearest
        spread = loss.error(a, y, fmt).sum(axis=(-2, -1)) / a.shape[-1]
        return rounded + (1 + fmt.relative(count, 4)) * spread + fmt.omega * (2 * count + 2)

    return loss.cost.replaced(value=value, value_error=value_error)


def clip(loss: Loss, dtype: str, p: str, right: str) -> Divergence:
    """The loss of a probability that is clipped, to what its format has."""
    call = loss.call.format(p=p, dtype=dtype)
    return divergence(
        name=f"sklearn-{loss.cost.name.partition('_')[0]}-clip-{dtype}",
        checks=("cost",),
        dtypes=(dtype,),
        place="the likely class has a probability near 0, or near 1",
        part=clipped(loss, FORMATS[dtype]),
        reason="probabilities are clipped to [ε, 1 - ε], ε = 2u, before their logarithm is taken",
        scenario=loss.scenario.format(dtype=dtype),
        reproduction=f"""
from sklearn.neural_network._base import {call.partition("(")[0]}
import numpy as np
print(f"{{{call}:.3g}}", "{right}")
""",
    )


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
    s, _, sums = logistic.softmax(a)
    return y * within(s + log(sums), bits)


def sigmoid_spread(a: Array, y: Array, fmt: Format) -> Array:
    """Of p, κ of it; of 1 - p, which is taken from p, the same, and a rounding."""
    p, q = sigmoid(a), sigmoid(-a)
    error = fmt.kappa.sigmoid * (fmt.u + CHECKER.u) * p
    rounded = error + fmt.u * (q + error)
    return y * spread(p, error, fmt) + (1 - y) * spread(q, rounded, fmt)


def softmax_spread(a: Array, y: Array, fmt: Format) -> Array:
    error = softmax_error(a, fmt) + softmax_error(a, CHECKER) + 2 * fmt.omega
    return y * spread(softmax(a), error, fmt)


def spread(p: Array, error: Array, fmt: Format) -> Array:
    """How far log p may move if p does by so much, both clipped: log rises, so do both ends."""
    low, here, high = (np.clip(q, 2 * fmt.u, 1 - 2 * fmt.u) for q in (p - error, p, p + error))
    return np.maximum(np.log(here / low), np.log(high / here))


# ------------------------------------------------------------------ the entries
SIGMOID = Loss(
    COSTS["sigmoid_cross_entropy"],
    sigmoid_terms,
    sigmoid_spread,
    "binary_log_loss(np.ones((1, 1)), np.full((1, 1), {p}, '{dtype}'))",
    "3x4x1-relu,identity-sigmoid_cross_entropy-{dtype}-m8-s4",
)
SOFTMAX = Loss(
    COSTS["softmax_cross_entropy"],
    softmax_terms,
    softmax_spread,
    "log_loss(np.array([[1, 0]]), np.array([[{p}, 1]], '{dtype}'))",
    "4x3-identity-softmax_cross_entropy-{dtype}-m7-s3",
)
DIVERGENCES = (
    divergence(
        name="sklearn-mse-outputs",
        checks=("BP1",),
        dtypes=("float64", "float32"),
        place="any outputs, if there are several",
        at=3.0,
        part=per_output(),
        deviation=times_outputs,
        reason="the gradient is that of a sum over the outputs, where the loss has their mean",
        link="https://github.com/scikit-learn/scikit-learn/issues/8349",
        scenario="2x3-identity-mse-float64-m4-s1",
        reproduction="""
from sklearn.neural_network import MLPRegressor
net = MLPRegressor(hidden_layer_sizes=(), solver="sgd", learning_rate_init=1, momentum=0, alpha=0)
net.partial_fit([[0.0]], y := [[3.0, 3.0, 3.0]]).intercepts_[0][:] = 0
net.partial_fit([[0.0]], y)  # a step along the gradient, from 0
print(f"{net.intercepts_[0][0]:.2g}", "1")
""",
    ),
    clip(SIGMOID, "float64", "1e-50", "115"),
    clip(SIGMOID, "float32", "1e-30", "69.1"),
    clip(SOFTMAX, "float64", "1e-50", "115"),
    clip(SOFTMAX, "float32", "1e-30", "69.1"),
)

"""The truth about small networks, from python-flint's ball arithmetic: every digit is known.

Independent of the reference: each σ is its textbook formula on a power series of balls, whose
coefficients are σ, σ′ and σ″/2, so that no derivative of an activation is written down. Arrays
are NumPy object arrays of balls, columns are samples. Kinks follow the project's conventions.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from flint import arb, arb_series, ctx

from comparisons.problem import Problem

#: What is left of 1 - tanh, or of eᶻ - 1, near the smallest float64 has 1074 bits less.
BITS = 1400
balls = np.frompyfunc(lambda v: arb(float(v)), 1, 1)


# ------------------------------------------------------------------ σ on a power series
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
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "tanh": tanh,
    "relu": lambda z: z if z[0] > 0 else 0 * z,
    "leaky_relu": lambda z: z if z[0] > 0 else z / 100,
    "elu": lambda z: z if z[0] > 0 else z.exp() - 1,
    "softplus": softplus,
    "silu": lambda z: z / (1 + (-z).exp()),
    "gelu": lambda z: z * (-z / arb(2).sqrt()).erfc() / 2,
    "gelu_tanh": gelu_tanh,
    "softsign": lambda z: z / (1 + z) if z[0] > 0 else z / (1 - z),
    "log_sigmoid": lambda z: -softplus(-z),
    "mish": lambda z: z * tanh(softplus(z)),
    "hardtanh": hardtanh,
}


def derivatives(name: str, z: arb) -> tuple[arb, arb, arb]:
    """σ(z), σ′(z) and σ″(z)."""
    series = SIGMA[name](arb_series([z, 1], 3))
    return series[0], series[1], 2 * series[2]


def value_and_slope(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """σ and σ′ of an array of balls."""

    def both(ball: arb) -> tuple[arb, arb]:
        series = SIGMA[name](arb_series([ball, 1], 2))
        return series[0], series[1]

    return np.frompyfunc(both, 1, 2)(z)


# ------------------------------------------------------------------ costs: C and ∇ₐC
log = np.frompyfunc(arb.log, 1, 1)
exp = np.frompyfunc(arb.exp, 1, 1)


def quadratic(a: np.ndarray, y: np.ndarray) -> tuple[arb, np.ndarray]:
    """½‖a - y‖², mean over the batch."""
    m = a.shape[1]
    return ((a - y) ** 2).sum() / (2 * m), (a - y) / m


def mse(a: np.ndarray, y: np.ndarray) -> tuple[arb, np.ndarray]:
    """(a - y)², mean over batch and outputs."""
    return ((a - y) ** 2).sum() / a.size, 2 * (a - y) / a.size


def binary_cross_entropy(a: np.ndarray, y: np.ndarray) -> tuple[arb, np.ndarray]:
    """-y log a - (1 - y) log(1 - a), mean over the batch."""
    m = a.shape[1]
    return -(y * log(a) + (1 - y) * log(1 - a)).sum() / m, ((1 - y) / (1 - a) - y / a) / m


def sigmoid_cross_entropy(a: np.ndarray, y: np.ndarray) -> tuple[arb, np.ndarray]:
    """log(1 + eᵃ) - ya, mean over the batch."""
    m = a.shape[1]
    return (log(1 + exp(a)) - y * a).sum() / m, (1 / (1 + exp(-a)) - y) / m


def softmax_cross_entropy(a: np.ndarray, y: np.ndarray) -> tuple[arb, np.ndarray]:
    """Σ y (log Σeᵃ - a), mean over the batch."""
    m, total = a.shape[1], exp(a).sum(axis=0, keepdims=True)
    return (y * (log(total) - a)).sum() / m, (exp(a) / total - y) / m


COST = {
    f.__name__: f
    for f in (quadratic, mse, binary_cross_entropy, sigmoid_cross_entropy, softmax_cross_entropy)
}


def cost_gradient(cost: str, a: np.ndarray, off: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∇ₐC of the activations a + off."""
    with ctx.workprec(BITS):
        return COST[cost](balls(a) + balls(off), balls(y))[1]


# ------------------------------------------------------------------ networks
class Truth(NamedTuple):
    """C, and ∂C/∂W and ∂C/∂b layer by layer."""

    cost: arb
    dW: list[np.ndarray]
    db: list[np.ndarray]


def gradients(problem: Problem) -> Truth:
    """The gradients of one draw, by the chain rule from layer to layer."""
    with ctx.workprec(BITS):
        W, b = list(map(balls, problem.W)), list(map(balls, problem.b))
        a, slopes = [balls(problem.x)], []
        for weights, bias, name in zip(W, b, problem.activations, strict=True):
            value, slope = value_and_slope(name, weights @ a[-1] + bias)
            a.append(value)
            slopes.append(slope)
        cost, v = COST[problem.cost](a[-1], balls(problem.y))
        dW, db = [], []
        for weights, below, slope in zip(W[::-1], a[-2::-1], slopes[::-1], strict=True):
            delta = v * slope
            dW.insert(0, delta @ below.T)
            db.insert(0, delta.sum(axis=1, keepdims=True))
            v = weights.T @ delta
    return Truth(cost, dW, db)


def change_along(problem: Problem, truth: Truth, way: Problem) -> tuple[arb, arb]:
    """dC/dt of the network W + t·W′, b + t·b′: by the gradients, and as a difference quotient."""
    with ctx.workprec(BITS):
        pairs = zip([*truth.dW, *truth.db], [*way.W, *way.b], strict=True)
        by_gradients = sum(((d * balls(v)).sum() for d, v in pairs), arb(0))
        step = arb(2) ** -400
        up, down = (cost_at(problem, way, t) for t in (step, -step))
        return by_gradients, (up - down) / (2 * step)


def cost_at(problem: Problem, way: Problem, t: arb) -> arb:
    """C of the network W + t·W′, b + t·b′."""
    a = balls(problem.x)
    for l, name in enumerate(problem.activations):
        W, b = balls(problem.W[l]) + t * balls(way.W[l]), balls(problem.b[l]) + t * balls(way.b[l])
        a = value_and_slope(name, W @ a + b)[0]
    return COST[problem.cost](a, balls(problem.y))[0]


def distance(reported: np.ndarray, true: np.ndarray) -> np.ndarray:
    """|reported - truth| entry by entry, rounded up: a truth that is not sharp counts as far."""
    with ctx.workprec(BITS):
        far = abs(balls(reported) - true)
    return np.frompyfunc(lambda ball: float(ball.abs_upper()), 1, 1)(far).astype(np.float64)

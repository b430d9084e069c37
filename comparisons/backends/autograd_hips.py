"""HIPS autograd: ``value_and_grad`` of NumPy code; each δ is the gradient of a tap added to z.

The functions are those a user of it would write, in stable forms. A branch is a product with a
comparison: autograd gives ``maximum(z, 0)`` half a derivative at 0, and of ``where``, ``maximum``
and ``mean`` in float32 a derivative in float64, so that δ is rounded only when it is handed out.
"""

from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.differential_operators import value_and_grad
from autograd.scipy.special import erf, expit, logsumexp
from autograd.tracer import getval

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

SQRT_2, SQRT_2_OVER_PI = 2**0.5, (2 / anp.pi) ** 0.5
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
SIGMA = {
    "identity": lambda z: z,
    "sigmoid": expit,
    "tanh": anp.tanh,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: z * (z > 0) + 0.01 * z * (z <= 0),
    "prelu": lambda z, alpha=0.25: z * (z > 0) + alpha * z * (z <= 0),
    "elu": lambda z: z * (z > 0) + anp.expm1(z * (z <= 0)),
    "softplus": lambda z: anp.logaddexp(0, z),
    "silu": lambda z: z * expit(z),
    "gelu": lambda z: z * (1 + erf(z / SQRT_2)) / 2,
    "gelu_tanh": lambda z: z * (1 + anp.tanh(SQRT_2_OVER_PI * (z + 0.044715 * z * z * z))) / 2,
    "softsign": lambda z: z / (1 + anp.abs(z)),
    "log_sigmoid": lambda z: -anp.logaddexp(0, -z),
    "mish": lambda z: z * anp.tanh(anp.logaddexp(0, z)),
    "hardtanh": lambda z: anp.clip(z, -1, 1),
    "relu6": lambda z: anp.clip(z, 0, 6),
    "hardsigmoid": lambda z: anp.clip(z + 3, 0, 6) / 6,
    "hardswish": lambda z: z * (anp.clip(z + 3, 0, 6) / 6),
    "selu": lambda z: SCALE * (z * (z > 0) + ALPHA * anp.expm1(z * (z <= 0))),
    "celu": lambda z: anp.maximum(z, 0) + anp.expm1(anp.minimum(z, 0)),
    "quick_gelu": lambda z: z * expit(1.702 * z),
    "squared_relu": lambda z: z * z * (z > 0),
    "softmax": lambda z: anp.exp(z - logsumexp(z, axis=0, keepdims=True)),
    "log_softmax": lambda z: z - logsumexp(z, axis=0, keepdims=True),
}
COST = {
    "quadratic": lambda a, y: anp.sum((a - y) * (a - y)) / (2 * y.shape[1]),
    "mse": lambda a, y: anp.sum((a - y) * (a - y)) / y.size,
    "binary_cross_entropy": lambda a, y: (
        -anp.sum(y * anp.log(a) + (1 - y) * anp.log1p(-a)) / y.shape[1]
    ),
    "sigmoid_cross_entropy": lambda a, y: (
        anp.sum(y * anp.logaddexp(0, -a) + (1 - y) * anp.logaddexp(0, a)) / y.shape[1]
    ),
    "softmax_cross_entropy": lambda a, y: (
        -anp.sum(y * (a - logsumexp(a, axis=0, keepdims=True))) / y.shape[1]
    ),
    "huber": lambda a, y: anp.sum(huber(a - y)) / y.size,
    "hinge": lambda a, y: anp.sum((1 - y * a) * (1 - y * a > 0)) / y.size,
    "kl_div": lambda a, y: anp.sum(y * (np.log(y + (y == 0)) - a)) / y.shape[1],
    "weighted_sigmoid_cross_entropy": lambda a, y: (
        anp.sum(weights(a) * y * anp.logaddexp(0, -a) + (1 - y) * anp.logaddexp(0, a)) / y.shape[1]
    ),
    "nll": lambda a, y: mean_of(-a, own_class(a, y)),
    "cross_entropy": lambda a, y: mean_of(minus_log_softmax(a), own_class(a, y)),
    "weighted_cross_entropy": lambda a, y: mean_of(
        minus_log_softmax(a), weights(a) * own_class(a, y)
    ),
    "smoothed_cross_entropy": lambda a, y: (
        anp.sum(weights(a) * smoothed(a, y) * minus_log_softmax(a))
        / (weights(a) * own_class(a, y)).sum()
    ),
}
COST["smooth_l1"] = COST["huber"]


def mean_of(terms: Any, labels: Array) -> Any:  # noqa: ANN401 - boxes of autograd
    """The mean of the terms of the classes of those samples that are not ignored."""
    return anp.sum(labels * terms) / labels.sum()


def own_class(a: Any, y: Array) -> Array:  # noqa: ANN401
    """1 for the class of each sample."""
    return (np.arange(len(a))[:, None] == y).astype(getval(a).dtype)


def smoothed(a: Any, y: Array) -> Array:  # noqa: ANN401
    """A tenth of each label is spread over the classes, unless it is ignored."""
    own = own_class(a, y)
    spread: Array = own.sum(axis=0) * own.dtype.type(0.1) / len(own)
    return own * own.dtype.type(0.9) + spread


def weights(a: Any) -> Array:  # noqa: ANN401
    """Of the outputs, or classes, in turn."""
    return (np.arange(len(a))[:, None] % 4 + 1).astype(getval(a).dtype) / 2


def minus_log_softmax(a: Any) -> Any:  # noqa: ANN401
    """Of the logits of a sample, which are a column."""
    return logsumexp(a, axis=0, keepdims=True) - a


def huber(d: Any) -> Any:  # noqa: ANN401 - boxes of autograd
    """½d² or |d| - ½."""
    return anp.where(anp.abs(d) <= 1, d * d / 2, anp.abs(d) - 0.5)


def trace(problem: Problem) -> Trace:
    """Forward by NumPy's functions as autograd wraps them, backward by its tape."""
    W, b, alpha, x, y = receive(problem)
    taps = [np.zeros((width, problem.batch), problem.dtype) for width in problem.widths[1:]]
    zs: list[Array] = []
    activations: list[Array] = []

    def forward(W: Any, b: Any, alpha: Any, taps: Any) -> Any:  # noqa: ANN401 - boxes of autograd
        a = x
        layers = zip(W, b, alpha, taps, problem.activations, strict=True)
        for weights, bias, of_sigma, tap, name in layers:
            z = weights @ a + bias + tap
            a = SIGMA[name](z, *of_sigma)
            zs.append(getval(z))
            activations.append(getval(a))
        return COST[problem.cost](a, y)

    with np.errstate(over="ignore"):  # cosh² where tanh is 1
        gradients = value_and_grad(forward, (0, 1, 2, 3))
        cost, (dW, db, dalpha, delta) = gradients(W, b, alpha, taps)
    others = {("dalpha", l): d for l, each in enumerate(dalpha, 1) for d in each}
    return Trace(dW, db, np.asarray(cost), zs, activations, delta, others)


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as they are; raises ``NotSupportedError`` for 16 bits."""
    if problem.dtype not in ("float64", "float32"):
        raise NotSupportedError(f"autograd: {problem.dtype}: SciPy's functions have 32 or 64 bits")
    alpha = [[] if given is None else [given] for given in problem.alpha]
    return list(problem.W), list(problem.b), alpha, problem.x, problem.y

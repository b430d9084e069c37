"""MLX: ``value_and_grad`` on the CPU; each δ is the gradient of a tap, a zero that is added to z.

``mlx.nn`` has all functions. Only elu is written out: the gradient of ``nn.elu`` is NaN where eᶻ
overflows, of the branch that is not taken, and a NaN leaves nothing to be judged below.
"""

from typing import Any

import ml_dtypes
import mlx.core as mx
import numpy as np
from mlx import nn

from crossgrad.comparisons.backends.custom import NotSupportedError
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.reference.parameters import Array

Arrays = list[mx.array]
mx.set_default_device(mx.cpu)

SIGMA = {
    "identity": lambda z: z,
    "sigmoid": nn.sigmoid,
    "tanh": nn.tanh,
    "relu": nn.relu,
    "leaky_relu": nn.leaky_relu,
    "elu": lambda z: mx.where(z > 0, z, mx.expm1(mx.where(z > 0, 0, z))),
    "softplus": nn.softplus,
    "silu": nn.silu,
    "gelu": nn.gelu,
    "gelu_tanh": nn.gelu_approx,
    "softsign": nn.softsign,
    "log_sigmoid": nn.log_sigmoid,
    "mish": nn.mish,
    "hardtanh": nn.hard_tanh,
}
COST = {
    "quadratic": lambda a, y: nn.losses.mse_loss(a, y, reduction="sum") / (2 * y.shape[1]),
    "mse": nn.losses.mse_loss,
    "binary_cross_entropy": lambda a, y: (
        nn.losses.binary_cross_entropy(a, y, with_logits=False, reduction="sum") / y.shape[1]
    ),
    "sigmoid_cross_entropy": lambda a, y: (
        nn.losses.binary_cross_entropy(a, y, reduction="sum") / y.shape[1]
    ),
    "softmax_cross_entropy": lambda a, y: nn.losses.cross_entropy(a, y, axis=0, reduction="mean"),
}


def trace(problem: Problem) -> Trace:
    """Forward by MLX's own functions, backward by ``value_and_grad``."""
    W, b, x, y = receive(problem)
    taps = [mx.zeros((n, problem.batch), W[0].dtype) for n in problem.widths[1:]]

    def forward(W: Arrays, b: Arrays, taps: Arrays) -> tuple[mx.array, Arrays, Arrays]:
        zs, activations, a = [], [], x
        for weights, bias, tap, name in zip(W, b, taps, problem.activations, strict=True):
            z = weights @ a + bias + tap
            a = SIGMA[name](z)
            zs.append(z)
            activations.append(a)
        return COST[problem.cost](a, y), zs, activations

    (cost, z, a), (dW, db, delta) = mx.value_and_grad(forward, argnums=(0, 1, 2))(W, b, taps)
    return Trace(
        dW=[array(d) for d in dW],
        db=[array(d) for d in db],
        cost=array(cost),
        z=[array(v) for v in z],
        a=[array(v) for v in a],
        delta=[array(d) for d in delta],
    )


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as MLX's; raises ``NotSupportedError`` for float64."""
    if problem.dtype == "float64":
        raise NotSupportedError("mlx: float64: its exp is computed in float32")
    W, b = [tensor(w) for w in problem.W], [tensor(bias) for bias in problem.b]
    return W, b, tensor(problem.x), tensor(problem.y)


def tensor(given: Array) -> mx.array:
    """A copy in the format it has: bfloat16 by its bits."""
    if given.dtype.name == "bfloat16":
        return mx.array(given.view(np.uint16)).view(mx.bfloat16)
    return mx.array(given, dtype=getattr(mx, given.dtype.name))


def array(given: mx.array) -> Array:
    """What MLX holds, likewise."""
    if given.dtype == mx.bfloat16:
        return np.array(given.view(mx.uint16)).view(ml_dtypes.bfloat16)
    return np.array(given)

"""MLX: ``value_and_grad`` on the CPU; each δ is the gradient of a tap, a zero that is added to z.

``mlx.nn`` has the functions. Only elu is written out: the gradient of ``nn.elu`` is NaN where eᶻ
overflows, of the branch that is not taken, and a NaN leaves nothing to be judged below. So is that
of ``nn.selu``, which is refused, as what cannot be said by a loss of MLX's is.
"""

from collections.abc import Callable
from typing import Any

import ml_dtypes
import mlx.core as mx
import numpy as np
from mlx import nn

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.problems.problem import Problem, Trace
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
    "relu6": nn.relu6,
    "hardswish": nn.hardswish,
    "celu": nn.celu,
    "quick_gelu": nn.gelu_fast_approx,
    "squared_relu": nn.relu2,
    "softmax": lambda z: nn.softmax(z, axis=0),
    "log_softmax": lambda z: nn.log_softmax(z, axis=0),
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
    "huber": lambda a, y: nn.losses.huber_loss(a, y, reduction="mean"),
    "smooth_l1": nn.losses.smooth_l1_loss,
    "hinge": lambda a, y: nn.losses.hinge_loss(a, y, reduction="mean"),
    "nll": lambda a, y: of_classes(nn.losses.nll_loss, a, y, mx.ones_like(a[:, 0])),
    "cross_entropy": lambda a, y: of_classes(nn.losses.cross_entropy, a, y, mx.ones_like(a[:, 0])),
    "weighted_cross_entropy": lambda a, y: of_classes(nn.losses.cross_entropy, a, y, weights_of(a)),
}
REFUSED = {
    "selu": "its gradient is NaN where eᶻ overflows, and its λ and α have six digits",
    "kl_div": "its targets are logarithms: of a target of 0 it is NaN",
    "smoothed_cross_entropy": "its weights are of samples, whose labels are smoothed without them",
}


def of_classes(loss: Callable[..., mx.array], a: mx.array, y: mx.array, w: mx.array) -> mx.array:
    """Σ w t ÷ Σ w of labels that are not ignored: MLX ignores none."""
    label = mx.maximum(y[0], 0)
    counts = mx.where(y[0] < 0, 0, w[label])
    return (counts * loss(a, label, axis=0)).sum() / counts.sum()


def weights_of(a: mx.array) -> mx.array:
    """Of the classes in turn: (n_L,)."""
    return (mx.arange(len(a)) % 4 + 1).astype(a.dtype) / 2


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
    """The problem's arrays as MLX's; raises ``NotSupportedError``."""
    if problem.dtype == "float64":
        raise NotSupportedError("mlx: float64: its exp is computed in float32")
    for name in (*problem.activations, problem.cost):
        if name in REFUSED:
            raise NotSupportedError(f"mlx: {name}: {REFUSED[name]}")
    W, b = [tensor(w) for w in problem.W], [tensor(bias) for bias in problem.b]
    return W, b, tensor(problem.x), tensor(problem.y)


def tensor(given: Array) -> mx.array:
    """A copy in the format it has: bfloat16 by its bits."""
    if given.dtype.name == "bfloat16":
        return mx.array(given.view(np.uint16)).view(mx.bfloat16)
    return mx.array(given, dtype=getattr(mx, given.dtype.name))


def array(given: mx.array) -> Array:
    if given.dtype == mx.bfloat16:
        return np.array(given.view(mx.uint16)).view(ml_dtypes.bfloat16)
    return np.array(given)

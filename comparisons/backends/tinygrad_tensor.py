"""tinygrad: ``Tensor.gradient``, with its own functions; each δ is the gradient at z.

Where e⁻ᶻ of its sigmoid overflows, its gradient in a network is NaN, of 0 · ∞: it is given no such
z, or nothing were left to be judged below. What errs by something that no derivation bounds is
refused. On its CPU device tinygrad compiles by clang; without one its PYTHON device interprets the
same kernels, a thousand times as slow. ``$DEV`` chooses, as everywhere in tinygrad.
"""

import os
import shutil
from typing import Any

os.environ.setdefault("DEV", "CPU" if shutil.which(os.environ.get("CC", "clang")) else "PYTHON")

import numpy as np
from tinygrad import Tensor, dtypes

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

#: Where e⁻ᶻ is still a number: sigmoid(z) is just below the smallest normal one there.
LOWEST = {dtypes.float64: -708.4, dtypes.float32: -87.34}


def sigmoid(z: Tensor) -> Tensor:
    """Its own, of no z at which its gradient is NaN."""
    return z.maximum(LOWEST[z.dtype]).sigmoid()


def tanh(z: Tensor) -> Tensor:
    """Likewise: it is made of the sigmoid of 2z."""
    return z.maximum(LOWEST[z.dtype] / 2).tanh()


SIGMA = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": Tensor.relu,
    "leaky_relu": Tensor.leaky_relu,
    "silu": lambda z: z * sigmoid(z),
    "softsign": Tensor.softsign,
    "hardtanh": Tensor.hardtanh,
    "relu6": Tensor.relu6,
    "hardswish": Tensor.hardswish,
    "squared_relu": lambda z: z.relu().square(),
    "softmax": lambda z: z.softmax(0),
    "log_softmax": lambda z: z.log_softmax(0),
}
BY_EXP2 = (
    "its sigmoid is made by 2 to a rounded power, and no derivation bounds what that makes here"
)
REFUSED = {
    "elu": "it cancels, and its derivative near 0 is 0",
    "softplus": "1 + e⁻ᶻ is rounded before its logarithm is taken",
    "log_sigmoid": "1 + e⁻ᶻ is rounded before its logarithm is taken",
    "mish": "1 + e⁻ᶻ is rounded before its logarithm is taken",
    "gelu": "its erf has seven digits",
    "gelu_tanh": "its tanh errs relative to 1 where it is small",
    "hardsigmoid": "it is a difference of two lines, each of which is rounded",
    "selu": "its λ and α have six digits, and its gradient is NaN where eᶻ overflows",
    "celu": "it cancels, and its gradient is NaN where eᶻ overflows",
    "quick_gelu": BY_EXP2,
    "weighted_sigmoid_cross_entropy": BY_EXP2,
}
COST = {
    "quadratic": lambda a, y: (a - y).square().sum() / (2 * y.shape[1]),
    "mse": lambda a, y: (a - y).square().mean(),
    "binary_cross_entropy": lambda a, y: a.binary_crossentropy(y, reduction="sum") / y.shape[1],
    "sigmoid_cross_entropy": lambda a, y: (
        a.binary_crossentropy_logits(y, reduction="sum") / y.shape[1]
    ),
    "softmax_cross_entropy": lambda a, y: a.transpose().cross_entropy(y.transpose()),
    "nll": lambda a, y: a.transpose().nll_loss(y[0], ignore_index=IGNORED),
    "cross_entropy": lambda a, y: a.transpose().sparse_categorical_crossentropy(
        y[0], ignore_index=IGNORED
    ),
    "weighted_cross_entropy": lambda a, y: (
        a.transpose().log_softmax().nll_loss(y[0], weights_of(a), IGNORED)
    ),
}
#: The class of a sample that counts for nothing.
IGNORED = -100


def weights_of(a: Tensor) -> Tensor:
    """Of the outputs, or classes, in turn: (n_L,)."""
    return (Tensor.arange(a.shape[0]) % 4 + 1).cast(a.dtype) / 2


def trace(problem: Problem) -> Trace:
    """Forward by tinygrad's own functions, backward by its rules for each operation."""
    W, b, a, y = receive(problem)
    zs, activations = [], []
    for weights, bias, name in zip(W, b, problem.activations, strict=True):
        z = weights @ a + bias
        a = SIGMA[name](z)
        zs.append(z)
        activations.append(a)
    cost = COST[problem.cost](a, y)
    gradients = cost.gradient(*W, *b, *zs)
    Tensor.realize(cost, *zs, *activations, *gradients)  # all at once
    arrays = [array(gradient) for gradient in gradients]
    L = len(W)
    return Trace(
        dW=arrays[:L],
        db=arrays[L : 2 * L],
        cost=array(cost),
        z=[array(z) for z in zs],
        a=[array(a) for a in activations],
        delta=arrays[2 * L :],
    )


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as tensors; raises ``NotSupportedError``."""
    if problem.dtype not in ("float64", "float32"):
        raise NotSupportedError(f"tinygrad: {problem.dtype}: its e⁻ᶻ overflows from z = -11 on")
    for name in (*problem.activations, problem.cost):
        if name in REFUSED:
            raise NotSupportedError(f"tinygrad: {name}: {REFUSED[name]}")
    W = [Tensor(weights) for weights in problem.W]
    b = [Tensor(bias) for bias in problem.b]
    return W, b, Tensor(problem.x), Tensor(problem.y)


def array(given: Tensor) -> Array:
    return np.asarray(given.numpy())

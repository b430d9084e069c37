"""PyTorch's autograd: ``backward()``, with ``retain_grad()`` on every z."""

from typing import Any

import torch
from torch.nn import functional

from comparisons.problem import Problem, Trace

SIGMA = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "softplus": functional.softplus,
    "silu": functional.silu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    "softsign": functional.softsign,
    "log_sigmoid": functional.logsigmoid,
    "mish": functional.mish,
    "hardtanh": functional.hardtanh,
}
COST = {
    "quadratic": lambda a, y: ((a - y) ** 2).sum() / (2 * y.shape[1]),
    "mse": functional.mse_loss,
    "binary_cross_entropy": lambda a, y: (
        functional.binary_cross_entropy(a, y, reduction="sum") / y.shape[1]
    ),
    "sigmoid_cross_entropy": lambda a, y: (
        functional.binary_cross_entropy_with_logits(a, y, reduction="sum") / y.shape[1]
    ),
    "softmax_cross_entropy": lambda a, y: functional.cross_entropy(a.mT, y.mT),
}


@torch.enable_grad()  # whoever switched it off
def trace(problem: Problem) -> Trace:
    """Forward by torch's own functions, backward by autograd."""
    W, b, a, y = receive(problem)
    zs, activations = [], []
    for weights, bias, name in zip(W, b, problem.activations, strict=True):
        z = weights @ a + bias
        z.retain_grad()
        a = SIGMA[name](z)
        zs.append(z)
        activations.append(a)
    cost = COST[problem.cost](a, y)
    cost.backward()
    return Trace(
        dW=[weights.grad.numpy() for weights in W],
        db=[bias.grad.numpy() for bias in b],
        cost=cost.detach().numpy(),
        z=[z.detach().numpy() for z in zs],
        a=[a.detach().numpy() for a in activations],
        delta=[z.grad.numpy() for z in zs],
    )


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as tensors; the parameters ask for gradients."""
    W = [torch.tensor(weights, requires_grad=True) for weights in problem.W]
    b = [torch.tensor(bias, requires_grad=True) for bias in problem.b]
    return W, b, torch.tensor(problem.x), torch.tensor(problem.y)

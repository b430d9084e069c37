"""PyTorch's autograd: ``backward()``, with ``retain_grad()`` on every z."""

from typing import Any

import ml_dtypes
import numpy as np
import torch

from crossgrad.comparisons.backends.guard import Functions
from crossgrad.comparisons.machine.environment import device
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

DEVICE = torch.device(device())
functional = Functions(torch.nn.functional)

SIGMA = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "prelu": lambda z, alpha=None: prelu(z, alpha),
    "elu": functional.elu,
    "softplus": functional.softplus,
    "silu": functional.silu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    "softsign": functional.softsign,
    "log_sigmoid": functional.logsigmoid,
    "mish": functional.mish,
    "hardtanh": functional.hardtanh,
    "relu6": functional.relu6,
    "hardsigmoid": functional.hardsigmoid,
    "hardswish": functional.hardswish,
    "selu": functional.selu,
    "celu": functional.celu,
    "quick_gelu": lambda z: z * torch.sigmoid(1.702 * z),
    "squared_relu": lambda z: torch.relu(z).square(),
    "softmax": lambda z: torch.softmax(z, dim=-2),
    "log_softmax": lambda z: functional.log_softmax(z, dim=-2),
}
COST = {
    "quadratic": lambda a, y: over(2 * y.shape[1], wide(a - y) ** 2, y),
    "mse": functional.mse_loss,
    "binary_cross_entropy": lambda a, y: over(
        y.shape[1], functional.binary_cross_entropy(a, y, reduction="none"), y
    ),
    "sigmoid_cross_entropy": lambda a, y: over(
        y.shape[1], functional.binary_cross_entropy_with_logits(a, y, reduction="none"), y
    ),
    "softmax_cross_entropy": lambda a, y: functional.cross_entropy(a.mT, y.mT),
    "huber": functional.huber_loss,
    "smooth_l1": functional.smooth_l1_loss,
    "hinge": lambda a, y: over(y.numel(), torch.relu(1 - y * a), y),
    "kl_div": lambda a, y: over(y.shape[1], functional.kl_div(a, y, reduction="none"), y),
    "weighted_sigmoid_cross_entropy": lambda a, y: over(
        y.shape[1],
        functional.binary_cross_entropy_with_logits(
            a, y, pos_weight=weights_of(y), reduction="none"
        ),
        y,
    ),
    "nll": lambda a, y: functional.nll_loss(a.mT, y[0]),
    "cross_entropy": lambda a, y: functional.cross_entropy(a.mT, y[0]),
    "weighted_cross_entropy": lambda a, y: functional.cross_entropy(
        a.mT, y[0], weight=weights_of(a)[:, 0]
    ),
    "smoothed_cross_entropy": lambda a, y: functional.cross_entropy(
        a.mT, y[0], weight=weights_of(a)[:, 0], label_smoothing=0.1
    ),
}


def prelu(z: torch.Tensor, alpha: torch.Tensor | None = None) -> torch.Tensor:
    """Of (n, m) units and samples, α (n, 1); without one, that which nn.PReLU starts from.

    torch has units in the second axis: they are there, of one sample of m places.
    """
    if alpha is None:
        return functional.prelu(z, torch.full((1,), 0.25, dtype=z.dtype, device=z.device))
    return functional.prelu(z[None], alpha[:, 0])[0]


def weights_of(a: torch.Tensor) -> torch.Tensor:
    """Of the outputs, or classes, in turn: (n_L, 1)."""
    return (torch.arange(len(a), device=a.device)[:, None] % 4 + 1).to(a.dtype) / 2


def over(divisor: int, terms: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Σ ÷ divisor: what we add up ourselves, and what overflows in it would be our own fault."""
    return (wide(terms).sum() / divisor).to(like.dtype)


def wide(terms: torch.Tensor) -> torch.Tensor:
    """In float32 if in float16, where squares and sums overflow long before their means do."""
    return terms.float() if terms.dtype == torch.float16 else terms


@torch.enable_grad()  # whoever switched it off
def trace(problem: Problem) -> Trace:
    """Forward by torch's own functions, backward by autograd."""
    W, b, alpha, a, y = receive(problem)
    zs, activations = [], []
    for weights, bias, of_sigma, name in zip(W, b, alpha, problem.activations, strict=True):
        z = weights @ a + bias
        z.retain_grad()
        a = SIGMA[name](z, *of_sigma)
        zs.append(z)
        activations.append(a)
    cost = COST[problem.cost](a, y)
    cost.backward()
    return Trace(
        dW=[array(weights.grad) for weights in W],
        db=[array(bias.grad) for bias in b],
        cost=array(cost),
        z=[array(z) for z in zs],
        a=[array(a) for a in activations],
        delta=[array(z.grad) for z in zs],
        others={("dalpha", l): array(p.grad) for l, each in enumerate(alpha, 1) for p in each},
    )


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as tensors; the parameters ask for gradients."""
    W = [tensor(weights).requires_grad_() for weights in problem.W]
    b = [tensor(bias).requires_grad_() for bias in problem.b]
    alpha = [[] if each is None else [tensor(each).requires_grad_()] for each in problem.alpha]
    return W, b, alpha, tensor(problem.x), tensor(problem.y)


# ------------------------------------------------------------------ arrays, with bfloat16
def tensor(given: Array) -> torch.Tensor:
    """A copy on the device; bfloat16, which torch does not read from NumPy, by its bits."""
    if given.dtype != ml_dtypes.bfloat16:
        return torch.asarray(given, device=DEVICE, copy=True)
    return torch.tensor(given.view(np.int16), device=DEVICE).view(torch.bfloat16)


def array(given: torch.Tensor) -> Array:
    if given.dtype != torch.bfloat16:
        return given.numpy(force=True)
    return given.detach().view(torch.int16).numpy(force=True).view(ml_dtypes.bfloat16)

"""The network as a function of parameters and taps, as PyTorch's functional modes ask for it.

A tap is a zero that is added to z: its gradient is δ. The tables are those of ``torch_autograd``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from crossgrad.comparisons.backends.torch_autograd import COST, DEVICE, SIGMA, array
from crossgrad.comparisons.problem import Problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

Tensors = Sequence[torch.Tensor]
#: The cost, and all z and a on the way to it.
Forward = Callable[..., tuple[torch.Tensor, tuple[list[torch.Tensor], list[torch.Tensor]]]]


def network(architecture: Architecture) -> Forward:
    """``forward(W, b, taps, x, y)`` of an architecture."""

    def forward(W: Tensors, b: Tensors, taps: Tensors, x: torch.Tensor, y: torch.Tensor) -> Any:  # noqa: ANN401 - a nest that torch unpacks
        zs, activations, a = [], [], x
        for weights, bias, tap, name in zip(W, b, taps, architecture.activations, strict=True):
            z = weights @ a + bias + tap
            a = SIGMA[name](z)
            zs.append(z)
            activations.append(a)
        return COST[architecture.cost](a, y), (zs, activations)

    return forward


def zeros(problem: Problem, like: torch.Tensor) -> list[torch.Tensor]:
    """A tap for each layer."""
    shapes = [(width, problem.batch) for width in problem.widths[1:]]
    return [torch.zeros(shape, dtype=like.dtype, device=DEVICE) for shape in shapes]


def arrays(tensors: Iterable[torch.Tensor]) -> list[Array]:
    """What tensors hold."""
    return [array(tensor) for tensor in tensors]

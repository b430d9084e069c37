"""The network as a function of parameters and taps, as PyTorch's functional modes ask for it.

A tap is a zero that is added to z: its gradient is δ. The tables are those of ``torch_autograd``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from crossgrad.comparisons.backends.torch_autograd import COST, DEVICE, SIGMA, array, tensor
from crossgrad.comparisons.problems.problem import Key, Problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

Tensors = Sequence[torch.Tensor]
#: The cost, and all z and a on the way to it.
Forward = Callable[..., tuple[torch.Tensor, tuple[list[torch.Tensor], list[torch.Tensor]]]]


def network(architecture: Architecture) -> Forward:
    """``forward(W, b, alpha, taps, x, y)`` of an architecture."""

    def forward(
        W: Tensors,
        b: Tensors,
        alpha: Sequence[Tensors],
        taps: Tensors,
        x: torch.Tensor,
        y: torch.Tensor,
    ) -> Any:  # noqa: ANN401 - a nest that torch unpacks
        zs, activations, a = [], [], x
        layers = zip(W, b, alpha, taps, architecture.activations, strict=True)
        for weights, bias, of_sigma, tap, name in layers:
            z = weights @ a + bias + tap
            a = SIGMA[name](z, *of_sigma)
            zs.append(z)
            activations.append(a)
        return COST[architecture.cost](a, y), (zs, activations)

    return forward


def zeros(problem: Problem, like: torch.Tensor) -> list[torch.Tensor]:
    shapes = [(width, problem.batch) for width in problem.widths[1:]]
    return [torch.zeros(shape, dtype=like.dtype, device=DEVICE) for shape in shapes]


def slopes(problem: Problem) -> list[list[torch.Tensor]]:
    """α of each layer that has one, in a list."""
    return [[] if given is None else [tensor(given)] for given in problem.alpha]


def of_slopes(gradients: Sequence[Tensors]) -> dict[Key, Array]:
    """The gradients of all α, as a trace has them."""
    layers = enumerate(gradients, start=1)
    return {("dalpha", l): array(gradient) for l, each in layers for gradient in each}


def arrays(tensors: Iterable[torch.Tensor]) -> list[Array]:
    return [array(tensor) for tensor in tensors]

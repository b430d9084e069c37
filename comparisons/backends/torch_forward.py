"""Forward mode: ``torch.func.jvp``, a directional derivative along each parameter.

No δ comes of it: derivatives are carried from W and b to the cost. That of α is not asked.
"""

from collections.abc import Callable, Sequence

import torch

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.backends.torch_autograd import DEVICE, array
from crossgrad.comparisons.backends.torch_deprecations import without_deprecations
from crossgrad.comparisons.backends.torch_functional import receive
from crossgrad.comparisons.backends.torch_network import arrays, network
from crossgrad.comparisons.problems.problem import Problem, Trace

#: A forward pass for each parameter: of more, one problem would take seconds.
MOST = 2000
#: So many passes at once: memory is that of as many batches.
CHUNK = 128


def trace(problem: Problem) -> Trace:
    """``vmap(jvp)`` over the parameters, some at once; raises ``NotSupportedError``."""
    count = sum(parameters.size for parameters in (*problem.W, *problem.b))
    if count > MOST:
        raise NotSupportedError(f"torch.forward: {count} parameters, at most {MOST}")
    W, b, alpha, taps, x, y = receive(problem)
    forward, depth = network(problem.architecture), len(W)

    def cost_of(*parameters: torch.Tensor) -> torch.Tensor:
        return forward(parameters[:depth], parameters[depth:], alpha, taps, x, y)[0]

    gradients = arrays(gradient(cost_of, (*W, *b)))
    cost, (z, a) = forward(W, b, alpha, taps, x, y)
    return Trace(
        dW=gradients[:depth], db=gradients[depth:], cost=array(cost), z=arrays(z), a=arrays(a)
    )


def gradient(
    cost_of: Callable[..., torch.Tensor], parameters: tuple[torch.Tensor, ...]
) -> list[torch.Tensor]:
    """The derivative along each axis of the space of all parameters, in their shapes."""

    def along(axis: torch.Tensor) -> torch.Tensor:
        return torch.func.jvp(cost_of, parameters, tuple(in_shapes(axis, parameters)))[1]

    count = sum(given.numel() for given in parameters)
    axes = torch.eye(count, dtype=parameters[0].dtype, device=DEVICE)
    with without_deprecations():
        return in_shapes(torch.func.vmap(along, chunk_size=CHUNK)(axes), parameters)


def in_shapes(flat: torch.Tensor, like: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    pieces = flat.split([given.numel() for given in like])
    return [piece.view_as(given) for piece, given in zip(pieces, like, strict=True)]

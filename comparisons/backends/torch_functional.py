"""``torch.func``: gradients of a function, with its value or by its transpose."""

from typing import Any

import torch

from crossgrad.comparisons.backends.torch_autograd import array, tensor
from crossgrad.comparisons.backends.torch_network import (
    arrays,
    network,
    of_slopes,
    slopes,
    zeros,
)
from crossgrad.comparisons.problems.problem import Problem, Trace

#: W, b, α and the taps.
WANTED = (0, 1, 2, 3)


@torch.enable_grad()  # whoever switched it off
def trace(problem: Problem) -> Trace:
    """``grad_and_value`` over the parameters and the taps."""
    ask = torch.func.grad_and_value(network(problem.architecture), argnums=WANTED, has_aux=True)
    gradients, (cost, aux) = ask(*receive(problem))
    return told(cost, aux, gradients)


@torch.enable_grad()
def vjp(problem: Problem) -> Trace:
    """The transpose of the derivative, applied to 1."""
    *wanted, x, y = receive(problem)
    forward = network(problem.architecture)
    answer: Any = torch.func.vjp(  # of three parts, since there is an aux
        lambda *given: forward(*given, x, y), *wanted, has_aux=True
    )
    cost, pull_back, aux = answer
    return told(cost, aux, pull_back(torch.ones_like(cost)))


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as tensors, with the taps after the parameters."""
    W, b = [tensor(weights) for weights in problem.W], [tensor(bias) for bias in problem.b]
    x = tensor(problem.x)
    return W, b, slopes(problem), zeros(problem, x), x, tensor(problem.y)


def told(cost: torch.Tensor, aux: Any, gradients: Any) -> Trace:  # noqa: ANN401 - nests of tensors
    """The trace; the gradient of a tap is δ."""
    z, a = map(arrays, aux)
    dW, db, dalpha, delta = gradients
    return Trace(
        dW=arrays(dW),
        db=arrays(db),
        cost=array(cost),
        z=z,
        a=a,
        delta=arrays(delta),
        others=of_slopes(dalpha),
    )

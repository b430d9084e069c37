"""``torch.func.vmap`` over the samples: the gradients of each example's own cost, then their mean.

An example's cost is divided by nothing (mse: by the outputs); the mean over the batch divides by
m after the sum, as users of per-example gradients do it. Each δ is divided by m as well.
"""

from typing import Any

import torch

from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.backends.torch_autograd import array, tensor
from crossgrad.comparisons.backends.torch_functional import WANTED
from crossgrad.comparisons.backends.torch_network import (
    arrays,
    network,
    of_slopes,
    slopes,
    zeros,
)
from crossgrad.comparisons.problems.problem import Problem, Trace


@torch.enable_grad()  # whoever switched it off
def trace(problem: Problem) -> Trace:
    """``vmap(grad_and_value)`` over columns; in what comes back the samples are the first axis."""
    if problem.has_classes:
        raise NotSupportedError("torch.vmap: the mean is over the samples that count, not over all")
    ask = torch.func.grad_and_value(network(problem.architecture), argnums=WANTED, has_aux=True)
    each = torch.func.vmap(ask, in_dims=(None, None, None, 0, 0, 0))
    (dW, db, dalpha, delta), (cost, (z, a)) = each(*receive(problem))
    return Trace(
        dW=arrays(d.mean(0) for d in dW),
        db=arrays(d.mean(0) for d in db),
        cost=array(cost.mean()),
        z=arrays(map(columns, z)),
        a=arrays(map(columns, a)),
        delta=arrays(columns(d) / problem.batch for d in delta),
        others=of_slopes([[d.mean(0) for d in each] for each in dalpha]),
    )


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as tensors; x, y and the taps as a stack of batches of one."""
    W, b = [tensor(weights) for weights in problem.W], [tensor(bias) for bias in problem.b]
    x = tensor(problem.x)
    taps = [batches_of_one(tap) for tap in zeros(problem, x)]
    return W, b, slopes(problem), taps, batches_of_one(x), batches_of_one(tensor(problem.y))


def batches_of_one(given: torch.Tensor) -> torch.Tensor:
    """(n, m) → (m, n, 1)."""
    return given.mT[:, :, None]


def columns(given: torch.Tensor) -> torch.Tensor:
    """(m, n, 1) → (n, m)."""
    return given[:, :, 0].mT

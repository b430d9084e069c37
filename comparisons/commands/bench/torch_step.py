"""A gradient step of torch, as its users write it: rows are samples, parameters are leaves."""

import torch
from torch.nn import functional

from crossgrad.comparisons.commands.bench.timing import Work
from crossgrad.comparisons.problems.problem import Problem

SIGMA = {"sigmoid": torch.sigmoid, "identity": lambda z: z}


def torch_step(problem: Problem) -> Work:
    """Forward and ``backward()`` into fresh gradients; the quadratic cost."""
    W = [torch.tensor(weights).requires_grad_() for weights in problem.W]
    b = [torch.tensor(bias[:, 0]).requires_grad_() for bias in problem.b]
    x, y = (torch.tensor(array.T).contiguous() for array in (problem.x, problem.y))
    sigma = [SIGMA[name] for name in problem.activations]

    def work() -> None:
        for parameter in (*W, *b):
            parameter.grad = None
        a = x
        for weights, bias, activation in zip(W, b, sigma, strict=True):
            a = activation(functional.linear(a, weights, bias))
        cost = ((a - y) ** 2).sum() / (2 * problem.batch)
        cost.backward()

    return work

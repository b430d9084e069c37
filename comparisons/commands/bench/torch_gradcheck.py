"""Torch's gradcheck of torch's own program, at its defaults, as its users call it."""

import torch
from torch.autograd import gradcheck

from crossgrad.comparisons.backends.torch_autograd import COST, SIGMA
from crossgrad.comparisons.commands.bench.timing import Work
from crossgrad.comparisons.problems.problem import Problem

SLOW, FAST = "torch gradcheck", "torch gradcheck, fast"


def gradcheck_of(problem: Problem, *, fast: bool) -> Work:
    """The cost as a function of all parameters: every number moved, or one random direction."""
    parameters = [torch.tensor(p, requires_grad=True) for p in (*problem.W, *problem.b)]
    x, y = torch.tensor(problem.x), torch.tensor(problem.y)
    depth = problem.architecture.depth

    def cost(*parameters: torch.Tensor) -> torch.Tensor:
        a = x
        for l, name in enumerate(problem.activations):
            a = SIGMA[name](parameters[l] @ a + parameters[depth + l])
        return COST[problem.cost](a, y)

    return lambda: gradcheck(cost, parameters, fast_mode=fast)

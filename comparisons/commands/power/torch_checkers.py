"""PyTorch's gradcheck, slow and fast, and ``assert_close``, at their defaults."""

import warnings
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.autograd import gradcheck
from torch.testing import assert_close

from crossgrad.comparisons.commands.power.subject import (
    GRADIENTS,
    Checker,
    Subject,
    pairs,
    with_parameters,
)
from crossgrad.comparisons.problems.problem import QUANTITIES
from crossgrad.reference.parameters import Array


class Planted(torch.autograd.Function):
    """The cost of a program as a function of its parameters, with the gradients that it gives."""

    @staticmethod
    def forward(ctx: Any, subject: Subject, *parameters: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
        arrays = [parameter.detach().numpy() for parameter in parameters]
        answer = subject.program(with_parameters(subject.problem, arrays))
        ctx.gradients = [*answer["dW"], *answer["db"]]
        return torch.tensor(np.asarray(answer["cost"]))

    @staticmethod
    def backward(ctx: Any, upstream: torch.Tensor) -> Any:  # noqa: ANN401
        given = [None if g is None else upstream * torch.tensor(g) for g in ctx.gradients]
        return None, *given


def checked(subject: Subject, *, fast: bool) -> bool:
    """Eps 1e-6, atol 1e-5, rtol 1e-3."""
    parameters = [
        torch.tensor(p, requires_grad=True) for p in (*subject.problem.W, *subject.problem.b)
    ]
    cost = partial(Planted.apply, subject)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gradcheck(cost, parameters, fast_mode=fast, raise_exception=False)


def close(subject: Subject) -> bool:
    """rtol and atol by format: 1e-7 both; 1.3e-6 and 1e-5; 1.6e-2 and 1e-5."""
    convert = partial(tensor, dtype=getattr(torch, subject.problem.dtype))
    for given, trusted in pairs(subject):
        assert_close(convert(given), convert(trusted))
    return True


def tensor(array: Array, dtype: torch.dtype) -> torch.Tensor:
    """In its own format; what NumPy holds of bfloat16 is in float32."""
    return torch.tensor(array).to(dtype) if dtype == torch.bfloat16 else torch.tensor(array)


CHECKERS = (
    Checker(
        "torch gradcheck",
        "eps 1e-6, atol 1e-5, rtol 1e-3",
        ("float64",),
        GRADIENTS,
        partial(checked, fast=False),
    ),
    Checker(
        "torch gradcheck, fast",
        "one random direction",
        ("float64",),
        GRADIENTS,
        partial(checked, fast=True),
    ),
    Checker(
        "torch assert_close",
        "whole trace, rtol and atol by format",
        ("float64", "float32", "bfloat16"),
        QUANTITIES,
        close,
    ),
)

"""A gradient by torch's ``assert_close``, a differentiable layer by its ``gradcheck``."""

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd import gradcheck
from torch.testing import assert_close

from crossgrad.comparisons.suite.vacuity.public.layer import B, Style, W, X, Y, trusted

Tensor = torch.Tensor


def tensors(*arrays: Any, learnt: bool = False) -> tuple[Any, ...]:  # noqa: ANN401
    return tuple(torch.tensor(array, requires_grad=learnt) for array in arrays)


def layer(W: Tensor, b: Tensor, x: Tensor) -> Tensor:
    return torch.sigmoid(W @ x + b)


def gradients(W: Tensor, b: Tensor, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    a = layer(W, b, x)
    delta = (a - y) * a * (1 - a) / x.shape[1]
    return {"dW": delta @ x.T, "db": delta.sum(dim=1, keepdim=True)}


def close(kernel: Callable[..., dict[str, Tensor]]) -> None:
    """1e-7 both, in float64."""
    given = kernel(*tensors(W, B, X, Y))
    assert_close(given, {name: torch.tensor(array) for name, array in trusted().items()})


def checked(kernel: Callable[..., Tensor]) -> bool:
    """Eps 1e-6, atol 1e-5, rtol 1e-3."""
    return gradcheck(kernel, tensors(W, B, X, learnt=True))


STYLES = (
    Style("`torch.testing.assert_close`", close, gradients, tensors(W, B, X, Y)),
    Style("`torch.autograd.gradcheck`", checked, layer, tensors(W, B, X, learnt=True)),
)

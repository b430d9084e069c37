"""Tensors of torch, by torch's own operations: all of it can be differentiated, twice and mapped.

``arrays.py`` says what each function is for.
"""

from collections.abc import Callable
from typing import Any

import torch

from crossgrad.comparisons.suite.vacuity.arrays import eps
from crossgrad.comparisons.suite.vacuity.trees import Leaf
from crossgrad.reference.parameters import Array

Tensor = torch.Tensor


def concrete(tensor: Tensor) -> Array | None:
    if not has_numbers(tensor):
        return None
    wide = torch.promote_types(tensor.dtype, torch.float64)
    return tensor.detach().cpu().to(wide).resolve_conj().numpy().copy()


def has_numbers(tensor: Tensor) -> bool:
    """Not so under ``torch.func.vmap`` or ``grad``, and on the device ``meta``."""
    try:
        return tensor.untyped_storage().data_ptr() != 0 or not tensor.numel()
    except (RuntimeError, NotImplementedError):
        return False


def copied(tensor: Tensor) -> Leaf:
    if not has_numbers(tensor):
        return tensor.clone()
    return tensor.detach().clone().requires_grad_(tensor.requires_grad)


def scaled(tensor: Tensor, factors: Array) -> Leaf:
    wide = torch.promote_types(tensor.dtype, torch.float64)
    factor = torch.as_tensor(factors, dtype=torch.float64, device=tensor.device)
    product = (tensor.to(wide) * factor).to(tensor.dtype)
    return torch.where(factor == 1, tensor, product)


def rounded(tensor: Tensor, dtype: str) -> Leaf:
    return cast(tensor, dtype).to(tensor.dtype)


def cast(tensor: Tensor, dtype: str) -> Leaf:
    return tensor.to(getattr(torch, dtype))


def replaced(tensor: Tensor, other: Tensor) -> Leaf:
    given = other.detach().clone()
    return tensor - tensor.detach() + given if tensor.requires_grad else given


def writer(tensor: Tensor) -> Callable[[Tensor], object] | None:
    """Behind the back of autograd, as a kernel in C++ would."""
    return tensor.data.copy_ if has_numbers(tensor) and not tensor.is_inference() else None


def with_derivative(tensor: Tensor, spoil: Callable[[Tensor], Tensor]) -> Leaf:
    return Spoilt.apply(tensor, spoil) if eps(tensor) else tensor


def gradients(
    total: Callable[..., Tensor], inputs: list[Tensor], held: list[Tensor]
) -> list[Tensor | None]:
    asked = [tensor.detach().clone().requires_grad_() for tensor in inputs]
    with torch.enable_grad():
        cost = total(*asked)
    return list(torch.autograd.grad(cost, [*asked, *held], allow_unused=True))


class Spoilt(torch.autograd.Function):
    """The same numbers; the derivative is spoilt, backward and forward."""

    generate_vmap_rule = True

    @staticmethod
    def forward(tensor: Tensor, _spoil: object) -> Tensor:
        return tensor.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ANN401, ARG004
        _, ctx.spoil = inputs

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:  # noqa: ANN401
        return ctx.spoil(gradient), None

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, _: None) -> Any:  # noqa: ANN401
        return ctx.spoil(tangent)

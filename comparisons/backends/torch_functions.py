"""PyTorch's functions, from arrays to arrays: each σ with σ′ as torch derives it, and exp and more.

The ways in which torch derives: ``backward``, ``forward`` by dual numbers, and ``compiled``, which
is ``backward`` through what ``torch.compile`` makes of σ; all from ones.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch.autograd import forward_ad

from crossgrad.comparisons.backends.torch_autograd import SIGMA, array, tensor
from crossgrad.comparisons.backends.torch_deprecations import without_deprecations
from crossgrad.reference.parameters import Array

ELEMENTARY: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "exp": torch.exp,
    "log": torch.log,
    "log1p": torch.log1p,
    "expm1": torch.expm1,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
    "erf": torch.erf,
}
#: What is asked for its derivative by convention only; no activation of the project.
CONVENTIONAL: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "abs": torch.abs,
    "clamp": lambda z: torch.clamp(z, -1, 1),
    "maximum": lambda z: torch.maximum(z, torch.zeros_like(z)),
    "gelu_default": torch.nn.functional.gelu,
}
FUNCTIONS = SIGMA | ELEMENTARY | CONVENTIONAL


def value(name: str, z: Array) -> Array:
    return array(FUNCTIONS[name](tensor(z)))


@torch.enable_grad()  # whoever switched it off
def backward(name: str, z: Array) -> tuple[Array, Array]:
    """σ(z), and σ′(z) by autograd."""
    argument = tensor(z).requires_grad_()
    return pulled_back(FUNCTIONS[name](argument), argument)


def pulled_back(a: torch.Tensor, z: torch.Tensor) -> tuple[Array, Array]:
    """From ∂C/∂a = 1 everywhere."""
    a.backward(torch.ones_like(a))
    assert z.grad is not None
    return array(a), array(z.grad)


def forward(name: str, z: Array) -> tuple[Array, Array]:
    """σ(z), and σ′(z) by forward-mode automatic differentiation."""
    argument = tensor(z)
    with without_deprecations(), forward_ad.dual_level():
        dual = forward_ad.make_dual(argument, torch.ones_like(argument))
        a, slope = forward_ad.unpack_dual(FUNCTIONS[name](dual))
        assert slope is not None
        return array(a), array(slope)


@torch.enable_grad()
def compiled(name: str, z: Array) -> tuple[Array, Array]:
    """σ(z), and σ′(z) by autograd, both as inductor's C++."""
    argument = tensor(z).requires_grad_()
    with without_deprecations():
        return pulled_back(compilation(name)(argument), argument)


@lru_cache(maxsize=1)
def compilation(name: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """Of one function at a time; torch keeps no more than a few."""
    torch.compiler.reset()
    return torch.compile(FUNCTIONS[name], fullgraph=True, dynamic=False)


# ------------------------------------------------------------------ of several arrays
def few_backward(name: str, arrays: Sequence[Array]) -> list[tuple[Array, Array]]:
    """By ``backward``, of each."""
    return [backward(name, z) for z in arrays]


def few_forward(name: str, arrays: Sequence[Array]) -> list[tuple[Array, Array]]:
    """By ``forward``, of each."""
    return [forward(name, z) for z in arrays]

"""σ with σ′, and C with ∇ₐC, as each backend computes them, from arrays to arrays.

Derivatives are the frameworks' own, by automatic differentiation from ∂C/∂a = 1. JAX is compiled.
"""

from collections.abc import Callable
from importlib import import_module

import numpy as np

from crossgrad.comparisons.machine.environment import prepare
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array

prepare()
Both = tuple[Array, Array]
Framework = tuple[Callable[[str, Array], Both], Callable[[str, Array, Array], Both]]


# ------------------------------------------------------------------ NumPy: the reference
def numpy_sigma(name: str, z: Array) -> Both:
    return ACTIVATIONS[name].sigma(z), ACTIVATIONS[name].sigma_prime(z)


def numpy_cost(name: str, a: Array, y: Array) -> Both:
    """By hand; leading axes run over batches."""
    return COSTS[name].value(a, y), COSTS[name].gradient(a, y)


# ------------------------------------------------------------------ torch
def torch_sigma(name: str, z: Array) -> Both:
    return import_module("crossgrad.comparisons.backends.torch_functions").backward(name, z)


def torch_cost(name: str, a: Array, y: Array) -> Both:
    backend, found = import_module("crossgrad.comparisons.backends.torch_autograd"), []
    for outputs, targets in zip(a, map(backend.torch.tensor, y), strict=True):
        asking = backend.torch.tensor(outputs, requires_grad=True)
        cost = backend.COST[name](asking, targets)
        cost.backward()
        found.append((cost.detach().numpy(), asking.grad.numpy()))
    values, gradients = zip(*found, strict=True)
    return np.stack(values), np.stack(gradients)


# ------------------------------------------------------------------ JAX
def jax_sigma(name: str, z: Array) -> Both:
    """By ``vjp``, compiled."""
    return import_module("crossgrad.comparisons.backends.jax_functions").compiled(name, z)


def jax_cost(name: str, a: Array, y: Array) -> Both:
    """By ``value_and_grad``, compiled; batches side by side."""
    backend = import_module("crossgrad.comparisons.backends.jax_jit")
    both = backend.jax.vmap(backend.jax.value_and_grad(backend.COST[name]))
    return tuple(map(np.asarray, backend.jax.jit(both)(a, y)))


FRAMEWORKS: dict[str, Framework] = {
    "numpy": (numpy_sigma, numpy_cost),
    "torch": (torch_sigma, torch_cost),
    "jax": (jax_sigma, jax_cost),
}

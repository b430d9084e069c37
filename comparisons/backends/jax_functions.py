"""JAX's functions, from arrays to arrays: each σ with σ′ as JAX derives it, and exp and the like.

The ways in which JAX derives: ``compiled`` and ``eager`` by ``vjp``, ``forward`` by ``jvp``; from
ones.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from crossgrad.comparisons.backends.jax_jit import SIGMA
from crossgrad.reference.parameters import Array

Both = tuple[Array, Array]

ELEMENTARY: dict[str, Callable[[Any], Any]] = {
    "exp": jnp.exp,
    "log": jnp.log,
    "log1p": jnp.log1p,
    "expm1": jnp.expm1,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "softplus": jax.nn.softplus,
    "erf": jax.lax.erf,
}
#: What is asked for its derivative by convention only; no activation of the project.
CONVENTIONAL: dict[str, Callable[[Any], Any]] = {
    "abs": jnp.abs,
    "clamp": lambda z: jnp.clip(z, -1, 1),
    "maximum": lambda z: jnp.maximum(z, jnp.zeros_like(z)),
    "gelu_default": jax.nn.gelu,
}
FUNCTIONS = SIGMA | ELEMENTARY | CONVENTIONAL


# ------------------------------------------------------------------ values
def value(name: str, z: Array) -> Array:
    return np.asarray(jitted(name)(z))


def eager_value(name: str, z: Array) -> Array:
    return np.asarray(FUNCTIONS[name](jnp.asarray(z)))


@cache
def jitted(name: str) -> Callable[[Array], Any]:
    return jax.jit(FUNCTIONS[name])


# ------------------------------------------------------------------ σ and σ′
def compiled(name: str, z: Array) -> Both:
    """σ(z), and σ′(z) by ``vjp``, all of it compiled."""
    return arrays(jitted_backward(name)(z))


def eager(name: str, z: Array) -> Both:
    """The same, operation by operation, but for what JAX itself has compiled."""
    return arrays(backward(name, jnp.asarray(z)))


def forward(name: str, z: Array) -> Both:
    """σ(z), and σ′(z) by ``jvp``, compiled."""
    return arrays(jitted_forward(name)(z))


def few_compiled(name: str, several: Sequence[Array]) -> list[Both]:
    """By ``vjp``, of each of several arrays, which are compiled as one program."""
    return [arrays(both) for both in jitted_few(name)(*several)]


@cache
def jitted_few(name: str) -> Callable[..., Any]:
    """Compiled once a format, for lengths that are the same."""
    return jax.jit(lambda *several: [backward(name, z) for z in several])


@cache
def jitted_backward(name: str) -> Callable[[Array], Any]:
    return jax.jit(lambda z: backward(name, z))


@cache
def jitted_forward(name: str) -> Callable[[Array], Any]:
    return jax.jit(lambda z: jax.jvp(FUNCTIONS[name], (z,), (jnp.ones_like(z),)))


def backward(name: str, z: Any) -> Any:  # noqa: ANN401 - an array, or what stands for one
    """From ∂C/∂a = 1 everywhere."""
    a, pull_back = jax.vjp(FUNCTIONS[name], z)
    return a, pull_back(jnp.ones_like(a))[0]


def arrays(both: tuple[Any, Any]) -> Both:
    sigma, slope = both
    return np.asarray(sigma), np.asarray(slope)

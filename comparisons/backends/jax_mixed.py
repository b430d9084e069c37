"""JAX in mixed precision: float32 parameters, computed with in bfloat16, the loss in float32.

Casts as users write them: parameters and batch are cast in the forward pass, so that their
gradients come back in float32; δ is the gradient of a float32 tap that is cast likewise.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from crossgrad.comparisons.backends.jax_jit import (
    COST,
    SIGMA,
    WANTED,
    Arrays,
    Few,
    receive,
    reported,
    taps,
)
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture


def trace(problem: Problem) -> Trace:
    """Forward and backward in bfloat16; raises ``NotSupportedError``."""
    if problem.dtype != "float32":
        raise NotSupportedError(f"jax.mixed: {problem.dtype}: casts float32 to bfloat16 only")
    if COSTS[problem.cost].of_probabilities:  # 0 log(1 - a) is NaN then; logits are safe
        raise NotSupportedError(f"jax.mixed: {problem.cost}: a rounded to bfloat16 is often 1")
    W, b, alpha, x, y = receive(problem)
    return reported(compiled(problem.architecture)(W, b, alpha, taps(problem), x, y))


def release() -> None:
    """Whatever was compiled is dropped."""
    compiled.cache_clear()
    jax.clear_caches()


@lru_cache(maxsize=4)
def compiled(architecture: Architecture) -> Callable[..., Any]:
    """The gradient function of an architecture, compiled once for all its draws."""

    def forward(W: Arrays, b: Arrays, alpha: Few, taps: Arrays, x: jax.Array, y: jax.Array) -> Any:  # noqa: ANN401 - a nest that JAX unpacks
        zs, activations, a = [], [], narrow(x)
        layers = zip(W, b, alpha, taps, architecture.activations, strict=True)
        for weights, bias, of_sigma, tap, name in layers:
            z = narrow(weights) @ a + narrow(bias) + narrow(tap)
            a = SIGMA[name](z, *map(narrow, of_sigma))
            zs.append(wide(z))
            activations.append(wide(a))
        return COST[architecture.cost](wide(a), y), (zs, activations)

    return jax.jit(jax.value_and_grad(forward, argnums=WANTED, has_aux=True))


def narrow(array: jax.Array) -> jax.Array:
    """Rounded to bfloat16."""
    return array.astype(jnp.bfloat16)


def wide(array: jax.Array) -> jax.Array:
    """In float32 again."""
    return array.astype(jnp.float32)


__all__ = ["receive", "release", "trace"]

"""JAX without ``jit``: ``value_and_grad``, each operation compiled alone and then called.

Every new shape of an operation is compiled once more, 60 MB and 99 memory maps an architecture;
what several have in common is compiled once for ``KEPT`` of them.
"""

import ctypes
import gc
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from crossgrad.comparisons.backends import jax_jit
from crossgrad.comparisons.backends.jax_jit import WANTED, forward, reported, taps
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture

#: So many architectures' operations are in memory at most.
KEPT = 4


def trace(problem: Problem) -> Trace:
    """Forward by JAX's own functions, backward by ``grad``, operation by operation."""
    W, b, alpha, x, y = receive(problem)
    zeros = jax.tree.map(jnp.asarray, taps(problem))
    function = alone(problem.architecture, problem.batch, problem.dtype)
    return reported(function(W, b, alpha, zeros, x, y))


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays as JAX's: NumPy's would compute 1 - y themselves."""
    arrays: tuple[Any, ...] = jax.tree.map(jnp.asarray, jax_jit.receive(problem))
    return arrays


@lru_cache(maxsize=1)
def alone(architecture: Architecture, batch: int, dtype: str) -> Callable[..., Any]:  # noqa: ARG001 - whatever changes shapes
    """The gradient function of an architecture; what was compiled before is dropped at times."""
    if alone.cache_info().misses % KEPT == 0:
        forget()
    return jax.value_and_grad(forward(architecture), argnums=WANTED, has_aux=True)


def forget() -> None:
    """Compiled operations go, and the memory that they leave goes back to the system."""
    jax.clear_caches()
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)


def release() -> None:
    """Nothing is kept of the last architecture either."""
    alone.cache_clear()
    forget()

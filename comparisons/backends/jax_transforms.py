"""JAX's other ways to a gradient, each compiled: per example, forward mode, vjp, transposition."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from crossgrad.comparisons.backends.jax_jit import (
    WANTED,
    Arrays,
    Few,
    forward,
    receive,
    reported,
    taps,
    wide,
)
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.divergences import of_gradients
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture

#: Forward mode carries a copy of all z and a for each parameter.
MOST_PARAMETERS = 2000
Function = Callable[..., Any]


def vmap(problem: Problem) -> Trace:
    """The gradient of each example alone, summed over the batch and divided by m afterwards."""
    if problem.has_classes:
        raise NotSupportedError("jax.vmap: the mean is over the samples that count, not over all")
    W, b, alpha, x, y = receive(problem)
    each = compiled(per_example, problem.architecture)(W, b, alpha, taps(problem), x, y)
    return reported(averaged(each))


def vjp(problem: Problem) -> Trace:
    """``jax.vjp``, its pullback applied to 1."""
    return answered(pulled_back, problem)


def linearize(problem: Problem) -> Trace:
    """``jax.linearize``, and the linear map that it gives, transposed."""
    return answered(transposed, problem)


def forward_mode(problem: Problem) -> Trace:
    """``jax.jacfwd``: one derivative of the cost for each parameter but α, and no δ.

    Raises ``NotSupportedError`` where there are too many, and where tangents are known to overflow.
    """
    for known in of_gradients("jax.forward", problem.activations, problem.dtype):
        what = f"{known.subject} in {problem.dtype}: {known.reason} ({known.name})"
        raise NotSupportedError(f"jax.forward: {what}")
    parameters = sum(array.size for array in (*problem.W, *problem.b))
    if parameters > MOST_PARAMETERS:
        limit = f"one pass each, at most {MOST_PARAMETERS}"
        raise NotSupportedError(f"jax.forward: {parameters} parameters: {limit}")
    W, b, alpha, x, y = receive(problem)
    given = W, b, alpha, taps(problem), x, y
    (dW, db), (cost, (z, a)) = compiled(carried, problem.architecture)(*given)
    return reported(((cost, (z, a)), (dW, db, [], [])))


# ------------------------------------------------------------------ of an architecture, compiled
def answered(transform: Callable[[Function], Function], problem: Problem) -> Trace:
    """The problem's trace by a transform of the forward pass."""
    W, b, alpha, x, y = receive(problem)
    return reported(compiled(transform, problem.architecture)(W, b, alpha, taps(problem), x, y))


@lru_cache(maxsize=4)
def compiled(
    transform: Callable[[Function], Function], architecture: Architecture
) -> Callable[..., Any]:
    """The gradient function of an architecture, compiled once for all its draws."""
    return jax.jit(transform(forward(architecture)))


def release() -> None:
    """Whatever was compiled is dropped."""
    compiled.cache_clear()
    jax.clear_caches()


# ------------------------------------------------------------------ the transforms
def per_example(function: Function) -> Function:
    """A batch of one, mapped over the columns of taps, batch and targets."""

    def alone(W: Arrays, b: Arrays, alpha: Few, taps: Arrays, x: jax.Array, y: jax.Array) -> Any:  # noqa: ANN401 - a nest that JAX unpacks
        return function(W, b, alpha, [tap[:, None] for tap in taps], x[:, None], y[:, None])

    gradients = jax.value_and_grad(alone, argnums=WANTED, has_aux=True)
    return jax.vmap(gradients, in_axes=(None, None, None, 1, 1, 1))


@jax.jit
def averaged(each: Any) -> Any:  # noqa: ANN401 - likewise
    """Over the batch; only δ and what is not a derivative stay of each example.

    Compiled apart: in one program XLA may compute a δ twice, and round it in two ways.
    """
    (cost, (z, a)), (*gradients, delta) = each
    m = cost.shape[0]
    cost, *gradients = jax.tree.map(lambda one: mean(one, m), [cost, *gradients])
    z, a = jax.tree.map(lambda one: one[:, :, 0].T, (z, a))
    return (cost, (z, a)), (*gradients, [one.T / m for one in delta])


def mean(each: jax.Array, m: int) -> jax.Array:
    """Σ ÷ m over the first axis: a sum of ours, which is not to overflow in float16."""
    return (jnp.sum(wide(each), axis=0) / m).astype(each.dtype)


def pulled_back(function: Function) -> Function:
    """The pullback of C at 1."""

    def gradients(*given: Any) -> Any:  # noqa: ANN401 - nests that JAX unpacks
        *wanted, x, y = given
        cost, pullback, aux = jax.vjp(lambda *p: function(*p, x, y), *wanted, has_aux=True)
        return (cost, aux), pullback(jnp.ones_like(cost))

    return gradients


def transposed(function: Function) -> Function:
    """The linear part of C, transposed, at 1."""

    def gradients(*given: Any) -> Any:  # noqa: ANN401 - nests that JAX unpacks
        *wanted, x, y = given
        cost, linear, aux = jax.linearize(lambda *p: function(*p, x, y), *wanted, has_aux=True)
        return (cost, aux), jax.linear_transpose(linear, *wanted)(jnp.ones_like(cost))

    return gradients


def carried(function: Function) -> Function:
    """∂C/∂W and ∂C/∂b, carried forward from the parameters; C, z and a beside them."""

    def values(*given: Any) -> Any:  # noqa: ANN401 - nests that JAX unpacks
        cost, aux = function(*given)
        return cost, (cost, aux)

    return jax.jacfwd(values, argnums=(0, 1), has_aux=True)


__all__ = ["forward_mode", "linearize", "receive", "release", "vjp", "vmap"]

"""Arrays of JAX, and what stands for them under ``jit``, ``grad`` and ``vmap``.

``arrays.py`` says what each function is for. A spoilt derivative is a ``jax.custom_jvp`` whose rule
is linear, so that JAX itself gets the reverse mode, and second derivatives, from it.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import eps
from crossgrad.comparisons.suite.vacuity.trees import Leaf
from crossgrad.reference.parameters import Array


def concrete(array: jax.Array) -> Array | None:
    if isinstance(array, jax.core.Tracer):
        return None
    given = np.asarray(array)
    return given.astype(np.result_type(given.dtype, np.float64))


def copied(array: jax.Array) -> Leaf:
    return array  # nobody can write to one


def scaled(array: jax.Array, factors: Array) -> Leaf:
    widest = jax.dtypes.canonicalize_dtype(jnp.float64)
    wide = jnp.promote_types(array.dtype, widest)
    product = (array.astype(wide) * jnp.asarray(factors, widest)).astype(array.dtype)
    return jnp.where(factors == 1, array, product)


def rounded(array: jax.Array, dtype: str) -> Leaf:
    return array.astype(dtype).astype(array.dtype)


def cast(array: jax.Array, dtype: str) -> Leaf:
    return array.astype(dtype)


def replaced(_array: jax.Array, other: jax.Array) -> Leaf:
    return other


def writer(_array: jax.Array) -> None:
    return None


def with_derivative(array: jax.Array, spoil: Callable[[jax.Array], jax.Array]) -> Leaf:
    if not eps(array):
        return array

    @jax.custom_jvp
    def same(array: jax.Array) -> jax.Array:
        return array

    @same.defjvp
    def spoilt(primals: tuple[Leaf], tangents: tuple[Leaf]) -> tuple[Leaf, Leaf]:
        return primals[0], spoil(tangents[0])

    return same(array)


def gradients(total: Callable[..., Leaf], inputs: list[Leaf], _held: object) -> list[Leaf | None]:
    return list(jax.grad(total, tuple(range(len(inputs))))(*map(jnp.asarray, inputs)))

"""A differentiable layer by ``jax.test_util.check_grads``, at its defaults."""

from collections.abc import Callable

import jax
from jax import test_util

from crossgrad.comparisons.suite.vacuity.public.layer import B, Style, W, X

LIKE = tuple(jax.numpy.asarray(array) for array in (W, B, X))


def layer(W: jax.Array, b: jax.Array, x: jax.Array) -> jax.Array:
    return jax.nn.sigmoid(W @ x + b)


def checked(kernel: Callable[..., jax.Array]) -> None:
    """First derivatives, forward and backward, in one random direction."""
    test_util.check_grads(kernel, LIKE, order=1)


STYLES = (Style("`jax.test_util.check_grads`", checked, layer, LIKE),)

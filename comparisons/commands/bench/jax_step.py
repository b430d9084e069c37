"""A gradient step of JAX: one call of ``jit(value_and_grad)``, until its results are there."""

from typing import Any

import jax
import jax.numpy as jnp

from crossgrad.comparisons.commands.bench.timing import Work
from crossgrad.comparisons.problems.problem import Problem

SIGMA = {"sigmoid": jax.nn.sigmoid, "identity": lambda z: z}


def jax_step(problem: Problem) -> Work:
    """Everything is on the device beforehand; the quadratic cost."""
    arguments = jax.device_put((list(problem.W), list(problem.b), problem.x, problem.y))

    def cost(W: list[Any], b: list[Any], a: Any, y: Any) -> Any:  # noqa: ANN401 - traced
        for weights, bias, name in zip(W, b, problem.activations, strict=True):
            a = SIGMA[name](weights @ a + bias)
        return jnp.sum((a - y) ** 2) / (2 * problem.batch)

    step = jax.jit(jax.value_and_grad(cost, argnums=(0, 1)))
    return lambda: jax.block_until_ready(step(*arguments))

"""JAX: ``jit(value_and_grad)``; each δ is the gradient of a tap, a zero that is added to z."""

import gc
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy import special as jsp

from crossgrad.comparisons.backends import jax_cache  # noqa: F401 - programs are kept from run to run
from crossgrad.comparisons.backends.guard import Functions
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

Arrays = list[jax.Array]
#: Of each layer what its σ has: α, or nothing.
Few = list[list[jax.Array]]
#: W, b, α and the taps.
WANTED = (0, 1, 2, 3)
#: What is there by now, JAX's modules above all, is not searched for garbage in this process, while
#: JAX traces, again and again: a sixth of the time of a program that was kept.
gc.freeze()
#: A program runs in the thread that asks for it, which waits for the answer in any case: to hand it
#: to another and be woken takes as long as a small program does.
with suppress(AttributeError):  # a release that has no such setting
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # noqa: FBT003 - JAX's way

nn = Functions(jax.nn)
SIGMA = {
    "identity": lambda z: z,
    "sigmoid": nn.sigmoid,
    "tanh": jnp.tanh,
    "relu": nn.relu,
    "leaky_relu": nn.leaky_relu,
    "prelu": lambda z, alpha=0.25: jnp.where(z > 0, z, alpha * z),
    "elu": nn.elu,
    "softplus": nn.softplus,
    "silu": nn.silu,
    "gelu": lambda z: nn.gelu(z, approximate=False),
    "gelu_tanh": lambda z: nn.gelu(z, approximate=True),
    "softsign": nn.soft_sign,
    "log_sigmoid": nn.log_sigmoid,
    "mish": nn.mish,
    "hardtanh": nn.hard_tanh,
    "relu6": nn.relu6,
    "hardsigmoid": nn.hard_sigmoid,
    "hardswish": nn.hard_silu,
    "selu": nn.selu,
    "celu": nn.celu,
    "quick_gelu": lambda z: z * nn.sigmoid(1.702 * z),
    "squared_relu": lambda z: jnp.square(nn.relu(z)),
    "softmax": lambda z: nn.softmax(z, axis=-2),
    "log_softmax": lambda z: nn.log_softmax(z, axis=-2),
}
#: The class of a sample that counts for nothing.
IGNORED = -100
COST = {
    "quadratic": lambda a, y: over(2 * y.shape[1], wide(a - y) ** 2, y),
    "mse": lambda a, y: jnp.mean(wide(a - y) ** 2).astype(y.dtype),
    "binary_cross_entropy": lambda a, y: over(
        -y.shape[1], y * jnp.log(a) + (1 - y) * jnp.log1p(-a), y
    ),
    "sigmoid_cross_entropy": lambda a, y: over(
        -y.shape[1], y * nn.log_sigmoid(a) + (1 - y) * nn.log_sigmoid(-a), y
    ),
    "softmax_cross_entropy": lambda a, y: over(
        -y.shape[1], weighted(y, nn.log_softmax(a, axis=0)), y
    ),
    "huber": lambda a, y: over(y.size, huber(wide(a - y)), y),
    "hinge": lambda a, y: over(y.size, nn.relu(1 - y * a), y),
    "kl_div": lambda a, y: over(y.shape[1], jsp.xlogy(y, y) - y * a, y),
    "weighted_sigmoid_cross_entropy": lambda a, y: over(
        -y.shape[1],
        weights_of(a) * y * nn.log_sigmoid(a) + (1 - y) * nn.log_sigmoid(-a),
        y,
    ),
    "nll": lambda a, y: of_classes(-a, y),
    "cross_entropy": lambda a, y: of_classes(-nn.log_softmax(a, axis=0), y),
    "weighted_cross_entropy": lambda a, y: of_classes(-nn.log_softmax(a, axis=0), y, weights_of(a)),
    "smoothed_cross_entropy": lambda a, y: of_classes(
        -nn.log_softmax(a, axis=0), y, weights_of(a), smoothing=0.1
    ),
}
COST["smooth_l1"] = COST["huber"]


def huber(d: jax.Array) -> jax.Array:
    """½d² or |d| - ½: JAX has none of its own."""
    return jnp.where(jnp.abs(d) <= 1, d * d / 2, jnp.abs(d) - 1 / 2)


def of_classes(
    terms: jax.Array, y: jax.Array, w: jax.Array | float = 1.0, smoothing: float = 0.0
) -> jax.Array:
    """Σ w t ÷ Σ w of labels that are not ignored, by one-hot labels: JAX has none of its own."""
    labels = nn.one_hot(y[0], len(terms), axis=0, dtype=terms.dtype)
    smooth = jnp.where(y == IGNORED, 0, labels * (1 - smoothing) + smoothing / len(terms))
    total = jnp.sum(wide(w * smooth * terms)) / jnp.sum(wide(w * labels))
    return total.astype(terms.dtype)


def weights_of(a: jax.Array) -> jax.Array:
    """Of the outputs, or classes, in turn: (n_L, 1)."""
    return jnp.asarray(np.resize((0.5, 1.0, 1.5, 2.0), (len(a), 1)), a.dtype)


def over(divisor: int, terms: jax.Array, like: jax.Array) -> jax.Array:
    """Σ ÷ divisor: what we add up ourselves, and what overflows in it would be our own fault."""
    return (jnp.sum(wide(terms)) / divisor).astype(like.dtype)


def weighted(y: jax.Array, log_p: jax.Array) -> jax.Array:
    """y log p; in float16, which has no number below -65504, 0 where y is though log p be -∞."""
    terms = y * log_p
    return jnp.where(y == 0, 0, terms) if terms.dtype == jnp.float16 else terms


def wide(terms: jax.Array) -> jax.Array:
    """In float32 if in float16, where squares and sums overflow long before their means do."""
    return terms.astype(jnp.float32) if terms.dtype == jnp.float16 else terms


def trace(problem: Problem) -> Trace:
    """Forward by JAX's own functions, backward by ``grad``, compiled by XLA."""
    W, b, alpha, x, y = receive(problem)
    return reported(compiled(problem.architecture)(W, b, alpha, taps(problem), x, y))


def release() -> None:
    """Whatever was compiled is dropped: in a long run it is megabytes an architecture."""
    compiled.cache_clear()
    zeros.cache_clear()
    jax.clear_caches()


def receive(problem: Problem) -> tuple[Any, ...]:
    """The problem's arrays, for jit to take all at once: one by one would take three times as long.

    Lists, as what is compiled has them; of α only what the network has.
    """
    alpha = [[] if given is None else [given] for given in problem.alpha]
    return list(problem.W), list(problem.b), alpha, problem.x, problem.y


@lru_cache(maxsize=4)
def compiled(architecture: Architecture) -> Callable[..., Any]:
    """The gradient function of an architecture, compiled once for all its draws."""
    return jax.jit(jax.value_and_grad(forward(architecture), argnums=WANTED, has_aux=True))


# ------------------------------------------------------------------ what the modes share
def forward(architecture: Architecture) -> Callable[..., Any]:
    """The network as a function of W, b, α, taps, batch and targets: C, and all z and a."""

    def forward(W: Arrays, b: Arrays, alpha: Few, taps: Arrays, x: jax.Array, y: jax.Array) -> Any:  # noqa: ANN401 - a nest that JAX unpacks
        zs, activations, a = [], [], x
        layers = zip(W, b, alpha, taps, architecture.activations, strict=True)
        for weights, bias, of_sigma, tap, name in layers:
            z = weights @ a + bias + tap
            a = SIGMA[name](z, *of_sigma)
            zs.append(z)
            activations.append(a)
        return COST[architecture.cost](a, y), (zs, activations)

    return forward


def taps(problem: Problem) -> list[Array]:
    """A zero to add to each z."""
    return list(zeros(problem.widths[1:], problem.batch, problem.dtype))


@lru_cache(maxsize=4)
def zeros(widths: tuple[int, ...], batch: int, dtype: str) -> tuple[Array, ...]:
    """Read-only, of each width: made once for all draws."""
    arrays = tuple(np.zeros((width, batch), dtype) for width in widths)
    for array in arrays:
        array.setflags(write=False)
    return arrays


def reported(answer: Any) -> Trace:  # noqa: ANN401 - a nest that JAX unpacks
    """C, all z and a, and the gradients in W, b, α and taps, as ``value_and_grad`` nests them."""
    (cost, (z, a)), (dW, db, dalpha, delta) = answer
    return Trace(
        dW=[np.asarray(d) for d in dW],
        db=[np.asarray(d) for d in db],
        cost=np.asarray(cost),
        z=[np.asarray(v) for v in z],
        a=[np.asarray(v) for v in a],
        delta=[np.asarray(d) for d in delta],
        others={("dalpha", l): np.asarray(d) for l, each in enumerate(dalpha, 1) for d in each},
    )

"""JAX's derivative rules without XLA: the jaxpr of ``value_and_grad``, evaluated by NumPy.

A jaxpr is JAX's list of operations, each a primitive with parameters. What is wrong here and
right in ``jax.eager`` comes from XLA's functions; what is wrong in both, from JAX's rules.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from crossgrad.comparisons.backends.jax_jit import WANTED, forward, receive, reported, taps
from crossgrad.comparisons.backends.jax_primitives import OF_BITS, PRIMITIVES
from crossgrad.comparisons.backends.own import BackendError
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

#: Where a primitive that calls another jaxpr keeps it: jit, custom_jvp_call, custom_vjp_call.
CALLED = ("jaxpr", "call_jaxpr", "fun_jaxpr")


def trace(problem: Problem) -> Trace:
    """JAX writes the operations down, NumPy does them; raises ``BackendError``."""
    W, b, alpha, x, y = receive(problem)
    arguments = W, b, alpha, taps(problem), x, y
    targets = jax.ShapeDtypeStruct(problem.y.shape, problem.y.dtype)
    jaxpr, nest = written(problem.architecture, problem.batch, problem.dtype, targets)
    with np.errstate(all="ignore"):
        results = evaluate(jaxpr.jaxpr, jaxpr.consts, jax.tree.leaves(arguments))
    return reported(jax.tree.unflatten(nest, results))


def release() -> None:
    """Whatever was written down is dropped."""
    written.cache_clear()
    jax.clear_caches()


@lru_cache(maxsize=4)
def written(
    architecture: Architecture, batch: int, dtype: str, targets: jax.ShapeDtypeStruct
) -> tuple[Any, Any]:
    """The jaxpr of the gradient function for these shapes, and how its results are nested."""

    def of(*shape: int) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(shape, np.dtype(dtype))

    n, widths = architecture.widths[0], architecture.widths[1:]
    W = [of(*shape) for shape in zip(widths, architecture.widths, strict=False)]
    b, zeros = [of(width, 1) for width in widths], [of(width, batch) for width in widths]
    alpha = [[of(n, 1)] * architecture.has_alpha(l) for l, n in enumerate(widths, start=1)]
    function = jax.value_and_grad(forward(architecture), argnums=WANTED, has_aux=True)
    given = W, b, alpha, zeros, of(n, batch), targets
    jaxpr, shapes = jax.make_jaxpr(function, return_shape=True)(*given)
    return jaxpr, jax.tree.structure(shapes)


# ------------------------------------------------------------------ evaluation
def evaluate(jaxpr: Any, constants: Sequence[Array], arguments: Sequence[Array]) -> list[Array]:  # noqa: ANN401 - JAX has no public type for it
    """What the operations of a jaxpr make of the arguments, one after the other."""
    values = dict(zip(jaxpr.constvars, map(np.asarray, constants), strict=True))
    values |= zip(jaxpr.invars, arguments, strict=True)

    def read(atom: Any) -> Array:  # noqa: ANN401 - a variable, or a literal
        return np.asarray(atom.val, atom.aval.dtype) if hasattr(atom, "val") else values[atom]

    for equation in jaxpr.eqns:
        results = performed(equation, [read(atom) for atom in equation.invars])
        values |= zip(equation.outvars, results, strict=True)
    return [read(atom) for atom in jaxpr.outvars]


def performed(equation: Any, operands: list[Array]) -> list[Array]:  # noqa: ANN401 - likewise
    """The results of one operation, each in its format."""
    name, parameters = equation.primitive.name, equation.params
    for key in CALLED:
        if hasattr(parameters.get(key), "consts"):
            called = parameters[key]
            return evaluate(called.jaxpr, called.consts, operands)
    if name not in PRIMITIVES:
        raise BackendError(
            f"jax.jaxpr: JAX {jax.__version__} has a primitive {name!r} of which NumPy is told "
            "nothing: it needs a rule in comparisons/backends/jax_primitives.py"
        )
    given = operands if name in OF_BITS else map(widened, operands)
    result = PRIMITIVES[name](*given, **parameters)
    return [np.asarray(result, equation.outvars[0].aval.dtype)]


def widened(array: Array) -> Array:
    """16 bits are computed with in float32, and rounded once."""
    narrow = array.dtype.itemsize == 2 and array.dtype.kind not in "iub"  # noqa: PLR2004 - bytes
    return array.astype(np.float32) if narrow else array


__all__ = ["receive", "release", "trace"]

"""The hand-written reference, in the problem's own format.

NumPy computes neither in float16 nor in bfloat16 as anybody would: 16-bit numbers are stored, and
each equation is evaluated in float32 and rounded once, as torch and XLA do.
"""

from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.equations.propagation import as_trace
from crossgrad.comparisons.problems.problem import Problem, Trace, of_layers_with_any
from crossgrad.reference.backprop import (
    alpha_gradients,
    backprop,
    bp1,
    bp2,
    bp3,
    bp4,
    sigmas,
)
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array, Parameters


@np.errstate(all="ignore")  # what overflows is ∞, and is judged as such
def trace(problem: Problem) -> Trace:
    """Forward and backward by BP1–BP4."""
    if problem.dtype in SIXTEEN:
        return rounded_trace(problem)
    W, b, alpha, x, y = receive(problem)
    return as_trace(backprop(problem.architecture, Parameters(W, b, alpha), x, y))


def receive(problem: Problem) -> tuple[Any, ...]:
    return problem.W, problem.b, problem.alpha, problem.x, problem.y


# ------------------------------------------------------------------ stored in 16 bits
def rounded_trace(problem: Problem) -> Trace:
    """The same equations, one by one, each result rounded to the format before the next."""

    def rounded(array: Array) -> Array:
        return array.astype(problem.dtype).astype(np.float32)

    wide = problem.map(lambda array: array.astype(np.float32))
    zs, activations, of_layers = [], [wide.x], sigmas(wide.architecture, wide.parameters)
    for W, b, sigma in zip(wide.W, wide.b, of_layers, strict=True):
        zs.append(rounded(W @ activations[-1] + b))
        activations.append(rounded(sigma.sigma(zs[-1])))
    cost = COSTS[problem.cost]
    *primes, last = [sigma.sigma_prime(z) for sigma, z in zip(of_layers, zs, strict=True)]
    gradient_a = cost.gradient(activations[-1], wide.y)
    deltas = [rounded(bp1(gradient_a, last))]
    for W, prime in zip(reversed(wide.W[1:]), reversed(primes), strict=True):
        deltas.insert(0, rounded(bp2(W, deltas[0], prime)))
    dalpha = alpha_gradients(wide.parameters, zs, deltas, gradient_a)
    answer = Trace(
        dW=[bp4(delta, a) for delta, a in zip(deltas, activations[:-1], strict=True)],
        db=[bp3(delta) for delta in deltas],
        cost=np.asarray(cost.value(activations[-1], wide.y)),
        z=zs,
        a=activations[1:],
        delta=deltas,
        others=of_layers_with_any("dalpha", dalpha),
    )
    return answer.map(lambda array: array.astype(problem.dtype))

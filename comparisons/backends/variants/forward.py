"""Derivatives that are carried forward, from each parameter to the cost: no δ, and no BP2."""

from collections.abc import Callable
from typing import Any

import numpy as np

from crossgrad.comparisons.backends.variants.formulas import COST, FROM_Z, divisor, of_layers
from crossgrad.comparisons.backends.variants.passes import Answer, Way, refuse_storage
from crossgrad.comparisons.backends.variants.passes import forward as values
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Form
from crossgrad.comparisons.parts.over_units import BothWays
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.parameters import Array

#: Each parameter takes a pass of its own; all are made at once, in one array.
MOST_PARAMETERS = 400
#: A power of two, so that nothing is rounded when it is divided out; its square is below u².
STEP = 2.0**-100


def seeded(problem: Problem) -> list[Array]:
    """For each layer the numbers of its parameters, W row by row and then b, in all there are."""
    sizes = [W.size + b.size for W, b in zip(problem.W, problem.b, strict=True)]
    if sum(sizes) > MOST_PARAMETERS:
        raise NotImplementedError(f"{sum(sizes)} parameters, at most {MOST_PARAMETERS}")
    return np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])


def moved(z: Array, numbers: Array, a: Array, step: complex) -> None:
    """Z of each parameter's own pass, where that is one of this layer, in place."""
    rows, columns = z.shape[-2], a.shape[-2]
    j, k = np.divmod(np.arange(rows * columns), columns)
    z[numbers[: j.size], j] += step * a[numbers[: j.size], k]
    z[numbers[j.size :], np.arange(rows)] += step


def as_gradients(problem: Problem, derivatives: Array, numbers: list[Array]) -> Answer:
    """∂C/∂W and ∂C/∂b, of all parameters' derivatives in a row."""
    parts = [derivatives[layer] for layer in numbers]
    return {
        "dW": [part[: W.size].reshape(W.shape) for part, W in zip(parts, problem.W, strict=True)],
        "db": [part[W.size :, None] for part, W in zip(parts, problem.W, strict=True)],
    }


# ------------------------------------------------------------------ dual numbers
def dual_numbers(problem: Problem) -> Answer:
    """Each number with its derivative by one parameter, as ``jacfwd`` has it; z and a are told."""
    refuse_storage(problem)
    numbers = seeded(problem)
    with np.errstate(all="ignore"):
        zs, activations = values(problem, Way())
        shape = numbers[-1][-1] + 1, *problem.x.shape
        tangent = np.zeros(shape, problem.dtype)
        forms = of_layers(FROM_Z, problem)
        layers = zip(problem.W, forms, zs, activations[1:], numbers, strict=True)
        for (W, form, z, a, own), below in zip(layers, activations[:-1], strict=True):
            tangent = W @ tangent
            moved(tangent, own, np.broadcast_to(below, (shape[0], *below.shape)), 1)
            tangent = pushed(form, z, a, tangent)
        slope = COST[problem.cost].gradient(activations[-1], problem.y)
        total = (slope * tangent).sum(axis=(-2, -1)) / problem.x.dtype.type(divisor(problem))
    return as_gradients(problem, total, numbers) | {"z": zs, "a": activations[1:]}


def pushed(form: Form, z: Array, a: Array, tangent: Array) -> Array:
    """∂a/∂z times the derivative of z."""
    slope = form.sigma_prime(z, a)
    return slope.push_forward(tangent) if isinstance(slope, BothWays) else tangent * slope


# ------------------------------------------------------------------ the complex step
def complex_step(problem: Problem) -> Answer:
    """∂C/∂w as Im C(w + ih)/h, of a C that is computed in complex numbers (Squire & Trapp 1998).

    It errs by the order of the step's square: what is below the step is taken from dual numbers.
    """
    if problem.dtype != "float64":
        raise NotImplementedError(f"complex step: {problem.dtype}")
    formulas = [in_complex(problem, l) for l in range(1, len(problem.W) + 1)]
    numbers = seeded(problem)
    with np.errstate(all="ignore"):
        a = np.tile(problem.x.astype(complex), (numbers[-1][-1] + 1, 1, 1))
        layers = zip(problem.W, problem.b, formulas, numbers, strict=True)
        for W, b, sigma, own in layers:
            z = W @ a + b
            moved(z, own, a, 1j * STEP)
            a = sigma(z)
        total = COST[problem.cost].in_complex(a, problem.y).sum(axis=(-2, -1))
    answer = as_gradients(problem, total.imag / STEP / divisor(problem), numbers)
    small = dual_numbers(problem)
    return {
        name: [
            np.where(abs(g) < STEP, other, g)
            for g, other in zip(answer[name], small[name], strict=True)
        ]
        for name in ("dW", "db")
    }


def in_complex(problem: Problem, l: int) -> Callable[..., Any]:
    """σ of layer l, of complex numbers.

    Raises ``NotImplementedError`` where it loses something of a part.
    """
    name = problem.activations[l - 1]
    formula = ACTIVATIONS[name].of(problem.of_layer(l)).in_complex
    if formula is None:
        raise NotImplementedError(f"complex step: {name}")
    return formula

"""One whole pass, of which the order of the sums, the formulas and the format can be chosen."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.backends.variants.formulas import (
    COST,
    FROM_Z,
    Formulas,
    divisor,
    of_layers,
)
from crossgrad.comparisons.parts.costs import Form
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.parameters import Array

Answer = dict[str, Any]


# ------------------------------------------------------------------ orders of summation
def at_once(A: Array, B: Array, plus: Array | None = None) -> Array:
    """A B + plus, the bias last."""
    return A @ B if plus is None else A @ B + plus


def backwards(A: Array, B: Array, plus: Array | None = None) -> Array:
    """A B + plus, from the bias and the last product to the first."""
    total = np.zeros((A.shape[0], B.shape[1]), A.dtype) if plus is None else plus
    for column, row in zip(A.T[::-1], B[::-1], strict=True):
        total = total + column[:, None] * row
    return total


def in_one_rounding(A: Array, B: Array, plus: Array | None = None) -> Array:
    """A B + plus in float32 by fused multiply-adds: exact products, one rounding a step."""
    if A.dtype != np.float32:
        raise NotImplementedError(f"fused multiply-adds in {A.dtype}")
    total = np.zeros((A.shape[0], B.shape[1]), A.dtype) if plus is None else plus
    for column, row in zip(A.T.astype(float), B.astype(float), strict=True):
        total = (total + column[:, None] * row).astype(A.dtype)
    return total


# ------------------------------------------------------------------ the whole pass
#: In 16 bits numbers are stored only.
STORED: dict[str, type[Any]] = {"float16": np.float32, "bfloat16": np.float32}
#: Formats in which the products of two numbers are exact, or nearly.
WIDER: dict[str, type[Any]] = {**STORED, "float32": np.float64, "float64": np.longdouble}


def refuse_storage(problem: Problem) -> None:
    """For programs that compute in the format of what they store, which no processor does in 16."""
    if problem.dtype in STORED:
        raise NotImplementedError(f"computing in {problem.dtype} itself")


class Way(NamedTuple):
    """How sums of products are taken, which formulas stand for σ, σ′ and C, and in which format.

    The cost is multiplied by ``scale`` before it is differentiated, and derivatives divided by it.
    If ``mean_last``, the costs of the samples are summed, and derivatives divided by their number.
    """

    dot: Callable[..., Array] = at_once
    formulas: Formulas = FROM_Z
    wider: Mapping[str, type[Any]] = STORED
    costs: Mapping[str, Form] = COST
    scale: float = 1.0
    mean_last: bool = False

    def divisors(self, problem: Problem) -> tuple[float, float]:
        """What derivatives are divided by at first, and at last."""
        M = divisor(problem)
        return (1.0, M) if self.mean_last else (M, 1.0)

    def equation(self, dtype: str, formula: Callable[..., Any], *arrays: Array) -> Array:
        """One equation's result, rounded to the problem's format."""
        wide = self.wider.get(dtype, dtype)
        with np.errstate(all="ignore"):
            return np.asarray(formula(*(array.astype(wide) for array in arrays)), dtype)

    def bp2(
        self, sigma_prime: Callable[..., Array], W: Array, delta: Array, z: Array, a: Array
    ) -> Array:
        """(Wᵀ δ) ⊙ σ′."""
        return self.dot(W.T, delta) * sigma_prime(z, a)

    def row_sums(self, rows: Array) -> Array:
        """The sum of each row, in this order: a product with a column of ones."""
        return self.dot(rows, np.ones((rows.shape[1], 1), rows.dtype))


def run(problem: Problem, way: Way) -> Answer:
    """The whole trace; each equation is evaluated as the way says."""
    equation = partial(way.equation, problem.dtype)
    zs, activations = forward(problem, way)
    terms = way.costs[problem.cost].terms
    M, last = divisor(problem), way.divisors(problem)[1]
    deltas = backward(problem, way, zs, activations)
    return {
        "cost": equation(
            lambda a, y: way.row_sums(terms(a, y).reshape(1, -1))[0, 0] / M,
            activations[-1],
            problem.y,
        ),
        "z": zs,
        "a": activations[1:],
        "delta": [equation(lambda d: d / last / way.scale, delta) for delta in deltas],
        "dW": [
            equation(lambda d, a: way.dot(d, a.T) / last / way.scale, *pair)
            for pair in zip(deltas, activations[:-1], strict=True)
        ],
        "db": [equation(lambda d: way.row_sums(d) / last / way.scale, delta) for delta in deltas],
        **of_alpha(problem, way, zs, activations, deltas),
    }


def of_alpha(
    problem: Problem, way: Way, zs: list[Array], activations: list[Array], deltas: list[Array]
) -> Answer:
    """∂C/∂α of the layers that have one, if any has; v is not rounded in between."""
    equation = partial(way.equation, problem.dtype)
    first, last = way.divisors(problem)
    gradient, found = way.costs[problem.cost].gradient, list[Array | None]()
    for l, alpha in enumerate(problem.alpha):
        if alpha is None:
            found.append(None)
        elif l + 1 < len(deltas):
            found.append(equation(
                lambda W, d, z: way.row_sums(way.dot(W.T, d) * np.minimum(z, 0)) / last / way.scale,
                problem.W[l + 1], deltas[l + 1], zs[l],
            ))  # fmt: skip
        else:
            found.append(equation(
                lambda a, y, z: way.row_sums(gradient(a, y) / first * way.scale * np.minimum(z, 0))
                / last / way.scale,
                activations[-1], problem.y, zs[l],
            ))  # fmt: skip
    return {"dalpha": found} if any(alpha is not None for alpha in problem.alpha) else {}


def forward(problem: Problem, way: Way) -> tuple[list[Array], list[Array]]:
    """z of each layer, and a from the input on."""
    equation = partial(way.equation, problem.dtype)
    zs, activations = list[Array](), [problem.x]
    for W, b, form in zip(problem.W, problem.b, of_layers(way.formulas, problem), strict=True):
        zs.append(equation(way.dot, W, activations[-1], b))
        activations.append(equation(form.sigma, zs[-1]))
    return zs, activations


def backward(problem: Problem, way: Way, zs: list[Array], activations: list[Array]) -> list[Array]:
    """δ of each layer, times the scale."""
    equation = partial(way.equation, problem.dtype)
    gradient = way.costs[problem.cost].gradient
    M = way.divisors(problem)[0]
    *primes, last_prime = [form.sigma_prime for form in of_layers(way.formulas, problem)]
    deltas = [
        equation(
            lambda a, y, z: gradient(a, y) / M * way.scale * last_prime(z, a),
            activations[-1],
            problem.y,
            zs[-1],
        )
    ]
    below = zip(problem.W[1:], zs[:-1], activations[1:-1], primes, strict=True)
    for W, z, a, sigma_prime in reversed(list(below)):
        deltas.insert(0, equation(partial(way.bp2, sigma_prime), W, deltas[0], z, a))
    return deltas

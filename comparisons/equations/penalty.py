"""A penalty ½λ Σw² that a cost has besides: λW in ∂C/∂W, and itself in C.

λ is rounded to the format, may be divided by m before or after, and is multiplied by W; then the
sum is rounded.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.expected import NONE, Equation, Expected, Extra
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.pairs import ERROR, Pair, lift, total
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.arithmetic.wide import Wide
from crossgrad.comparisons.equations.place import Place
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.backprop import Backpropagation
from crossgrad.reference.parameters import Array

#: Roundings of λw: of λ, twice by a division, of the product.
OF_PRODUCT = 4


class Penalised(NamedTuple):
    """BP4 with λW: no sum of products of the trace alone."""

    gradient: Equation
    W: Number
    l2: float

    def expected(self, fmt: Format, extra: Extra = NONE) -> Expected:
        """∂C/∂W of the cost without it, and λW."""
        found = self.gradient.expected(fmt, extra)
        added = lift(self.W.wide) * self.l2
        return plus(found, added, OF_PRODUCT + extra.scaled, fmt)


def plus(found: Expected, added: Pair, roundings: int, fmt: Format) -> Expected:
    """A sum with something that is rounded so often itself."""
    size = np.abs(added.nearest)
    value = found.value.pair + added
    own = found.value.own + 2 * ERROR * (np.abs(found.value.pair.nearest) + size)
    rounded = gamma(roundings, fmt.u) * size + fmt.u * (found.reach + found.bound + size)
    return Expected(Wide(value, own), found.bound + rounded + 2 * fmt.omega, found.flushed)


def of_weights(problem: Problem) -> Pair:
    """½λ Σw² of all layers, of each draw."""
    squares = [lift(W.reshape(*W.shape[:-2], -1).astype(np.float64)) for W in problem.W]
    parts = [total(w * w) for w in squares]
    return sum(parts[1:], parts[0]) * (problem.l2 / 2)


def penalised_cost(at: Place, costs: Sequence[Expected]) -> list[Expected]:
    """C in any of its forms, with the penalty: a sum of so many squares."""
    added, roundings = of_weights(at.problem), of_squares(at.problem)
    return [plus(cost, added, roundings, at.fmt.cost) for cost in costs]


def of_squares(problem: Problem) -> int:
    """Roundings of the sum of all squares, and of λ."""
    return sum(W.shape[-1] * W.shape[-2] for W in problem.W) + len(problem.W) + OF_PRODUCT


# ------------------------------------------------------------------ from end to end
def with_penalty(problem: Problem, answer: Backpropagation) -> Backpropagation:
    """What the reference computes, of the cost with its penalty."""
    if not problem.l2:
        return answer
    gradients = zip(answer.gradients.dW, problem.W, strict=True)
    dW = tuple(gradient + problem.l2 * W for gradient, W in gradients)
    cost = answer.cost + of_weights(problem).nearest
    return answer._replace(cost=cost, gradients=replace(answer.gradients, dW=dW))


def gradient_error(problem: Problem, l: int, dW: Array, E: Array, fmt: Format) -> Array | float:
    """What the penalty adds to E(∂C/∂W) at layer l, 1 … L."""
    if not problem.l2:
        return 0.0
    return added_error(dW, E, problem.l2 * np.abs(problem.W[l - 1]), OF_PRODUCT, fmt)


def cost_error(problem: Problem, cost: Array, E: Array, fmt: Format) -> Array | float:
    """What it adds to E(C)."""
    if not problem.l2:
        return 0.0
    return added_error(cost, E, of_weights(problem).nearest, of_squares(problem), fmt)


def added_error(value: Array, E: Array, size: Array, roundings: int, fmt: Format) -> Array:
    """Of what is rounded so often, and of the sum with it."""
    return gamma(roundings, fmt.u) * size + fmt.u * (np.abs(value) + E) + 2 * fmt.omega

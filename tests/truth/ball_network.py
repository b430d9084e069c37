"""The truth about a network in balls: everything that a backend reports, for one draw.

By the chain rule from layer to layer; and, without any chain rule, as differences of the cost.
Arrays are NumPy object arrays of balls; columns are samples.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from ball_costs import cost_gradient, mean_cost
from flint import arb, ctx

from crossgrad.comparisons.arithmetic.balls.balls import balls, sharp
from crossgrad.comparisons.parts.balls import value, value_and_slope
from crossgrad.comparisons.problems.problem import Problem

#: Of a difference quotient: with steps of 2⁻⁴⁰⁰ it errs by 2⁻⁸⁰⁰ times third derivatives.
QUOTIENT_BITS, STEP = 1536, arb(2) ** -400


class Truth(NamedTuple):
    """C; z, a and δ, ∂C/∂W and ∂C/∂b layer by layer."""

    cost: arb
    z: list[np.ndarray]
    a: list[np.ndarray]
    delta: list[np.ndarray]
    dW: list[np.ndarray]
    db: list[np.ndarray]


def trace(problem: Problem) -> Truth:
    """The truth about one draw, each ball of it sharp."""
    return sharp(lambda: backpropagate(problem), entries)


def entries(truth: Truth) -> Iterable[arb]:
    yield truth.cost
    for layers in truth[1:]:
        for array in layers:
            yield from array.flat


def backpropagate(problem: Problem) -> Truth:
    """The chain rule from layer to layer, in the bits that are set."""
    z, a, slopes = feedforward(problem)
    W, x, y = list(map(balls, problem.W)), balls(problem.x), balls(problem.y)
    v, deltas = cost_gradient(problem.cost, a[-1], y), []
    for weights, sigma_prime in zip(reversed(W), reversed(slopes), strict=True):
        deltas.insert(0, v * sigma_prime)
        v = weights.T @ deltas[0]
    dW = [delta @ below.T for delta, below in zip(deltas, [x, *a[:-1]], strict=True)]
    db = [delta.sum(axis=1, keepdims=True) for delta in deltas]
    return Truth(mean_cost(problem.cost, a[-1], y), z, a, deltas, dW, db)


def feedforward(problem: Problem) -> tuple[list[np.ndarray], ...]:
    """z, a and σ′(z) of each layer."""
    layers, a = [], balls(problem.x)
    for W, b, name in zip(problem.W, problem.b, problem.activations, strict=True):
        z = balls(W) @ a + balls(b)
        a, slopes = np.frompyfunc(lambda ball, name=name: value_and_slope(name, ball), 1, 2)(z)
        layers.append((z, a, slopes))
    return tuple(map(list, zip(*layers, strict=True)))


# ------------------------------------------------------------------ without a chain rule
def change_along(problem: Problem, truth: Truth, way: Problem) -> tuple[arb, arb]:
    """dC/dt of the network W + t·W′, b + t·b′: by the gradients, and as a central difference."""
    with ctx.workprec(QUOTIENT_BITS):
        pairs = zip([*truth.dW, *truth.db], [*way.W, *way.b], strict=True)
        by_gradients = sum(((d * balls(v)).sum() for d, v in pairs), arb(0))
        up, down = (cost_at(problem, way, t) for t in (STEP, -STEP))
        return by_gradients, (up - down) / (2 * STEP)


def only(problem: Problem, name: str, l: int, place: tuple[int, int]) -> Problem:
    """The direction of one weight or bias: it moves by 1, and nothing else does."""
    way = {part: tuple(map(np.zeros_like, getattr(problem, part))) for part in ("W", "b")}
    way[name][l][place] = 1
    return replace(problem, **way)


def cost_at(problem: Problem, way: Problem, t: arb) -> arb:
    """C of the network W + t·W′, b + t·b′."""
    a = balls(problem.x)
    for l, name in enumerate(problem.activations):
        W, b = balls(problem.W[l]) + t * balls(way.W[l]), balls(problem.b[l]) + t * balls(way.b[l])
        a = np.frompyfunc(lambda ball, name=name: value(name, ball), 1, 1)(W @ a + b)
    return mean_cost(problem.cost, a, balls(problem.y))

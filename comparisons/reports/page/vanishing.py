"""How errors fade on the way back through a deep network, by activation, with bias and without.

This is about the mathematics, not about any run: the reference computes it here, in float64.
"""

from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.regimes import draw_problems
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop
from crossgrad.reference.parameters import Array

DEPTH, WIDTH, BATCH, DRAWS, SEED = 10, 32, 16, 8, 0
#: The ordinary regime is the first of each turn.
TURN = len(GENERATIONS[1].regimes)


class Fading(NamedTuple):
    """RMS(δˡ) ÷ RMS(δᴸ) from l = 1 to L, the median over draws."""

    activation: str
    bias: bool
    ratios: tuple[float, ...]

    @property
    def factor(self) -> float:
        """What a layer multiplies the size of δ by on the way back, in the geometric mean."""
        return float(self.ratios[0] ** (1 / (len(self.ratios) - 1)))


def fading() -> list[Fading]:
    """The first activations, with bias and without, from the same weights, batches and targets."""
    problems = drawn()
    bare = Problem(
        problems.architecture, problems.dtype, problems.W,
        tuple(np.zeros_like(b) for b in problems.b), problems.x, problems.y,
    )  # fmt: skip
    return [
        Fading(name, bias, ratios(name, problem))
        for name in GENERATIONS[1].activations
        for bias, problem in ((True, problems), (False, bare))
    ]


def network(activation: str) -> Architecture:
    return Architecture((WIDTH,) * (DEPTH + 1), (activation,) * DEPTH, "quadratic")


def drawn() -> Problem:
    """Ordinary draws, as a stack; what is drawn does not depend on the activation."""
    net = network("identity")
    return draw_problems(net, "float64", BATCH, SEED, range(0, TURN * DRAWS, TURN))


def ratios(activation: str, problem: Problem) -> tuple[float, ...]:
    answer = backprop(network(activation), problem.parameters, problem.x, problem.y)
    sizes = np.array([root_mean_square(delta) for delta in answer.delta])
    return tuple(np.median(sizes / sizes[-1], axis=1).tolist())


def root_mean_square(delta: Array) -> Array:
    """Over the units and the batch, for each draw."""
    return np.sqrt((delta**2).mean(axis=(-2, -1)))

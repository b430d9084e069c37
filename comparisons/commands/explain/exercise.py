"""What is explained: a problem, what it is of, and how its numbers were written."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.commands.explain.symbols import of_sample, symbol
from crossgrad.comparisons.problems.arrays import Subject
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array

#: The text of each number that somebody wrote, by its name: "w₁₂¹" → "0.20".
Texts = Mapping[str, str]
NOTHING_WRITTEN: Texts = MappingProxyType({})


class Exercise(NamedTuple):
    """A draw of a scenario, or numbers of somebody's own, which have ``texts``.

    ``biases``: whether they were given; if not, they are 0.
    """

    subject: Subject
    problem: Problem
    draw: int = 0
    texts: Texts = NOTHING_WRITTEN
    biases: bool = True


class Given(NamedTuple):
    """An array that everybody is given: its name, those of its entries, and their values."""

    name: str
    names: Iterator[str]
    values: Array


def exercise_of(scenario: Scenario, draw: int) -> Exercise:
    return Exercise(scenario, scenario.problem(draw), draw)


def given(problem: Problem) -> Iterator[Given]:
    """x, y, then W and b layer by layer."""
    yield columns("x", problem.x)
    yield columns("y", problem.y)
    for l, (W, b) in enumerate(zip(problem.W, problem.b, strict=True), start=1):
        of_W = (symbol("w", at, l) for at in np.ndindex(W.shape))
        yield Given(symbol("W", (), l), of_W, W.ravel())
        of_b = (symbol("b", (j,), l) for j in range(len(b)))
        yield Given(symbol("b", (), l), of_b, b.ravel())


def columns(name: str, array: Array) -> Given:
    """Sample by sample."""
    n, m = array.shape
    names = (symbol(name, (j,), 0, of_sample(s, m)) for s in range(m) for j in range(n))
    return Given(name, names, array.T.ravel())

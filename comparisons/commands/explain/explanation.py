"""A network, what it is given, and every number that everybody made of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.backends import Backend
from crossgrad.comparisons.commands.explain.answers import Answer, Silence, answer
from crossgrad.comparisons.commands.explain.entries import Quantity, quantities
from crossgrad.comparisons.commands.explain.selection import SHOWN
from crossgrad.comparisons.commands.explain.symbols import of_sample, symbol
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.parameters import Array


class Given(NamedTuple):
    """An array that everybody was given: its name, entries with theirs, how many are left out."""

    name: str
    entries: tuple[tuple[str, np.generic], ...]
    left_out: int


class Explanation(NamedTuple):
    """All that is told, whatever the language and the page."""

    scenario: Scenario
    draw: int
    problem: Problem
    answers: tuple[Answer, ...]
    silent: tuple[Silence, ...]
    given: tuple[Given, ...]
    quantities: tuple[Quantity, ...]

    @property
    def code(self) -> int:
        """1 if a backend erred, nobody answered, or a residual is beyond 1 and unexplained."""
        erred = any(silence.status == "error" for silence in self.silent)
        return int(erred or not self.answers or bool(self.failures))

    @property
    def rows(self) -> Iterator[tuple[str, str, int, float, str]]:
        """Backend, check, layer, residual and status of all that is judged."""
        for one in self.answers:
            for (check, layer), judged in one.judged.items():
                yield one.name, check, layer, judged.row.residual, judged.row.status

    @property
    def failures(self) -> list[str]:
        return list(dict.fromkeys(name for name, *_, status in self.rows if status == "fail"))


def explanation(scenario: Scenario, draw: int, backends: Sequence[Backend]) -> Explanation:
    """Ask everybody, and judge what they say."""
    problem = scenario.problem(draw)
    said = [answer(scenario, problem, backend) for backend in backends]
    answers = tuple(one for one in said if isinstance(one, Answer))
    silent = tuple(one for one in said if isinstance(one, Silence))
    found = tuple(quantities(problem, answers)) if answers else ()
    return Explanation(scenario, draw, problem, answers, silent, tuple(given(problem)), found)


def given(problem: Problem) -> Iterator[Given]:
    """x, y, then W and b layer by layer."""
    yield columns("x", problem.x)
    yield columns("y", problem.y)
    for l, (W, b) in enumerate(zip(problem.W, problem.b, strict=True), start=1):
        yield some(
            symbol("W", (), l), (symbol("w", at, l) for at in np.ndindex(W.shape)), W.ravel()
        )
        yield some(symbol("b", (), l), (symbol("b", (j,), l) for j in range(len(b))), b.ravel())


def columns(name: str, array: Array) -> Given:
    n, m = array.shape
    names = (symbol(name, (j,), 0, of_sample(s, m)) for s in range(m) for j in range(n))
    return some(name, names, array.T.ravel())


def some(name: str, names: Iterator[str], values: Array) -> Given:
    shown = tuple(zip(names, values[:SHOWN], strict=False))
    return Given(name, shown, values.size - len(shown))


def worst(explanation: Explanation) -> tuple[str, str, int, float] | None:
    """Backend, check and layer of the largest residual that nothing explains."""
    rows = [(name, check, l, residual) for name, check, l, residual, _ in explanation.rows]
    return max(rows, key=lambda row: row[-1], default=None)

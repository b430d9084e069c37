"""A gradient of 10⁴ parameters, checked by this suite and by torch's gradcheck, slow and fast.

Each is timed with all that it has to compute, on torch's own program: the suite's traces of eight
draws and all their checks, a draw each; gradcheck's differences of one draw. Beside each stands the
smallest relative fault in one number of ∂C/∂W that it catches there.
"""

from collections.abc import Callable

from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.commands.bench.figures import Figure, Found, figure, ratio
from crossgrad.comparisons.commands.bench.timing import Work, interleaved
from crossgrad.comparisons.commands.bench.torch_gradcheck import FAST, SLOW, gradcheck_of
from crossgrad.comparisons.commands.power.checkers import others
from crossgrad.comparisons.commands.power.thresholds import (
    bisect,
    caught_by,
    caught_by_suite,
    planted,
)
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import Problem, stack_problems
from crossgrad.comparisons.problems.scenario import Scenario

#: 9,608 parameters; a batch of 4, as the lecture's networks have.
NETWORK = Scenario.parse("64x96x32x8-tanh,tanh,sigmoid-quadratic-float64-m4-s0")
SUITE = "crossgrad"
MODE = "random entry"
#: Marks: so many times as fast as slow gradcheck, and as its fast mode.
THAN_SLOW, THAN_FAST = 1500.0, 1.0


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    problem = NETWORK.problems()[0]
    ways = {
        SUITE: suite(),
        **{name: gradcheck_of(problem, fast=name == FAST) for name in (FAST, SLOW)},
    }
    seconds = interleaved(ways, rounds=2 if quick else 7)
    advance()
    figures = compared({name: each(name, taken) for name, taken in seconds.items()})
    for name in ways:
        figures.append(smallest(name, problem))
        advance()
    return Found(figures)


def each(name: str, seconds: list[float]) -> list[float]:
    return [taken / NETWORK.draws for taken in seconds] if name == SUITE else seconds


def compared(seconds: dict[str, list[float]]) -> list[Figure]:
    """How many times as long the others take."""
    return [
        ratio(f"{SLOW} ÷ {SUITE}", seconds[SLOW], seconds[SUITE], least=THAN_SLOW),
        ratio(f"{FAST} ÷ {SUITE}", seconds[FAST], seconds[SUITE], least=THAN_FAST),
    ]


def suite() -> Work:
    """Torch's traces of all draws, and every check of them."""
    backend = load_backend("torch")
    problems = NETWORK.problems()
    stack = stack_problems(problems)
    return lambda: judge(NETWORK, backend, stack, backend.traces(problems), counting=False)


def smallest(name: str, problem: Problem) -> Figure:
    """By bisection; the fault is relative to the number."""
    checkers = {checker.name: checker for checker in others()[0]}
    caught = (
        caught_by_suite(problem, MODE)
        if name == SUITE
        else caught_by(checkers[name], problem, MODE)
    )
    return figure(f"smallest fault that {name} catches", [planted(bisect(caught), "float64")])

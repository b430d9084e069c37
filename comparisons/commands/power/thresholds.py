"""The smallest relative fault that a checker catches, by bisection, in each format.

Networks are those of ``faults.networks.SMOOTH``, in one ordinary draw each; what the others
compare with is the very program without the fault, to the last bit, the most that can be given.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.commands.power.checkers import others
from crossgrad.comparisons.commands.power.scores import SUITE
from crossgrad.comparisons.commands.power.subject import Checker, Subject, accepts
from crossgrad.comparisons.equations.faults.formats import rounded
from crossgrad.comparisons.equations.faults.networks import SMOOTH
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.equations.faults.sizes import MODES, sized
from crossgrad.comparisons.equations.walk import all_pass
from crossgrad.comparisons.machine.workers import all_done
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces

FORMATS = ("float64", "float32", "bfloat16")
#: Powers of √2: from below the last bit of float64 to a thousand times the number itself.
LOW, HIGH = -106, 20


class Smallest(NamedTuple):
    """The smallest fault of a mode that a checker catches in a network; infinite if none."""

    checker: str
    dtype: str
    mode: str
    fault: float


class Task(NamedTuple):
    """A network's seed, and the format."""

    seed: int
    dtype: str


def tasks(networks: int, seed: int) -> list[Task]:
    return [Task(seed + i, dtype) for i in range(networks) for dtype in FORMATS]


def measure(
    todo: Sequence[Task], jobs: int, advance: Callable[[Task], None]
) -> dict[tuple[str, str, str], float]:
    """The median over networks, by checker, format and mode."""
    found = [smallest for each in all_done(in_network, todo, jobs, advance) for smallest in each]
    keys = dict.fromkeys(s[:3] for s in sorted(found))
    return {key: median(s.fault for s in found if s[:3] == key) for key in keys}


def in_network(task: Task) -> list[Smallest]:
    """Every mode, before every checker that knows the format."""
    problem = drawn(task.seed, task.dtype)
    checkers = [c for c in others()[0] if task.dtype in c.dtypes]
    found = []
    for mode in MODES:
        catching = [(SUITE, caught_by_suite(problem, mode))]
        catching += [(c.name, caught_by(c, problem, mode)) for c in checkers]
        for name, caught in catching:
            if not caught(0.0):  # who refuses the program without a fault says nothing about one
                size = bisect(caught)
                found.append(Smallest(name, task.dtype, mode, planted(size, task.dtype)))
    return found


def drawn(seed: int, dtype: str) -> Problem:
    """An ordinary draw; bfloat16 is held in float32, rounded."""
    if dtype == "bfloat16":
        return drawn(seed, "float32").map(lambda array: rounded(array, 8), dtype)
    return replace(SMOOTH.scenario(dtype, seed), draws=1).problems()[0]


def caught_by_suite(problem: Problem, mode: str) -> Callable[[float], bool]:
    """By the local checks of its whole trace."""
    stack = stack_problems([problem])

    def caught(size: float) -> bool:
        trace = stack_traces([Trace(**sized(mode, size)(problem))])
        return not all_pass(stack, trace)

    return caught


def caught_by(checker: Checker, problem: Problem, mode: str) -> Callable[[float], bool]:
    """Of one draw, compared with the program without the fault."""
    trusted = program()(problem)

    def caught(size: float) -> bool:
        faulty = sized(mode, size)
        return not accepts(checker, Subject(faulty, problem, faulty(problem), trusted))

    return caught


def planted(size: float, dtype: str) -> float:
    """By how much a factor 1 + size is off in the format that holds it."""
    held = "float32" if dtype == "bfloat16" else dtype
    return float(np.asarray(1 + size, held)) - 1


def bisect(caught: Callable[[float], bool]) -> float:
    """The smallest power of √2 that is caught."""
    low, high = LOW, HIGH + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if caught(2.0 ** (middle / 2)) else (middle, high)
    return float(2.0 ** (high / 2)) if high <= HIGH else np.inf

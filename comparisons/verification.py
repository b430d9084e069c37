"""What one item of the suite does: draw, ask, judge.

A scenario is drawn once, and each backend asked once, for all items of a worker.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from comparisons.backends import Backend
from comparisons.problem import Problem, Trace, stack_problems, stack_traces
from comparisons.scenario import Scenario
from comparisons.verdict import Row, agree, judge

T = TypeVar("T")


@lru_cache(maxsize=2)
def drawn(scenario: Scenario) -> tuple[list[Problem], Problem]:
    """A scenario's problems, one by one and as a stack."""
    problems = scenario.problems()
    return problems, stack_problems(problems)


@lru_cache(maxsize=8)
def answered(scenario: Scenario, backend: Backend) -> Trace:
    """A backend's traces of a scenario, as a stack."""
    return stack_traces([backend.trace(problem) for problem in drawn(scenario)[0]])


class Verification:
    """The rows of one item, and the seconds of each stage on the way to them."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.rows: list[Row] = []
        self.seconds: dict[str, float] = {}

    def ask(self, scenario: Scenario, backend: Backend) -> Trace:
        """The backend's traces; raises what the backend raises."""
        self.timed("draw", lambda: drawn(scenario))
        return self.timed(backend.name, lambda: answered(scenario, backend))

    def judge(self, scenario: Scenario, backend: Backend) -> None:
        """All checks of one backend."""
        trace = self.ask(scenario, backend)
        problem = drawn(scenario)[1]
        self.rows += self.timed("checks", lambda: judge(scenario, backend.name, problem, trace))

    def agree(self, scenario: Scenario, backends: list[Backend]) -> None:
        """All pairs of backends."""
        traces = {backend.name: self.ask(scenario, backend) for backend in backends}
        problem = drawn(scenario)[1]
        self.rows += self.timed("checks", lambda: agree(scenario, problem, traces))

    def timed(self, stage: str, work: Callable[[], T]) -> T:
        """Do the work; its seconds go to the stage."""
        start = time.perf_counter()
        try:
            return work()
        finally:
            elapsed = time.perf_counter() - start
            self.seconds[stage] = self.seconds.get(stage, 0.0) + elapsed

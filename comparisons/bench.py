"""How many cases a second each stage does: a benchmark, never a test."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from comparisons.agreement import end_to_end_checks
from comparisons.backends import DEFAULT, Backend, load_backend
from comparisons.baseline.record import recorded
from comparisons.equations import local_checks
from comparisons.problem import stack_problems
from comparisons.scenario import Scenario, random_scenarios
from comparisons.verdict import judged


class Stage(NamedTuple):
    """A stage of the work, its cases (draws), and its seconds."""

    name: str
    cases: int
    seconds: float


def bench(architectures: int, draws: int, seed: int) -> list[Stage]:
    """Time every stage over random scenarios in both formats, one process, one thread."""
    seconds: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever work gives
        start = time.perf_counter()
        result = work()
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
        return result

    backends = [load_backend(name) for name in DEFAULT]
    scenarios = random_scenarios(architectures, draws, seed, ("float64", "float32"))
    for scenario in scenarios:
        bench_scenario(scenario, backends, timed)
    cases = len(scenarios) * draws
    firsts = len(scenarios)
    return [
        Stage(name, firsts if name.endswith("first call") else cases, spent)
        for name, spent in seconds.items()
    ]


def bench_scenario(
    scenario: Scenario, backends: list[Backend], timed: Callable[[str, Callable[[], Any]], Any]
) -> None:
    """Draw, ask each backend twice, check."""
    problems = timed("draw", scenario.problems)
    problem = stack_problems(problems)
    for backend in backends:
        timed(f"{backend.name}, first call", partial(backend.trace, problems[0]))
        trace = timed(backend.name, partial(backend.traces, problems))
    timed("local checks", partial(local_checks, problem, trace))
    checks = judged(scenario, backends[-1].name, problem, trace)
    timed("recording", partial(recorded, problem, trace, checks))
    timed("end-to-end checks", partial(end_to_end_checks, backends[-1].name, problem, trace))

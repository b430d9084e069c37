"""This suite as one checker among others: it is given all draws of a network at once."""

from typing import NamedTuple

from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.own import BackendError, ask
from crossgrad.comparisons.equations.faults.program import Program
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario


class Verdict(NamedTuple):
    """Whether the program was caught, and what was blamed: a check and layer, or words."""

    caught: bool
    check: str = ""
    layer: int = 0
    words: str = ""


def whole_trace(scenario: Scenario, problems: list[Problem], program: Program) -> Verdict:
    try:
        trace = stack_traces([ask("planted", program, problem) for problem in problems])
    except BackendError as error:
        return Verdict(caught=True, words=str(error))
    return verdict(scenario, problems, trace)


def gradients_only(scenario: Scenario, problems: list[Problem], program: Program) -> Verdict:
    """The same program, of which nothing is told but ∂C/∂W and ∂C/∂b."""

    def told(problem: Problem) -> dict[str, object]:
        answer = program(problem)
        return {name: answer[name] for name in ("dW", "db") if name in answer}

    return whole_trace(scenario, problems, told)


def verdict(scenario: Scenario, problems: list[Problem], trace: Trace) -> Verdict:
    """The first row that fails is to blame."""
    stack = stack_problems(problems)
    for row in judge(scenario, facts_of("planted"), stack, trace, counting=False):
        if row.status == "fail":
            return Verdict(caught=True, check=row.check, layer=row.layer)
    return Verdict(caught=False)

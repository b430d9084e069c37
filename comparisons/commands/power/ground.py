"""A network as ground for all checkers: its draws, correct answers, and who accepts those."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.commands.power.scores import GRADIENTS_ONLY, SUITE, Scores
from crossgrad.comparisons.commands.power.subject import Checker, Subject, accepts
from crossgrad.comparisons.commands.power.suite import gradients_only, whole_trace
from crossgrad.comparisons.equations.faults.program import Answer, Program, program
from crossgrad.comparisons.problems.problem import QUANTITIES, Problem
from crossgrad.comparisons.problems.scenario import Scenario

REFERENCE = "reference"
#: What those who compare compare with: a correct program that is as good as its format allows.
TRUSTED = "higher_precision"


class Ground(NamedTuple):
    """A network; ``passing`` tells of each checker in which draws it accepts the right program.

    ``seconds`` is what the trusted answers took.
    """

    scenario: Scenario
    problems: list[Problem]
    trusted: list[Answer]
    right: list[Answer]
    passing: dict[str, list[bool]]
    seconds: float


def prepared(scenario: Scenario, checkers: list[Checker], scores: Scores) -> Ground:
    """All that does not depend on a fault; alarms about correct programs are counted.

    Where no other checker is shown anything, the reference is the only one of these.
    """
    problems = scenario.problems()
    start = time.perf_counter()
    trusted = [VARIANTS[TRUSTED](problem) for problem in problems]
    seconds = time.perf_counter() - start
    right = [program()(problem) for problem in problems]
    ground = Ground(scenario, problems, trusted, right, {}, seconds)
    programs = correct(problems, right)
    for name, variant, answers in programs if checkers else islice(programs, 1):
        for judge, its_name in ((whole_trace, SUITE), (gradients_only, GRADIENTS_ONLY)):
            refused = judge(scenario, problems, variant).caught
            for draw in range(len(problems)):
                scores.alarm(its_name, scenario, draw, refused=refused)
        for checker in checkers:
            if name == REFERENCE or compares(checker, name, answers[0]):
                passing = accepted(ground, checker, variant, answers, scores)
                ground.passing.setdefault(checker.name, passing)
    return ground


def correct(
    problems: list[Problem], right: list[Answer]
) -> Iterator[tuple[str, Program, list[Answer]]]:
    """The reference first, then the variants that can do it, with their answers."""
    yield REFERENCE, program(), right
    for name, variant in VARIANTS.items():
        try:
            answers = [variant(problem) for problem in problems]
        except NotImplementedError:
            continue
        yield name, variant, answers


def compares(checker: Checker, name: str, answer: Answer) -> bool:
    """Whether it compares whole traces, and this is one, and not the one that it compares with."""
    whole = answer.keys() == set(QUANTITIES)
    return checker.quantities == QUANTITIES and whole and name != TRUSTED


def accepted(
    ground: Ground, checker: Checker, variant: Program, answers: list[Answer], scores: Scores
) -> list[bool]:
    """Draw by draw, whether the checker accepts a correct program."""
    cases = zip(ground.problems, answers, ground.trusted, strict=True)
    passing = [accepts(checker, Subject(variant, *case)) for case in cases]
    for draw, passed in enumerate(passing):
        scores.alarm(checker.name, ground.scenario, draw, refused=not passed)
    return passing

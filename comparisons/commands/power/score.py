"""Mutation scores: the same faults in the same networks, put before every checker.

A checker *catches* a fault if, in some draw of some network, it refuses the faulty program and
accepts the correct one. A fault is *invisible* to it if what it sees of the answers has the same
bits with the fault as without.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.commands.power.checkers import others
from crossgrad.comparisons.commands.power.ground import Ground, prepared
from crossgrad.comparisons.commands.power.scores import GRADIENTS_ONLY, SUITE, Outcome, Scores
from crossgrad.comparisons.commands.power.subject import Checker, Subject, accepts, same
from crossgrad.comparisons.commands.power.suite import Verdict, gradients_only, whole_trace
from crossgrad.comparisons.equations.faults import CATALOGUE, Fault
from crossgrad.comparisons.equations.faults.program import Answer, Program
from crossgrad.comparisons.machine.workers import all_done
from crossgrad.comparisons.problems.problem import QUANTITIES, Problem
from crossgrad.comparisons.problems.scenario import Scenario

#: Units of the widest layer of a network that a quick run shows to other checkers.
NARROW = 4


class Task(NamedTuple):
    """A network, the numbers of the faults planted in it, and of those that others are shown."""

    scenario: Scenario
    faults: tuple[int, ...]
    shown: frozenset[int]


def tasks(networks: int, seed: int, every: int = 1) -> list[Task]:
    """Every fault in so many networks of its kind; faults of one kind share them.

    Others are shown one fault in ``every`` only; then in the first of its networks, if its layers
    are narrow: who takes differences computes the cost anew for each parameter.
    """
    planted: dict[Scenario, list[int]] = defaultdict(list)
    shown: dict[Scenario, set[int]] = defaultdict(set)
    for number, fault in enumerate(CATALOGUE):
        for dtype in fault.dtypes:
            for i in range(networks):
                scenario = fault.kind.scenario(dtype, seed + i)
                planted[scenario].append(number)
                first = number % every == 0 and i == 0
                if every == 1 or (first and max(scenario.architecture.widths) <= NARROW):
                    shown[scenario].add(number)
    return [Task(s, tuple(faults), frozenset(shown[s])) for s, faults in planted.items()]


def measure(todo: Sequence[Task], jobs: int, advance: Callable[[Task], None]) -> Scores:
    """All of it, in processes; what comes out is the same in any number of them, but for time."""
    result = Scores()
    for scores in all_done(measured, todo, jobs, advance):
        result.add(scores)
    return result


def measured(task: Task) -> Scores:
    scores = Scores()
    known = others()[0] if task.shown else ()
    checkers = [checker for checker in known if task.scenario.dtype in checker.dtypes]
    ground = prepared(task.scenario, checkers, scores)
    for number in task.faults:
        fault = CATALOGUE[number]
        scores.outcomes += judged_by_suite(ground, fault, scores)
        if number in task.shown:
            scores.outcomes += judged_by_others(ground, fault, checkers, scores)
    return scores


# ------------------------------------------------------------------ by this suite
def judged_by_suite(ground: Ground, fault: Fault, scores: Scores) -> Iterator[Outcome]:
    """The whole trace, and the gradients alone."""
    answers = answers_of(fault.make(), ground.problems)
    for name, judge, seen in (
        (SUITE, whole_trace, True),
        (GRADIENTS_ONLY, gradients_only, visible(ground, answers, ("dW", "db"))),
    ):
        found = timed_verdict(judge, name, ground, fault, scores)
        exact = found.caught and blamed(found, fault)
        yield Outcome(name, *named(ground, fault), seen, seen and found.caught, exact)


def timed_verdict(
    judge: Callable[[Scenario, list[Problem], Program], Verdict],
    name: str,
    ground: Ground,
    fault: Fault,
    scores: Scores,
) -> Verdict:
    """All draws of the network at once."""
    scenario, problems = ground.scenario, ground.problems
    return scores.timed(name, len(problems), lambda: judge(scenario, problems, fault.make()))


def blamed(found: Verdict, fault: Fault) -> bool:
    """The planted equation and layer; of a wrong form, the words that name the culprit."""
    if fault.blamed:
        return fault.blamed in found.words
    return (found.check, found.layer) == (fault.check, fault.layer)


def named(ground: Ground, fault: Fault) -> tuple[str, str, str]:
    """What an outcome is of: the fault, the format and the network."""
    return str(fault), ground.scenario.dtype, str(ground.scenario)


# ------------------------------------------------------------------ by others
def judged_by_others(
    ground: Ground, fault: Fault, checkers: Sequence[Checker], scores: Scores
) -> Iterator[Outcome]:
    """Draw by draw; what a checker says where it refuses the correct program does not count."""
    start = time.perf_counter()
    answers = answers_of(fault.make(), ground.problems)
    seconds = time.perf_counter() - start + ground.seconds
    for checker in checkers:
        if checker.quantities == QUANTITIES:  # who takes differences asks the program itself
            scores.spent(checker.name, 0, seconds)
        faulty = fault.make()
        cases = zip(ground.problems, answers, ground.trusted, strict=True)
        subjects = [Subject(faulty, *case) for case in cases]
        passing = [passes(checker, subject, scores) for subject in subjects]
        fair = zip(passing, ground.passing[checker.name], strict=True)
        seen = visible(ground, answers, checker.quantities)
        caught = seen and any(right and not passed for passed, right in fair)
        yield Outcome(checker.name, *named(ground, fault), seen, caught)


def passes(checker: Checker, subject: Subject, scores: Scores) -> bool:
    """Whether it accepts the subject; its time is counted."""
    return scores.timed(checker.name, 1, lambda: accepts(checker, subject))


def answers_of(faulty: Program, problems: list[Problem]) -> list[Answer]:
    """Draw by draw; nothing where it raises."""
    return [answer_of(faulty, problem) for problem in problems]


def answer_of(faulty: Program, problem: Problem) -> Answer:
    """Its answer to a copy, or an empty one."""
    try:
        return faulty(problem.copy())
    except Exception:  # noqa: BLE001 - that is the fault
        return {}


def visible(ground: Ground, answers: list[Answer], quantities: tuple[str, ...]) -> bool:
    """Whether any draw's answer has other bits than the correct one, in these quantities."""
    pairs = zip(answers, ground.right, strict=True)
    return not all(same(answer, right, quantities) for answer, right in pairs)


# ------------------------------------------------------------------ summaries
class Score(NamedTuple):
    """Faults caught, of those that can be seen, and those that cannot."""

    caught: int
    visible: int
    invisible: int

    @property
    def share(self) -> float:
        return self.caught / self.visible if self.visible else np.nan


def score(outcomes: Sequence[Outcome]) -> Score:
    """A fault is caught if it is in any of its networks, and visible likewise."""
    faults = {o.fault for o in outcomes}
    seen = {o.fault for o in outcomes if o.visible}
    return Score(len({o.fault for o in outcomes if o.caught}), len(seen), len(faults - seen))


def exactness(outcomes: Sequence[Outcome]) -> float:
    """Of the faults caught, the share that was blamed at the right place wherever it was caught."""
    caught = {o.fault for o in outcomes if o.caught}
    amiss = {o.fault for o in outcomes if o.caught and not o.exact}
    return 1 - len(amiss) / len(caught) if caught else np.nan

"""What a run of the suite catches, as it draws its networks, and not in networks made for a fault.

A fault is planted at each layer in turn, and put before the default run; and, at its own layer,
before the run of a program that supports one output activation and cost only. Who is missed by such
a run is looked for in many small networks of its kind: if this suite tells it from the right
program in any of them, the run should have.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.commands.power.subject import same
from crossgrad.comparisons.commands.power.suite import whole_trace
from crossgrad.comparisons.equations.faults import CATALOGUE, Fault
from crossgrad.comparisons.equations.faults.catalogue import Wrong
from crossgrad.comparisons.equations.faults.networks import DEPTH, SMOOTH
from crossgrad.comparisons.equations.faults.program import RIGHT, Answer, Program, Step, program
from crossgrad.comparisons.machine.workers import all_done
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.problems.domain import EVERYTHING, Domain
from crossgrad.comparisons.problems.generations import GENERATIONS, NEWEST
from crossgrad.comparisons.problems.networks import DEEP_CARDS
from crossgrad.comparisons.problems.problem import QUANTITIES, Problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

#: In the default run a fault is planted at each of these layers; what is about the cost, at the
#: last layer of any network (0).
LAYERS, LAST, OF_LAST = range(1, 9), 0, ("BP1", "cost")
#: Of the covering design.
OUTPUTS = GENERATIONS[NEWEST].outputs
#: README's program, and each output activation with each cost.
SAMPLE = Domain(activations=("sigmoid",), outputs=(("sigmoid", "quadratic"),))
UNRESTRICTED, README = "everything", "README's sample"
RESTRICTIONS = {
    UNRESTRICTED: EVERYTHING,
    README: SAMPLE,
    **{f"{output}, {cost}": Domain(outputs=((output, cost),)) for output, cost in OUTPUTS},
}
#: Where a fault that a run misses is looked for: among the networks of another run that are no
#: larger than this, in each of so many.
SMALL = Domain(
    depths=(1, 2, 3, 4), inputs=tuple(range(1, 17)), hidden=tuple(range(1, 17)),
    last=tuple(range(1, 17)), batches=tuple(range(1, 9)),
)  # fmt: skip
EACH = 9
#: Faults of a task: its scenarios are drawn once.
TOGETHER = 20


class Task(NamedTuple):
    """Faults, by number and layer, before the run of what a restriction leaves."""

    restriction: str
    planted: tuple[tuple[int, int], ...]


class Found(NamedTuple):
    """What became of a fault: caught by the run, missed by it, or not to be seen in any network."""

    restriction: str
    fault: str
    layer: int
    outcome: str

    @property
    def run(self) -> str:
        """What kind of run, and of the default run the layer, if the fault is at one."""
        layered = self.restriction == UNRESTRICTED and self.layer
        return f"{self.restriction}, layer {self.layer}" if layered else self.restriction


def tasks(every: int = 1, others: int = 8) -> list[Task]:
    """One fault in ``every`` at each layer, and before README's sample.

    Before other restrictions one in ``others`` of these; which, changes from one to the next. If
    that is 0, there are none but the default run.
    """
    return [
        Task(restriction, planted[first : first + TOGETHER])
        for k, (restriction, domain) in enumerate(RESTRICTIONS.items())
        if others or restriction == UNRESTRICTED
        for step in [every if restriction in (UNRESTRICTED, README) else every * others]
        for planted in [tuple(places(range(k % step, len(CATALOGUE), step), domain))]
        for first in range(0, len(planted), TOGETHER)
    ]


def places(numbers: Iterable[int], domain: Domain) -> Iterator[tuple[int, int]]:
    """Each fault at each layer, or before a restriction at its own; once if it is at the last.

    An answer of a wrong form is refused in any network.
    """
    for number in numbers:
        fault = CATALOGUE[number]
        if not fault.layer:
            continue
        somewhere = fault.wrong and fault.check not in OF_LAST
        layers = LAYERS if domain == EVERYTHING else [fault.layer]
        yield from ((number, layer) for layer in (layers if somewhere else [LAST]))


def measure(todo: Sequence[Task], jobs: int, advance: Callable[[Task], None]) -> list[Found]:
    return [found for each in all_done(measured, todo, jobs, advance) for found in each]


def measured(task: Task) -> list[Found]:
    """What becomes of the faults of a task."""
    return [
        Found(task.restriction, str(CATALOGUE[n]), layer, outcome(CATALOGUE[n], layer, task))
        for n, layer in task.planted
    ]


def outcome(fault: Fault, layer: int, task: Task) -> str:
    given = RESTRICTIONS[task.restriction], fault.dtypes

    def caught_in(scenarios: Callable[[Domain, tuple[str, ...]], list[Scenario]]) -> bool:
        asked = [s for s in scenarios(*given) if fits_in(fault, layer, s.architecture)]
        return caught(planted(fault, layer), asked)

    if caught_in(run_of):
        return "caught"
    return "missed" if caught_in(small_ones) else "unseen"


def caught(faulty: Program, scenarios: Iterable[Scenario]) -> bool:
    """Whether the suite fails in any of the scenarios; where all bits are right, it does not."""
    for scenario in scenarios:
        problems, right = problems_of(scenario), answers_of(scenario)
        given = [problem.copy() for problem in problems]
        answers = [faulty(problem) for problem in given]
        if all(same(one, other, QUANTITIES) for one, other in zip(answers, right, strict=True)):
            continue
        told = iter(answers)
        if whole_trace(scenario, problems, lambda _: next(told)).caught:  # noqa: B023 - used now
            return True
    return False


@lru_cache(maxsize=512)
def problems_of(scenario: Scenario) -> list[Problem]:
    """Drawn once for all faults of a task."""
    return scenario.problems()


@lru_cache(maxsize=512)
def answers_of(scenario: Scenario) -> list[Answer]:
    right = program()
    return [right(problem) for problem in problems_of(scenario)]


def run_of(domain: Domain, dtypes: tuple[str, ...]) -> list[Scenario]:
    """The scenarios of a default run in some of its formats, the smallest first."""
    return of_seed(0, domain, dtypes)


@lru_cache(maxsize=4)
def of_seed(seed: int, domain: Domain, dtypes: tuple[str, ...]) -> list[Scenario]:
    """Of a run with a seed; in formats that are not those of a default run, if it has others."""
    usual = set(dtypes) <= set(FORMATS)
    choice = Choice(dtype=None if usual else [*dtypes], seed=seed)
    asked = (s for s in choice.scenarios(domain) if s.dtype in dtypes)
    return sorted(asked, key=lambda s: s.numbers)


def small_ones(domain: Domain, dtypes: tuple[str, ...]) -> list[Scenario]:
    """Many small networks, which the run does not have."""
    return of_seed(1, domain & SMALL, dtypes)[::EACH]


# ------------------------------------------------------------------ a fault wherever it fits
def planted(fault: Fault, layer: int) -> Program:
    """The program with the fault at a layer, in networks of any depth in which it makes sense."""
    if fault.wrong:
        layers = [layer] if layer else range(1, max(DEEP_CARDS.depths) + 1)
        wrong = fitting(fault)
        return program({(fault.check, l): wrong for l in layers})
    faulty, right = fault.make(), program()

    def either(problem: Problem) -> Answer:
        return faulty(problem) if fits_answer(fault, problem.architecture) else right(problem)

    return either


def fitting(fault: Fault) -> Wrong:
    """What is wrong where it fits, and has the form of a result; else what is right."""

    def result(at: Step) -> Array:
        right = at.number(RIGHT[fault.check](at))
        if not fits(fault, at.name, at.problem.cost):
            return right
        try:
            wrong = at.number(fault.wrong(at) if fault.wrong else right)
        except (ValueError, IndexError, KeyError):  # no such layer, or other shapes
            return right
        return wrong if wrong.shape == right.shape else right

    return result


def fits(fault: Fault, activation: str, cost: str) -> bool:
    """A fault of a function is one where that function is; of no function, anywhere."""
    kind = fault.kind
    activations = kind.activations == SMOOTH.activations or activation in kind.activations
    return activations and (kind.costs == SMOOTH.costs or cost in kind.costs)


def fits_answer(fault: Fault, net: Architecture) -> bool:
    """An answer is spoilt at layers that are counted from 1 to 3."""
    return net.depth == DEPTH and (len(set(net.widths)) == 1 or not fault.kind.square)


def fits_in(fault: Fault, layer: int, net: Architecture) -> bool:
    """Whether it is anywhere in a network, when planted at a layer."""
    if not fault.wrong:
        return fits_answer(fault, net)
    names = net.activations[layer - 1 : layer] if layer else net.activations
    return any(fits(fault, name, net.cost) for name in names)


# ------------------------------------------------------------------ summaries
IN_RUNS = """faults caught by a run of the suite, as it draws its networks for a program that
supports this only, of those that it can tell in any small network of the kind"""
ALONE = f"each output with each cost alone ({len(OUTPUTS)} runs)"


def share_caught(found: Iterable[Found]) -> float:
    """By the default run, of all faults at all layers that show."""
    outcomes = Counter(one.outcome for one in found if one.restriction == UNRESTRICTED)
    seen = outcomes["caught"] + outcomes["missed"]
    return outcomes["caught"] / seen if seen else math.nan


def as_table(found: Iterable[Found]) -> str:
    """One kind of run a line, and one for all that have one output activation and cost."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        alone = one.restriction not in (UNRESTRICTED, README)
        counts[ALONE if alone else one.run][one.outcome] += 1
    lines = [
        [run, f"{count['caught']}/{count['caught'] + count['missed']}"]
        for run, count in counts.items()
    ]
    return in_columns(["supported", "caught"], lines)


def missed(found: Iterable[Found]) -> list[str]:
    """A line for each fault that a run should have caught."""
    return [f"missed by a run, {f.run}: {f.fault}" for f in found if f.outcome == "missed"]

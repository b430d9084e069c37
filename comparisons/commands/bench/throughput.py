"""Cases verified a second and core: drawn, answered by all three backends, every check and pair.

In bulk is what a study does: many draws of an architecture in one stack, compiled beforehand. Ours
is what is not a call of torch or JAX: the draws, the reference, the checks.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import DEFAULT
from crossgrad.comparisons.commands.bench.default_run import QUICK, measured_run
from crossgrad.comparisons.commands.bench.figures import Figure, Found, figure, ratio
from crossgrad.comparisons.commands.study.block import Work, loaded, slices
from crossgrad.comparisons.machine.workers import processes
from crossgrad.comparisons.problems.first_networks import first_scenario

#: Whose calls are not ours.
FRAMEWORKS = ("torch", "jax")
#: Draws of an architecture in bulk.
DRAWS = 256
#: Marks: cases a second and core; our share in bulk, and of the default run; two workers to one.
RATE, BULK, RUN, TWO = 1000.0, 0.40, 0.10, 1.9
Seconds = Counter[str]


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    """In bulk, by one worker and by two in turn; then the default run."""
    architectures, rounds, runs = (2, 2, 1) if quick else (10, 7, 3)
    alone, both = [Turn() for _ in range(rounds)], [Turn() for _ in range(rounds)]
    with processes(1) as one, processes(1) as other:
        for index in range(architectures):
            together((one, other), index)  # compiles
            for turn in range(rounds):
                alone[turn].add(together((one,), index))
                both[turn].add(together((one, other), index))
            advance()
    cases = len(FORMATS) * architectures * DRAWS
    figures = [*in_bulk([turn.stages for turn in alone], cases), twice(alone, both)]
    shares = [our_share(*measured_run(*(QUICK if quick else ()))) for _ in range(runs)]
    advance()
    name = "ours ÷ the default run, of the time that its workers have"
    return Found([*figures, figure(name, shares, most=RUN)])


class Turn:
    """Wall time, and the seconds of each stage in one of the workers."""

    def __init__(self, wall: float = 0.0, stages: Seconds | None = None) -> None:
        self.wall = wall
        self.stages: Seconds = stages or Counter()

    def add(self, other: "Turn") -> None:
        self.wall += other.wall
        self.stages.update(other.stages)


def in_bulk(rounds: list[Seconds], cases: int) -> list[Figure]:
    """Rate, our share, and what each stage takes of a case."""
    totals = [stages.total() for stages in rounds]
    ours = [total - framework(stages) for total, stages in zip(totals, rounds, strict=True)]
    rate = figure(
        "cases verified a second and core, in bulk", [cases / t for t in totals], least=RATE
    )
    share = ratio("ours ÷ all, in bulk", ours, totals, most=BULK)
    stages = [
        figure(f"{name}, a case in bulk", [1e3 * stages[name] / cases for stages in rounds], "ms")
        for name in rounds[0]
    ]
    return [rate, share, *stages]


def framework(stages: Seconds) -> float:
    return sum(stages[name] for name in FRAMEWORKS)


def twice(alone: list[Turn], both: list[Turn]) -> Figure:
    """Two workers do twice the cases: in the time of one, if neither hinders the other."""
    gains = [2 * one.wall / two.wall for one, two in zip(alone, both, strict=True)]
    return figure("two workers ÷ one, cases a second in bulk", gains, least=TWO)


def our_share(wall: float, workers: int, stages: Seconds) -> float:
    """Of the time that the workers of a run had."""
    return (stages.total() - framework(stages)) / (wall * workers)


# ------------------------------------------------------------------ in workers
def together(workers: Sequence[Executor], index: int) -> Turn:
    """Each worker verifies all draws of an architecture, in both formats."""
    start = time.perf_counter()
    futures = [worker.submit(verified, index) for worker in workers]
    stages = [future.result() for future in futures]
    return Turn(time.perf_counter() - start, stages[0])


def verified(index: int) -> Seconds:
    """The seconds of each stage; the first time everything is compiled as well."""
    seconds: Seconds = Counter()
    for dtype in FORMATS:
        scenario = first_scenario(index, DRAWS, seed=0, dtype=dtype)
        work = Work(scenario, [loaded(name) for name in DEFAULT])
        for draws in slices(scenario):
            work.judge(draws)
        seconds.update(work.seconds)
    return seconds

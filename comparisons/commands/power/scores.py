"""What was measured of every checker: outcomes of faults, alarms about correct programs, time."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from crossgrad.comparisons.problems.scenario import Scenario

T = TypeVar("T")
#: This suite's names among the checkers.
SUITE, GRADIENTS_ONLY = "crossgrad", "crossgrad, gradients only"


class Outcome(NamedTuple):
    """One fault in one network, before one checker; ``exact`` if the right place was blamed."""

    checker: str
    fault: str
    dtype: str
    network: str
    visible: bool
    caught: bool
    exact: bool = False


@dataclass(slots=True)
class Tally:
    """How often a checker was asked about correct programs, and how often it refused them."""

    asked: int = 0
    refused: int = 0

    @property
    def share(self) -> float:
        return self.refused / self.asked if self.asked else math.nan


@dataclass(slots=True)
class Scores:
    """What was measured: outcomes; alarms by checker, format and whether ordinary; time."""

    outcomes: list[Outcome] = field(default_factory=list)
    alarms: dict[tuple[str, str, bool], Tally] = field(default_factory=dict)
    seconds: dict[str, tuple[float, int]] = field(default_factory=dict)

    def alarm(self, checker: str, scenario: Scenario, draw: int, *, refused: bool) -> None:
        key = checker, scenario.dtype, scenario.regime(draw) == "ordinary"
        tally = self.alarms.setdefault(key, Tally())
        tally.asked += 1
        tally.refused += refused

    def timed(self, checker: str, draws: int, work: Callable[[], T]) -> T:
        """Do the work; its seconds and draws are the checker's."""
        start = time.perf_counter()
        result = work()
        self.spent(checker, draws, time.perf_counter() - start)
        return result

    def spent(self, checker: str, draws: int, seconds: float) -> None:
        """Count the seconds and draws of a checker."""
        before, asked = self.seconds.get(checker, (0.0, 0))
        self.seconds[checker] = before + seconds, asked + draws

    def add(self, other: "Scores") -> None:
        self.outcomes += other.outcomes
        for key, tally in other.alarms.items():
            mine = self.alarms.setdefault(key, Tally())
            mine.asked += tally.asked
            mine.refused += tally.refused
        for name, (spent, draws) in other.seconds.items():
            self.spent(name, draws, spent)

"""The few rows, causes and scenarios that a page shows; the same in any order of the rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.failure import along
from crossgrad.comparisons.reports.table import named

#: Of one backend or pair so many scenarios that fail are kept; of reasons for no answer, so many.
FAILURES = 3
CAUSES = 50
#: So many scenarios have their seconds added up at a time; the slower half is kept of more.
OPEN = 4096
#: Smallest network first, then the id.
Place = tuple[int, str]


@lru_cache(maxsize=OPEN)
def place(scenario: str) -> Place:
    return Scenario.parse(scenario).numbers, scenario


class Worst:
    """The largest residual that passes, of each backend and equation."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}

    def add(self, row: Row) -> None:
        """Keep the row if it is worse; of equals, the first in the order of rows."""
        key = named(row), row.check
        before = self.rows.get(key)
        if before is None or rank(row) < rank(before):
            self.rows[key] = row

    def first(self, count: int) -> list[Row]:
        """The largest of all; what several come to in the same place is told once."""
        told: dict[tuple[str, str], Row] = {}
        for row in sorted(self.rows.values(), key=rank):
            told.setdefault((row.scenario, row.check), row)
        return [*told.values()][:count]


def rank(row: Row) -> tuple[float, tuple[str, str, str, str, int]]:
    return -row.residual, row.order()


class Failures:
    """What fails or gives no answer: all rows of the simplest networks of each backend or pair."""

    def __init__(self) -> None:
        self.groups: dict[str, dict[Place, list[Row]]] = defaultdict(dict)

    def add(self, row: Row) -> None:
        """Keep the row if its network is one of the simplest."""
        groups = self.groups[named(row)]
        groups.setdefault(place(row.scenario), []).append(row)
        if len(groups) > FAILURES:
            del groups[max(groups)]

    def __iter__(self) -> Iterator[list[Row]]:
        """The rows of each scenario and backend in the order of the data, the simplest first."""
        kept = [
            (at, name, rows) for name, groups in self.groups.items() for at, rows in groups.items()
        ]
        for _, _, rows in sorted(kept, key=lambda group: group[:2]):
            yield sorted(rows, key=along)


class Causes:
    """How often there was no answer, and why: the first so many reasons, and how many more."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.all = 0

    def add(self, row: Row) -> None:
        """Count it; what has once stood behind the last never comes back, so counts are exact."""
        self.all += 1
        self.counts[row.status, row.cause] += 1
        if len(self.counts) > CAUSES:
            del self.counts[max(self.counts)]

    def lines(self) -> list[tuple[str, str, int]]:
        told = [(*key, count) for key, count in sorted(self.counts.items())]
        rest = self.all - self.counts.total()
        return told + ([("others", "", rest)] if rest else [])


class Seconds:
    """Where the time went: by stage, and the slowest scenarios."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = defaultdict(float)
        self.scenarios: dict[str, float] = defaultdict(float)

    def add(self, scenario: str, what: str, seconds: float) -> None:
        """What belongs to one scenario is told while fewer than ``OPEN`` / 2 others are."""
        self.stages[what] += seconds
        self.scenarios[scenario] += seconds
        if len(self.scenarios) > OPEN:
            self.scenarios = defaultdict(float, self.slowest(OPEN // 2))

    def slowest(self, count: int) -> list[tuple[str, float]]:
        return sorted(self.scenarios.items(), key=lambda item: (-item[1], item[0]))[:count]

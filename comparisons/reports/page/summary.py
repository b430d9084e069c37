"""What a page tells, kept while rows go by: counts and maxima of groups, and a few rows.

However many rows there are, as much is kept: nothing grows but with the number of backends.
"""

from collections import Counter, defaultdict

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.equations.walk import END_TO_END
from crossgrad.comparisons.judging.row import Row, merged_explained
from crossgrad.comparisons.reports.labels import labels
from crossgrad.comparisons.reports.page.groups import (
    Circumstances,
    Function,
    Growth,
    Spread,
    circumstances,
)
from crossgrad.comparisons.reports.page.headline import right, void, wrong
from crossgrad.comparisons.reports.page.highlights import Causes, Failures, Seconds, Worst
from crossgrad.comparisons.reports.page.tally import Tally, counts_of
from crossgrad.comparisons.reports.table import Line, named
from crossgrad.reference.parameters import Array

#: What a picture has room for, of a name.
LONGEST = 14


class Summary:
    """Rows go in one by one, in any order; ``took`` is told the seconds."""

    def __init__(self) -> None:
        self.table: dict[tuple[bool, str, str], Line] = defaultdict(Line)
        self.spread: dict[Spread, Tally] = defaultdict(Tally)
        self.growth: dict[Growth, Tally] = defaultdict(Tally)
        self.functions: dict[Function, Tally] = defaultdict(Tally)
        self.explained: dict[str, tuple[int, float]] = {}
        self.failed: Counter[tuple[str, str]] = Counter()
        self.asked: set[str] = set()
        self.answered: set[str] = set()
        self.errors = 0
        self.unanswered = Causes()
        self.failures = Failures()
        self.worst = Worst()
        self.seconds = Seconds()

    def took(self, scenario: str, what: str, seconds: float) -> None:
        """A stage of a scenario took so long; told as often as one likes."""
        self.seconds.add(scenario, what, seconds)

    def add(self, row: Row) -> None:
        self.asked |= {row.backend, row.against} - {""}
        if row.check or row.status == "error":
            self.answered |= {row.backend, row.against} - {""}
        if row.failed:
            self.failures.add(row)
        if not row.check:
            self.errors += row.status == "error"
            self.unanswered.add(row)
            return
        self.place(row, circumstances(row.scenario))
        self.judge(row)

    def judge(self, row: Row) -> None:
        """What fails, what a divergence explains, what comes closest to its bound."""
        if row.status == "fail":
            self.failed[named(row), row.check] += 1
        else:
            self.worst.add(row)
        self.explained = merged_explained(self.explained, row.explained)

    def place(self, row: Row, at: Circumstances) -> None:
        """Each group that the row belongs to."""
        pair, name, local = bool(row.against), named(row), row.check not in END_TO_END
        self.table[pair, name, at.dtype].add(row)
        counts = counts_of(row)
        self.spread[Spread(pair, name, at.dtype, row.check)].add(counts, row.residual)
        for axis, size in at.sizes.items():
            self.growth[Growth(local, at.dtype, axis, size)].add(counts, row.residual)
        if local and row.check != "cost":
            self.count("activation", at.activations[row.layer - 1], row, counts)
        if row.check in ("cost", "BP1"):
            self.count("cost", at.cost, row, counts)

    def count(self, kind: str, function: str, row: Row, counts: Array) -> None:
        """By the function that an equation evaluates."""
        self.functions[Function(kind, function, row.check, row.backend)].add(counts, row.residual)

    # -------------------------------------------------------------- what it comes to
    @property
    def lines(self) -> dict[tuple[str, str], Line]:
        """The closing table's: backends first, then pairs."""
        return {key[1:]: self.table[key] for key in sorted(self.table)}

    @property
    def entries(self) -> int:
        return sum(line.entries for line in self.table.values())

    @property
    def largest(self) -> float:
        every = (max(line.residuals.values(), default=0.0) for line in self.table.values())
        return max(every, default=0.0)

    @property
    def backends(self) -> list[str]:
        return sorted(self.asked)

    @property
    def labels(self) -> dict[str, str]:
        """What backends and pairs are called in pictures."""
        return labels(sorted({key.name for key in self.spread}), LONGEST)

    @property
    def formats(self) -> list[str]:
        """Those that occur, in their own order."""
        found = {dtype for _, _, dtype in self.table}
        return [name for name in ALL_FORMATS if name in found]

    @property
    def idle(self) -> list[str]:
        """Backends that supported nothing they were asked."""
        return sorted(self.asked - self.answered)

    @property
    def state(self) -> str:
        """``fail``, ``nothing`` was verified (of a backend, or at all), or ``pass``."""
        if self.failed or self.errors:
            return "fail"
        return "nothing" if self.idle or not self.entries else "pass"

    def verdict(self) -> str:
        if self.state == "fail":
            return wrong(self.failed, self.errors)
        if self.state == "nothing":
            return void(self.idle)
        known = sum(entries for entries, _ in self.explained.values())
        return right(self.entries, self.largest, known)

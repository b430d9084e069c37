"""The closing table: backend × format × equation, the largest residual of each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce

from crossgrad.comparisons.backends import MODES
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.equations.walk import CHECKS, COMPARED
from crossgrad.comparisons.judging.row import Explained, Row, merged_explained
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.columns import in_columns, in_markdown
from crossgrad.comparisons.reports.numbers import residual_text

#: Those of what is learnt of activations stand there where a network has it.
COLUMNS = (*CHECKS, "dW", "db")
UNSUPPORTED = "supported no scenario"
RESTRICT = "; restrict the run to what it can do, as in --depth 2 --width 4 --width 8"
UNJUDGED = "was judged by bounds that are all as large as the values"
TITLE = "largest residual (error ÷ bound: at most 1 is a pass) of each equation"


def idle_backends(rows: Sequence[Row]) -> list[str]:
    """A complaint of each backend of which nothing is verified.

    It supported nothing it was asked, or every bound of it says nothing.
    """
    answered = {row.backend for row in rows if row.check or row.status == "error"}
    judged = {row.backend for row in rows if row.status != "unjudged"}
    return [
        f"backend {name} {UNJUDGED if name in answered else UNSUPPORTED}: nothing was verified"
        + ("" if name in answered or name in MODES else RESTRICT)
        for name in sorted({row.backend for row in rows} - (answered & judged))
    ]


@dataclass(slots=True)
class Line:
    """One backend, or pair, in one format."""

    residuals: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    unjudged: set[str] = field(default_factory=set)
    entries: int = 0
    uninformative: int = 0

    def add(self, row: Row) -> None:
        self.entries += row.entries
        self.uninformative += row.uninformative
        if row.status == "unjudged":
            self.unjudged.add(row.check)
            return
        self.residuals[row.check] = max(self.residuals.get(row.check, 0.0), row.residual)
        if row.status == "fail":
            self.failed.add(row.check)

    def cells(self, columns: Iterable[str] = COLUMNS) -> list[str]:
        """A cell a column; ✗ marks a failure, ? what is unjudged, · what was not compared."""
        return [*map(self.cell, columns), f"{self.entries:,}", self.blind]

    def cell(self, check: str) -> str:
        if check not in self.residuals:
            return "?" if check in self.unjudged else "·"
        return f"{residual_text(self.residuals[check])}{'✗' if check in self.failed else ''}"

    @property
    def blind(self) -> str:
        """The share of entries that prove nothing, never rounded to none."""
        if not self.uninformative:
            return "0%"
        return (
            "<1%"
            if 200 * self.uninformative < self.entries
            else (f"{self.uninformative / self.entries:.0%}")
        )


def columns_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """The equations that have a column: the book's always, others where a network has them."""
    there = set(COLUMNS).union(*((*line.residuals, *line.unjudged) for line in lines))
    return tuple(check for check in COMPARED if check in there)


def headings(columns: Iterable[str]) -> list[str]:
    return ["backend", "format", *columns, "entries", "uninformative"]


HEADINGS = headings(COLUMNS)


def table_lines(rows: Iterable[Row]) -> dict[tuple[str, str], Line]:
    """The lines of the table, backends first, then pairs."""
    lines: dict[tuple[bool, str, str], Line] = defaultdict(Line)
    formats = cache(lambda scenario: Scenario.parse(scenario).dtype)
    for row in rows:
        if row.check:
            lines[bool(row.against), named(row), formats(row.scenario)].add(row)
    return {key[1:]: lines[key] for key in sorted(lines)}


def named(row: Row) -> str:
    return f"{row.backend}~{row.against}" if row.against else row.backend


def whole(rows: Iterable[Row]) -> tuple[list[str], list[list[str]]]:
    """The headings of the table, and what stands below them, cell by cell."""
    lines = table_lines(rows)
    columns = columns_of(lines.values())
    return headings(columns), [[*key, *line.cells(columns)] for key, line in lines.items()]


def cells(rows: Iterable[Row]) -> list[list[str]]:
    """The table as text, cell by cell."""
    return whole(rows)[1]


# ------------------------------------------------------------------ what stands below the table
def notes(rows: list[Row]) -> list[str]:
    """Known divergences met, what is not supported, what is uninformative or unjudged."""
    explained: Explained = reduce(merged_explained, (row.explained for row in rows), {})
    return [*met(explained), *unanswered(rows), *uninformative(rows)]


def met(explained: Explained) -> list[str]:
    """Each known divergence with its entries, its largest residual, its reason and link."""
    return [
        "\n  ".join(filter(None, (heading(d.name, *explained[d.name]), d.reason, d.link)))
        for d in DIVERGENCES
        if d.name in explained
    ]


def heading(name: str, entries: int, largest: float) -> str:
    times = residual_text(largest, 3)
    return f"known divergence {name}: {entries:,} entries, up to {times} times the bound"


def unanswered(rows: list[Row]) -> list[str]:
    """Scenarios that a backend does not support, or where it erred: how many, and why."""
    reasons = Counter((row.status, row.cause) for row in rows if not row.check)
    return [f"{status}: {count} × {cause}" for (status, cause), count in sorted(reasons.items())]


def uninformative(rows: list[Row]) -> list[str]:
    """The words are explained where they occur, with the equations that they concern."""
    blind, unjudged = Counter[str](), Counter[str]()
    for row in rows:
        blind[row.check] += row.uninformative
        unjudged[row.check] += row.status == "unjudged"
    meanings = {
        "uninformative": "the bound is as large as the value: such entries prove nothing",
        "unjudged": "checks of which every entry is uninformative: not passed",
    }
    lines = []
    for (word, meaning), counts in zip(meanings.items(), (blind, unjudged), strict=True):
        told = ", ".join(f"{check} {counts[check]:,}" for check in COMPARED if counts[check])
        lines += [f"{word}: {told}; {meaning}"] * (counts.total() > 0)
    return lines


# ------------------------------------------------------------------ as text
def as_text(rows: list[Row]) -> str:
    text = in_columns(*whole(rows))
    return "\n".join([TITLE, "", text, "", *notes(rows)])


def as_markdown(rows: list[Row]) -> str:
    below = "\n".join(f"- {note}" for note in notes(rows))
    return "\n\n".join(["### crossgrad", TITLE, in_markdown(*whole(rows)), below])

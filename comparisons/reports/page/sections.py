"""What the sections of a page say, as plain values: the template escapes them."""

from collections.abc import Sequence
from textwrap import dedent
from typing import NamedTuple

from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.reports.failure import EQUATIONS, failure_text, place, reproduction
from crossgrad.comparisons.reports.numbers import typeset
from crossgrad.comparisons.reports.page.exhibit import Exhibit
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.table import Line, columns_of, named
from crossgrad.comparisons.reports.table import headings as headings_of

#: So many of each are shown.
FAILURES, CLOSEST, SLOWEST = 8, 10, 10


# ------------------------------------------------------------------ the table
class Cell(NamedTuple):
    """A text; how near to the bound, or nothing of the kind; whether beyond it."""

    text: str
    share: float | None = None
    failed: bool = False


def table(summary: Summary) -> list[list[Cell]]:
    return [
        [Cell(name), Cell(dtype), *line_cells(line, columns_of(summary.lines.values()))]
        for (name, dtype), line in summary.lines.items()
    ]


def line_cells(line: Line, columns: tuple[str, ...]) -> list[Cell]:
    """As the terminal has them; a residual is shaded by its size."""
    texts = line.cells(columns)
    judged = [
        Cell(text, shade(line, check), check in line.failed)
        for check, text in zip(columns, texts, strict=False)
    ]
    return [*judged, *map(Cell, texts[len(columns) :])]


def shade(line: Line, check: str) -> float | None:
    """Between 0 and 1."""
    return round(min(line.residuals[check], 1.0), 2) if check in line.residuals else None


def headings(summary: Summary) -> list[tuple[str, str]]:
    """Of the table, each with what it says in full."""
    heads = headings_of(columns_of(summary.lines.values()))
    return [(name, EQUATIONS.get(name, "")) for name in heads]


# ------------------------------------------------------------------ known divergences
class Met(NamedTuple):
    """A known divergence that was met."""

    name: str
    backend: str
    where: str
    entries: str
    largest: str
    reason: str
    link: str
    command: str


def met(summary: Summary) -> list[Met]:
    return [
        Met(d.name, ", ".join(d.modes) or d.backend,
            f"{', '.join(d.checks)} of {d.subject or 'any layer'}", f"{entries:,}",
            typeset(largest), d.reason, d.link, reproduction([d.shown_by], d.scenario))
        for d in DIVERGENCES
        for entries, largest in [summary.explained.get(d.name, (0, 0.0))]
        if entries
    ]  # fmt: skip


# ------------------------------------------------------------------ failures and the closest
class Case(NamedTuple):
    """A text, and the line that shows it again."""

    title: str
    text: str
    command: str


def failures(summary: Summary) -> list[Case]:
    """What fails or gives no answer, the simplest networks first."""
    return [failure(rows) for rows in [*summary.failures][:FAILURES]]


def failure(rows: Sequence[Row]) -> Case:
    """Of one scenario and backend: the whole text, whose last line is the command's."""
    first, command = rows[0], command_of(rows[0])
    if not first.check:
        return Case(f"{first.backend} gives no answer", first.cause, command)
    text = failure_text([*rows], command).rpartition("\n")[0]
    headline, _, rest = text.partition("\n")
    return Case(headline, dedent(rest), command)


def command_of(row: Row) -> str:
    """The line that shows a row again."""
    return reproduction([row.backend, row.against] if row.against else [row.backend], row.scenario)


def closest(summary: Summary) -> list[Case]:
    """The largest residuals that pass, one of each equation and backend at most."""
    return [
        Case(
            f"{typeset(row.residual)}: {named(row)}, {row.check} at layer {row.layer}",
            f"{place(row, row.worst)}: {row.value!r}, expected {row.expected!r},"
            f" {typeset(row.ulps)} ulps off",
            command_of(row),
        )
        for row in summary.worst.first(CLOSEST)
    ]


# ------------------------------------------------------------------ time
def slowest(summary: Summary) -> list[tuple[str, str]]:
    return [
        (f"{seconds:.2f} s", scenario) for scenario, seconds in summary.seconds.slowest(SLOWEST)
    ]


def stages(summary: Summary) -> list[tuple[str, str, str]]:
    found = summary.seconds.stages
    total = sum(found.values()) or 1.0
    shares = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(name, f"{seconds:.1f} s", f"{seconds / total:.0%}") for name, seconds in shares]


# ------------------------------------------------------------------ figures
def exhibits(summary: Summary) -> list[Exhibit]:
    """All there is anything to show of."""
    from crossgrad.comparisons.reports.page import distributions, functions, growth  # noqa: PLC0415 - slow
    from crossgrad.comparisons.reports.page.drawing import settings  # noqa: PLC0415 - matplotlib

    if not summary.entries:
        return []
    makers = (
        distributions.residuals, distributions.ulps, growth.residuals, growth.ulps,
        functions.activations, functions.costs,
    )  # fmt: skip
    with settings():
        return [exhibit for make in makers if (exhibit := make(summary))]

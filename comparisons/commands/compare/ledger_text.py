"""The ledger as text for a terminal: one table of all releases, then what changed at each."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import wrap

from crossgrad.comparisons.commands.compare.ledger import Cell, Ledger
from crossgrad.comparisons.commands.compare.releases import axis, differing
from crossgrad.comparisons.reports.changes import LEGEND, WIDTH, Line, counted, events, table
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.numbers import percent, residual_text
from crossgrad.comparisons.reports.table import TITLE

#: What stands before a number, and what it says; where several apply, the first of them.
MARKS = {
    "✗": "beyond its bound",
    "!": "another convention at a kink than in the release before",
    "-": "less is there than in the release before",
    "*": "other bits than in the release before",
    "·": "no answer",
}
#: The last line of a backend and format.
OTHER_BITS = "other bits"


def as_text(ledger: Ledger) -> str:
    """The environments where they differ, the table, and release by release what changed."""
    title = f"{TITLE}, by {axis(ledger.releases)}"
    parts = [*surroundings(ledger), title, residuals(ledger), unchanged(ledger), *history(ledger)]
    return "\n\n".join(filter(None, parts))


def surroundings(ledger: Ledger) -> list[str]:
    """What else than versions may have changed bits, and what is not compared."""
    different = differing(ledger.releases)
    lines = ["the environments are not the same:", *(f"  {line}" for line in different)]
    told = ["\n".join(lines)] if different else []
    if ledger.left_out:
        told.append(f"not in all files, and left out: {ledger.left_out:,} scenarios × backends")
    return told


# ------------------------------------------------------------------ the table
def residuals(ledger: Ledger) -> str:
    """A line for each equation that changes, a column for each release; what the marks say."""
    headings = ["backend", "format", "equation", *(r.short for r in ledger.releases)]
    lines = [
        line
        for own, group in groupby(ledger.changing, key=lambda line: line[:2])
        for line in [
            *([*line, *map(marked, ledger.lines[line])] for line in group),
            other_bits(ledger, own),
        ]
    ]
    if not lines:
        return ""
    used = [mark for mark in MARKS if any(cell.startswith(mark) for line in lines for cell in line)]
    legend = "; ".join(f"{mark} {MARKS[mark]}" for mark in used)
    return f"{in_columns(headings, lines, left=3)}\n\n{legend}".rstrip()


def marked(cell: Cell | None) -> str:
    """A residual after the first mark that applies, if any."""
    if cell is None:
        return "·"
    applying = (cell.beyond, cell.conventions, cell.missing, cell.changed)
    mark = next((mark for mark, applies in zip("✗!-*", applying, strict=True) if applies), "")
    return f"{mark}{residual_text(cell.residual)}"


def other_bits(ledger: Ledger, own: tuple[str, str]) -> list[str]:
    """The share of all entries of a backend and format that are not as in the release before."""
    lines = [cells for line, cells in ledger.lines.items() if line[:2] == own]
    releases = [[cell for cell in cells if cell] for cells in zip(*lines, strict=True)]
    return [*own, OTHER_BITS, "", *map(share_of, releases[1:])]


def share_of(cells: Sequence[Cell]) -> str:
    """Never rounded to none or to all; of unknown size where numbers could not be rebuilt."""
    if any(cell.moved < 0 for cell in cells):
        return "?"
    moved, entries = (sum(getattr(cell, name) for cell in cells) for name in ("moved", "entries"))
    if moved in (0, entries):
        return "all" if moved else "0"
    return percent(moved / entries)


# ------------------------------------------------------------------ what does not change
def unchanged(ledger: Ledger) -> str:
    """Lines with the same bits in all releases: whole backends, formats, or single equations."""
    lines = [
        line
        for backend in dict.fromkeys(backend for backend, _, _ in ledger.lines)
        for line in merged(ledger, backend)
    ]
    return "\n".join(part for line in lines for part in wrap(line, WIDTH, subsequent_indent="  "))


def merged(ledger: Ledger, backend: str) -> list[str]:
    """One line for a backend that never changes; else one for each format with such equations."""
    own = [line for line in ledger.lines if line[0] == backend]
    if not set(own) & set(ledger.changing):
        return [f"{backend}: the same bits in all, {largest(ledger, own)}"]
    told = []
    for dtype, group in groupby(own, key=lambda line: line[1]):
        lines = list(group)
        same = [line for line in lines if line not in ledger.changing]
        names = "" if same == lines else f" {', '.join(check for _, _, check in same)}"
        if same:
            told.append(f"{backend} {dtype}{names}: the same bits in all, {largest(ledger, same)}")
    return told


def largest(ledger: Ledger, lines: Iterable[Line]) -> str:
    cells = (cell for line in lines for cell in ledger.lines[line] if cell)
    return f"largest residual {residual_text(max(cell.residual for cell in cells))}"


# ------------------------------------------------------------------ release by release
def history(ledger: Ledger) -> list[str]:
    """A part for each release that has one before it; a legend if there is a table in any."""
    parts, legend = [], ""
    for before, now, changes in ledger.steps:
        title, lines = f"{before.label} → {now.label}", table(changes)
        if lines:
            parts.append("\n".join([title, "", lines, "", *events(changes)]))
            legend = LEGEND
        else:
            parts.append(f"{title}: the same bits in all {counted(len(changes))}")
    return [*parts, legend]

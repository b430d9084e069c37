"""What a study has to tell: in the terminal, and as a page."""

import sys
from pathlib import Path

from crossgrad.comparisons.commands.study.findings import Found
from crossgrad.comparisons.commands.study.folder import Folder
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.failure import alarm_text
from crossgrad.comparisons.reports.page.document import About, as_html
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.table import TITLE, columns_of, headings, met


def told(folder: Folder, found: Found, notes: list[str], report: Path | None) -> Output:
    """The table, what fails, what is missing, the verdict; 1 unless everything is verified."""
    notes = [*notes, *missing(found)]
    where = f"{found.cases:,} cases, their rows in {folder.rows}/*.{folder.header.form}"
    lines = [*table(found.summary), *notes, where, found.summary.verdict()]

    page = {report: lambda: as_html(found.summary, about(found, notes))}
    return Output("\n".join(lines), int(found.summary.state != "pass"), page)


def table(summary: Summary) -> list[str]:
    """As the suite's run ends: the table, known divergences, who gave no answer, what fails."""
    columns = columns_of(summary.lines.values())
    cells = [[*key, *line.cells(columns)] for key, line in summary.lines.items()]
    unanswered = [": ".join(filter(None, [status, f"{n:,} × {cause}"]))
                  for status, cause, n in summary.unanswered.lines()]  # fmt: skip
    failures = [alarm_text(rows) for rows in summary.failures]
    return [
        TITLE,
        "",
        in_columns(headings(columns), cells),
        "",
        *met(summary.explained),
        *unanswered,
        *failures,
    ]


def missing(found: Found) -> list[str]:
    """How many blocks of all that were asked for are not there."""
    if not found.missing:
        return []
    return [f"blocks that are missing: {found.missing:,}; that are there: {len(found.blocks):,}"]


def about(found: Found, notes: list[str]) -> About:
    """What the page says of the study itself."""
    machines = found.header.machines
    others = [f"done on {len(machines)} machines or settings, the first is told"]
    return About.of(
        "crossgrad study",
        ["crossgrad", *sys.argv[1:]],
        machines[0],
        found.cases,
        finished=not found.missing,
        notes=[*notes, *others[: len(machines) > 1]],
    )

"""What a study has to tell: in the terminal, and as a page."""

import sys
from datetime import datetime
from pathlib import Path

from comparisons.files import write_whole
from comparisons.page.write import About, as_html
from comparisons.report.told import Told
from comparisons.study.folder import Folder
from comparisons.study.found import Found


def told(folder: Folder, report: Path | None, notes: list[str]) -> Told:
    """The table, the alarms, what is missing and where the rows are; 1 if anything fails."""
    found = Found(folder)
    lines = [found.totals.as_text(), *notes, *missing(folder, found)]
    lines.append(f"rows: {folder.rows}/*.{folder.header.form}")

    def write() -> None:
        if report:
            write_whole(report, as_html(found.summary, about(folder, found, notes)))

    return Told("\n".join(lines), int(bool(found.totals.alarms)), write)


def missing(folder: Folder, found: Found) -> list[str]:
    """How many cases of those asked for are not there."""
    header = folder.header
    needed = len(header.plan.blocks(header.cases))
    if found.blocks >= needed:
        return []
    return [f"{found.blocks:,} of {needed:,} blocks are there"]


def about(folder: Folder, found: Found, notes: list[str]) -> About:
    """What the page says of the study itself."""
    machines = folder.header.machines
    others = [f"done on {len(machines)} machines or settings, the first is told"]
    return About(
        title="crossgrad study",
        command=" ".join(["crossgrad", *sys.argv[1:]]),
        facts=machines[0],
        when=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        cases=found.cases,
        finished=not missing(folder, found),
        notes=[*notes, *missing(folder, found), *others[: len(machines) > 1]],
    )

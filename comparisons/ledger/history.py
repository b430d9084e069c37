"""Release by release what changed: a line an equation, and where the changes begin."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from crossgrad.comparisons.baseline.changes import IDENTICAL, Change
from crossgrad.comparisons.ledger.collect import Ledger
from crossgrad.comparisons.ledger.releases import Release
from crossgrad.comparisons.report.changes import (
    HEADINGS,
    LEFT,
    LEGEND,
    beginnings,
    cells,
    conventions,
    counted,
    failures,
)
from crossgrad.comparisons.report.columns import in_columns

WIDTH = 100
BEGINS = "begins, in so many places (entries closer/further), in"


def history(ledger: Ledger) -> list[str]:
    """A part for each release that has one before it; a legend if there is a table in any."""
    told = [
        chapter(before, now, changes)
        for (before, now), changes in zip(
            pairwise(ledger.releases), ledger.changes[1:], strict=True
        )
    ]
    return [*told, *([LEGEND] if any(map(eventful, ledger.changes)) else [])]


def eventful(changes: Iterable[Change]) -> bool:
    """Whether there is anything to tell."""
    return any(change.verdict != IDENTICAL for change in changes)


def chapter(before: Release, now: Release, changes: Sequence[Change]) -> str:
    """What changed from one release to the next."""
    title = f"{before.label} → {now.label}"
    if not eventful(changes):
        return f"{title}: the same bits in all {counted(len(changes))}"
    told = [*failures([*changes]), *conventions([*changes]), *beginnings(changes)]
    table = in_columns(HEADINGS, cells([*changes]), LEFT)
    return "\n".join([title, "", table, "", *told])

"""The ledger: each equation of each backend and format at each release, beside the one before."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from crossgrad.comparisons.commands.compare.pair import changes_of
from crossgrad.comparisons.commands.compare.releases import Release, differing, releases_of
from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.records.baseline.changes import MISSING, Change
from crossgrad.comparisons.records.baseline.file import Baseline
from crossgrad.comparisons.reports.changes import (
    HEADINGS,
    Line,
    begun,
    by_line,
    cells,
    in_order,
    totals,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One equation of a backend and format at one release.

    ``residual`` is the largest, and ``beyond`` whether one fails; of the ``places``, layers of
    scenarios, ``changed`` have other bits than in the release before and ``missing`` are gone. So
    have ``moved`` of the ``entries``, or -1: their numbers could not be rebuilt.
    """

    residual: float
    beyond: bool
    places: int
    entries: int
    changed: int = 0
    moved: int = 0
    missing: int = 0
    conventions: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether it has not the same bits as in the release before."""
        return bool(self.changed or self.missing)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A cell for each line and release; nothing where the release has no answer.

    ``changes`` has those against the release before, and none for the first. ``left_out`` counts
    the scenarios × backends that only some of the files have.
    """

    releases: Sequence[Release]
    lines: dict[Line, list[Cell | None]]
    changes: Sequence[Sequence[Change]]
    left_out: int

    @property
    def changing(self) -> list[Line]:
        """Lines that have not the same bits in all releases, or are beyond a bound in one."""
        return [
            line
            for line, row in self.lines.items()
            if any(cell is None or cell.differs or cell.beyond for cell in row)
        ]

    @property
    def steps(self) -> list[tuple[Release, Release, Sequence[Change]]]:
        """Each release but the first: the one before, itself, and what changed."""
        pairs = zip(pairwise(self.releases), self.changes[1:], strict=True)
        return [(before, now, changes) for (before, now), changes in pairs]

    def as_dict(self) -> dict[str, Any]:
        """All figures, for JSON; null where there is no answer."""
        return {
            "releases": [
                {"label": r.label, "file": r.path.name, "environment": r.environment}
                for r in self.releases
            ],
            "differing": differing(self.releases),
            "left out": self.left_out,
            "lines": [
                {"backend": backend, "format": dtype, "equation": check}
                | {"releases": [cell and asdict(cell) for cell in row]}
                for (backend, dtype, check), row in self.lines.items()
            ],
            "steps": [
                {
                    "before": before.label,
                    "now": now.label,
                    "changes": [dict(zip(HEADINGS, line, strict=True)) for line in cells(changes)],
                    "begins": [
                        {"backend": backend, "equation": check, "function": name} | totals(group)
                        for (backend, check, name), group in begun(changes).items()
                    ],
                }
                for before, now, changes in self.steps
            ],
        }


def ledger_of(files: Iterable[tuple[Path, Baseline]]) -> Ledger:
    """Of baselines; raises ``ValueError`` with one line that names the culprit."""
    releases = releases_of(files)
    answers = [release.baseline.answers() for release in releases]
    common = sorted(set.intersection(*map(set, answers)))
    if not common:
        raise ValueError("the files have no scenario and backend in common")
    for release, records in zip(releases, answers, strict=True):
        for asked in common:
            if records[asked][0].inputs != answers[0][asked][0].inputs:
                raise ValueError(
                    f"{release.path}: other inputs than {releases[0].path} in {asked[0]}: "
                    "nothing can be compared"
                )
    changes: list[list[Change]] = [[] for _ in releases]
    for asked in common:
        for i, (before, now) in enumerate(pairwise(answers), start=1):
            changes[i] += changes_of(asked, before, now)
    columns = [
        cells_of([record for asked in common for record in records[asked]], changed)
        for records, changed in zip(answers, changes, strict=True)
    ]
    lines = in_order({line for column in columns for line in column})
    if not lines:
        raise ValueError("nothing was compared: the files have no answer of any backend")
    left_out = len(set.union(*map(set, answers))) - len(common)
    return Ledger(releases, {l: [c.get(l) for c in columns] for l in lines}, changes, left_out)


def cells_of(records: Iterable[Record], changes: Iterable[Change]) -> dict[Line, Cell]:
    changed = by_line(changes)
    recorded = by_line(record for record in records if record.check)
    return {line: cell_of(group, changed.get(line, [])) for line, group in recorded.items()}


def cell_of(records: Sequence[Record], changes: Sequence[Change]) -> Cell:
    """Of the records of a line at a release, and what has changed of them."""
    # a number of -1 says: other bits, and nobody knows how many
    moved = [change.changed for change in changes if change.changed]
    return Cell(
        residual=max(record.residual for record in records),
        beyond=any(record.status == "fail" for record in records),
        places=len(records),
        entries=sum(record.entries for record in records),
        changed=len(moved),
        moved=-1 if min(moved, default=0) < 0 else sum(moved),
        missing=sum(change.verdict == MISSING for change in changes),
        conventions=tuple(sorted({change.convention for change in changes if change.convention})),
    )

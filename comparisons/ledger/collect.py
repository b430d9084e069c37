"""The ledger: each equation of each backend and format at each release, beside the one before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from crossgrad.comparisons.baseline.changes import MISSING, Change, changes
from crossgrad.comparisons.baseline.record import Record
from crossgrad.comparisons.ledger.releases import Release, read_releases
from crossgrad.comparisons.report.changes import scenario_of
from crossgrad.comparisons.report.table import EVERY_COLUMN
from crossgrad.comparisons.verification import problem_of

#: Backend, format, equation.
Line = tuple[str, str, str]
#: Scenario, backend.
Asked = tuple[str, str]
Records = dict[Asked, list[Record]]


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
        return [line for line, cells in self.lines.items() if not all(map(steady, cells))]


def steady(cell: Cell | None) -> bool:
    """Whether there is nothing to tell of a cell but that it is as it was."""
    return cell is not None and not (cell.changed or cell.missing or cell.beyond)


def ledger(paths: Sequence[Path]) -> Ledger:
    """Of baseline files; raises ``ValueError`` with one line that names the culprit."""
    releases = read_releases(paths)
    found = [release.baseline.answers() for release in releases]
    common = sorted(set.intersection(*map(set, found)))
    if not common:
        raise ValueError("the files have no scenario and backend in common")
    for release, records in zip(releases, found, strict=True):
        same_inputs(releases[0], found[0], release, records, common)
    told: list[list[Change]] = [[] for _ in releases]
    for scenario, backend in common:
        problem = partial(problem_of, scenario)
        for i, (before, now) in enumerate(pairwise(r[scenario, backend] for r in found), start=1):
            told[i] += changes(before, now, problem)
    cells = [
        cells_of([r for key in common for r in records[key]], changed)
        for records, changed in zip(found, told, strict=True)
    ]
    lines = sorted({line for release in cells for line in release}, key=place)
    if not lines:
        raise ValueError("nothing was compared: the files have no answer of any backend")
    left_out = len(set.union(*map(set, found))) - len(common)
    return Ledger(releases, {l: [c.get(l) for c in cells] for l in lines}, told, left_out)


def same_inputs(
    first: Release, firsts: Records, other: Release, others: Records, common: Iterable[Asked]
) -> None:
    """Raise ``ValueError`` where what the backends were given is not the same."""
    for asked in common:
        if firsts[asked][0].inputs != others[asked][0].inputs:
            told = f"other inputs than {first.path} in {asked[0]}"
            raise ValueError(f"{other.path}: {told}: nothing can be compared")


def place(line: Line) -> tuple[str, str, int]:
    """Equations stand in the order of the data."""
    backend, dtype, check = line
    return backend, dtype, EVERY_COLUMN.index(check)


def cells_of(records: Iterable[Record], changes: Iterable[Change]) -> dict[Line, Cell]:
    """The cells of one release."""
    recorded: dict[Line, list[Record]] = defaultdict(list)
    changed: dict[Line, list[Change]] = defaultdict(list)
    for record in records:
        if record.check:
            recorded[line_of(record)].append(record)
    for change in changes:
        changed[line_of(change)].append(change)
    return {line: cell(group, changed[line]) for line, group in recorded.items()}


def line_of(told: Record | Change) -> Line:
    """Where a record or a change belongs."""
    return told.backend, scenario_of(told.scenario).dtype, told.check


def cell(records: Sequence[Record], changes: Iterable[Change]) -> Cell:
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

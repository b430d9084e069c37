"""Before and now: what has changed between two baselines or two setups, and how it is told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import FAILING, Change, changes
from crossgrad.comparisons.records.baseline.file import Baseline
from crossgrad.comparisons.records.baseline.surroundings import Facts, differences
from crossgrad.comparisons.reports import changes as report
from crossgrad.comparisons.reports.failure import place

#: Scenario, backend.
Asked = tuple[str, str]
Records = Mapping[Asked, list[Record]]


def changes_of(asked: Asked, before: Records, now: Records) -> list[Change]:
    """What has changed of a backend's answer to a scenario."""
    return changes(before.get(asked, []), now.get(asked, []))


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides by name and by environment, what has changed, and remarks to be told after that.

    ``rows``: what is not right on the side of now, where rows are known.
    """

    names: tuple[str, str]
    facts: tuple[Facts, Facts]
    changes: Sequence[Change]
    rows: Sequence[Row] = ()
    remarks: Sequence[str] = ()

    @property
    def code(self) -> int:
        """The exit code: 1 if anything is beyond its bound or missing, or if nothing is there."""
        return int(not self.changes or any(change.verdict in FAILING for change in self.changes))

    def notes(self) -> list[str]:
        """What the rows say, and the remarks."""
        return [*worst(self.rows), *unanswered(self.rows), *self.remarks]

    def as_text(self) -> str:
        before, now = self.names
        nothing = [] if self.changes else ["nothing was compared: neither side has an answer"]
        return "\n".join([
            f"before: {before}; now: {now}; {scenarios(len({c.scenario for c in self.changes}))}",
            report.as_text(self.changes, differences(*self.facts)),
            *self.notes(),
            *nothing,
        ])  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """All changes, identical bits among them, for JSON."""
        return {
            "before": {"name": self.names[0], "environment": self.facts[0]},
            "now": {"name": self.names[1], "environment": self.facts[1]},
            "different": differences(*self.facts),
            "changes": [change.as_dict() for change in self.changes],
            "remarks": self.notes(),
            "code": self.code,
        }


def pair_of(old: tuple[Path, Baseline], new: tuple[Path, Baseline]) -> Pair:
    """Two files, with what is in either; raises ``ValueError`` if nothing is in both."""
    before, now = (baseline.answers() for _, baseline in (old, new))
    if not before.keys() & now.keys():
        raise ValueError(f"{old[0]} and {new[0]} have no scenario and backend in common")
    return Pair(
        (str(old[0]), str(new[0])),
        (old[1].environment, new[1].environment),
        [change for asked in {**before, **now} for change in changes_of(asked, before, now)],
    )


# ------------------------------------------------------------------ what rows say
def worst(rows: Iterable[Row]) -> list[str]:
    """The entry of each failing equation and format that is farthest beyond its bound."""
    failed: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        if row.status == "fail":
            line = row.backend, Scenario.parse(row.scenario).dtype, row.check
            failed[line] = max(failed.get(line, row), row, key=lambda row: row.residual)
    return [
        f"worst: {backend} {dtype}, {check}: {place(row, row.worst)} is {row.value!r}, expected "
        f"{row.expected!r}{f', {row.cause}' if row.cause else ''}, in {row.scenario}"
        for (backend, dtype, check), row in failed.items()
    ]


def unanswered(rows: Iterable[Row]) -> list[str]:
    """Why there was no answer, and how often."""
    why = Counter((row.backend, row.cause) for row in rows if row.status == "error")
    return [f"no answer: {cause}, in {scenarios(count)}" for (_, cause), count in why.items()]


def scenarios(count: int) -> str:
    return f"{count} scenario{'s' * (count != 1)}"

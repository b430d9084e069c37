"""What a comparison has found, for a person and for machines."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from crossgrad.comparisons.baseline.changes import FAILING, Change
from crossgrad.comparisons.baseline.surroundings import Facts, differences
from crossgrad.comparisons.report import changes as report
from crossgrad.comparisons.report.failure import place
from crossgrad.comparisons.row import Row
from crossgrad.comparisons.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Found:
    """Both sides by name and by environment, what has changed, and remarks to be told after that.

    ``rows``: what is not right on the side of now, where rows are known.
    """

    names: tuple[str, str]
    facts: tuple[Facts, Facts]
    changes: list[Change]
    rows: list[Row]
    remarks: list[str]

    @property
    def code(self) -> int:
        """The exit code: 1 if anything is beyond its bound or missing, or if nothing is there."""
        return int(not self.changes or any(change.verdict in FAILING for change in self.changes))

    def as_text(self) -> str:
        """For a terminal."""
        before, now = self.names
        scenarios = len({change.scenario for change in self.changes})
        told = report.as_text(self.changes, differences(*self.facts))
        nothing = [] if self.changes else ["nothing was compared: neither side has an answer"]
        return "\n".join([
            f"before: {before}; now: {now}; {scenarios} scenario{'s' * (scenarios != 1)}",
            told,
            *worst(self.rows),
            *unanswered(self.rows),
            *self.remarks,
            *nothing,
        ])  # fmt: skip

    def as_json(self) -> str:
        """All changes, identical bits among them; infinite is a string."""
        values = {
            "before": {"name": self.names[0], "environment": self.facts[0]},
            "now": {"name": self.names[1], "environment": self.facts[1]},
            "different": differences(*self.facts),
            "changes": [finite(change.as_dict()) for change in self.changes],
            "remarks": [*worst(self.rows), *unanswered(self.rows), *self.remarks],
            "code": self.code,
        }
        return f"{json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)}\n"


def finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no infinite numbers."""
    return {name: "inf" if value == float("inf") else value for name, value in values.items()}


def worst(rows: list[Row]) -> list[str]:
    """Of each equation that is beyond its bound, in each format, the entry that is most so."""
    failed: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        if row.status == "fail":
            told = row.backend, Scenario.parse(row.scenario).dtype, row.check
            failed[told] = max(failed.get(told, row), row, key=lambda row: row.residual)
    return [
        f"worst: {backend} {dtype}, {entry(row)}" for (backend, dtype, _), row in failed.items()
    ]


def entry(row: Row) -> str:
    """Where, what it is, what it should be, and why it most likely is not."""
    cause = f", {row.cause}" if row.cause else ""
    line = f"{row.check}: {place(row)} is {row.value!r}, expected {row.expected!r}{cause}"
    return f"{line}, in {row.scenario}"


def unanswered(rows: list[Row]) -> list[str]:
    """Why there was no answer, and how often."""
    why = Counter((row.backend, row.cause) for row in rows if row.status == "error")
    return [f"no answer: {cause}, in {n} scenario{'s' * (n != 1)}" for (_, cause), n in why.items()]

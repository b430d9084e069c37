"""The results file: one JSON object a line and row, sorted, so that equal runs give equal files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crossgrad.comparisons.equations.walk import COMPARED
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.problems.scenario import Scenario


def write_results(path: Path, rows: Iterable[Row]) -> None:
    """The file is whole, old or new."""
    write_whole(path, "".join(sorted(f"{as_line(row)}\n" for row in rows)))


def read_results(path: Path) -> list[Row]:
    """The rows of a file; raises ``ValueError`` with one line that names file and line."""
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None
    if not lines:
        raise ValueError(f"{path}: empty, no results")
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(from_line(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{path}, line {number}: no result: {error}") from None
    return rows


def as_line(row: Row) -> str:
    """One JSON object."""
    return json.dumps(as_json(row))


def as_json(row: Row) -> dict[str, object]:
    """For JSON; what is not finite becomes a string, as JSON has no such numbers."""
    return {key: plain(value) for key, value in row.as_dict().items()}


def plain(value: object) -> object:
    """A value as strict JSON has it."""
    if isinstance(value, float) and not abs(value) < float("inf"):
        return str(value)
    if isinstance(value, dict):
        return {key: [plain(v) for v in pair] for key, pair in value.items()}
    return value


def from_line(line: str) -> Row:
    """The row of a line; raises one of several errors if it is none."""
    return from_json(json.loads(line))


def from_json(values: dict[str, Any]) -> Row:
    """The row of ``as_json``; raises one of several errors if it is none."""
    row = Row.from_dict(values)
    Scenario.parse(row.scenario)
    if row.check not in ("", *COMPARED):
        raise ValueError(f"check {row.check!r}")
    return row

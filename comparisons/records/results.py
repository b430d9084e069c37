"""The results file: one JSON object a line and row, sorted, so that equal runs give equal files."""

import json
from collections.abc import Iterable
from pathlib import Path

from crossgrad.comparisons.equations.walk import COMPARED
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.problems.scenario import Scenario

#: The form of a row. Whoever changes what a field means, or takes one away, counts on.
FORMAT = 1


def write_results(path: Path, rows: Iterable[Row]) -> None:
    """The file is whole, old or new."""
    lines = (codec.line({"results": FORMAT, **row.as_dict()}) for row in rows)
    write_whole(path, "".join(sorted(lines)))


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


def from_line(line: str) -> Row:
    """The row of a line; raises one of several errors if it is none."""
    values = json.loads(line)
    written = values.pop("results", FORMAT)  # rows did not say it before there was another form
    if written != FORMAT:
        raise ValueError(f"format {written!r}, this version reads {FORMAT}: record it anew")
    row = Row.from_dict(values)
    Scenario.parse(row.scenario)
    if row.check not in ("", *COMPARED):
        raise ValueError(f"check {row.check!r}")
    return row

"""The file of a campaign: a header, then a line of JSON for each finished block, as it is finished.

A run that was killed leaves at most its last line unfinished; that block is done again.
"""

import json
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from crossgrad.comparisons.report.results import as_json, from_json
from crossgrad.comparisons.row import Row

Header = dict[str, Any]


class Journal:
    """The finished blocks of a campaign, and the file that keeps them, if there is one."""

    def __init__(self, path: Path | None, header: Header, scenarios: list[str]) -> None:
        """Read what there is; ``ValueError``, and the file as it was, if that is not ours."""
        self.finished: dict[int, list[Row]] = {}
        self.path = path
        self.header = as_line(header)
        self.scenarios = scenarios
        self.file: IO[bytes] | None = None
        self.whole = self.read(path) if path and path.exists() else 0

    def __enter__(self) -> Self:
        """Open the file behind its last finished line."""
        if self.path:
            self.file = self.path.open("ab")
            if self.file.tell() > self.whole:
                self.file.truncate(self.whole)
            if not self.whole:
                self.write(self.header)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Whatever happened, what is finished is in the file."""
        if self.file:
            self.file.close()

    def add(self, number: int, rows: list[Row]) -> None:
        """A finished block, written at once."""
        self.finished[number] = rows
        self.write(as_line({"block": number, "rows": [as_json(row) for row in rows]}))

    def write(self, line: bytes) -> None:
        """Now, not when the file is closed."""
        if self.file:
            self.file.write(line)
            self.file.flush()

    # -------------------------------------------------------------- read
    def read(self, path: Path) -> int:
        """Take the finished blocks; how many bytes they and the header have."""
        whole = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n") and (number > 1 or self.header.startswith(line)):
                    break
                if number == 1:
                    self.compare(line)
                else:
                    self.take(number, line)
                whole += len(line)
        return whole

    def compare(self, line: bytes) -> None:
        """The header says that the same campaign is gone on with."""
        ours = json.loads(self.header)
        theirs = parsed(line)
        if "campaign" not in theirs:
            raise ValueError(f"{self.path}, line 1: no header of a campaign")
        for key in ours:
            if theirs.get(key) != ours[key]:
                there, here = theirs.get(key, "not told"), ours[key]
                raise ValueError(f"{self.path}: {key} {there} there, {here} here: cannot go on")

    def take(self, number: int, line: bytes) -> None:
        """A finished block; of a larger campaign, it is left where it is."""
        try:
            block, rows = self.block(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{self.path}, line {number}: no finished block: {error}") from None
        if block < len(self.scenarios):
            self.finished[block] = rows

    def block(self, values: dict[str, Any]) -> tuple[int, list[Row]]:
        """Number and rows; raises one of several errors if that is not what they are."""
        number, rows = values["block"], [from_json(row) for row in values["rows"]]
        if type(number) is not int or number < 0:
            raise ValueError(f"block {number!r}")
        expected = {*self.scenarios[number : number + 1]}
        if not rows or (expected and {row.scenario for row in rows} != expected):
            raise ValueError(f"block {number} is another scenario")
        return number, rows


def as_line(values: dict[str, Any]) -> bytes:
    """One line of JSON."""
    return f"{json.dumps(values)}\n".encode()


def parsed(line: bytes) -> dict[str, Any]:
    """The object of a line; nothing, if it has none."""
    try:
        values = json.loads(line)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}

"""Finished blocks, kept in parts: often enough to lose little, seldom enough to be few."""

import time
from types import TracebackType
from typing import Self

from comparisons.study.columns import Columns
from comparisons.study.folder import Folder

#: A part is written when so many seconds have passed since the last one.
PAUSE = 10.0


class Keeper:
    """Writes what it was given before it ends, whatever ends it."""

    def __init__(self, folder: Folder) -> None:
        """Nothing to keep yet."""
        self.folder = folder
        self.blocks: list[list[Columns]] = []
        self.last = time.monotonic()
        self.failed = False

    def __enter__(self) -> Self:
        """What a killed run has left is swept away."""
        self.folder.sweep()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Also when it is interrupted; not again when it was a part that could not be written."""
        if not self.failed:
            self.write()

    def add(self, rows: list[Columns]) -> None:
        """A finished block."""
        self.blocks.append(rows)
        if time.monotonic() - self.last > PAUSE:
            self.write()

    def write(self) -> None:
        """All of them as a part, in the order of their numbers."""
        if self.blocks:
            self.blocks.sort(key=lambda rows: rows[0]["block"])
            self.failed = True
            self.folder.add([row for rows in self.blocks for row in rows])
            self.failed = False
            self.blocks = []
        self.last = time.monotonic()

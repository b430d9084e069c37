"""Finished blocks, kept in parts: often enough to lose little, seldom enough to be few."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from crossgrad.comparisons.study.columns import Columns
from crossgrad.comparisons.study.folder import Folder

#: A part is written when so many seconds have passed since the last one.
PAUSE = 10.0


class Keeper:
    """Writes what it was given as parts of a folder."""

    def __init__(self, folder: Folder) -> None:
        """Nothing to keep yet."""
        self.folder = folder
        self.blocks: list[list[Columns]] = []
        self.last = time.monotonic()
        self.failed = False

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


@contextmanager
def keeper_of(folder: Folder) -> Iterator[Keeper]:
    """Whatever it was given is written at the end, also of a run that is interrupted.

    Not so when it was a part that could not be written. What a killed run has left is swept away.
    """
    folder.sweep()
    keeper = Keeper(folder)
    try:
        yield keeper
    finally:
        if not keeper.failed:
            keeper.write()

"""How far a long run is: a bar with rate and time left, for who watches a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Meter:
    """A bar on standard error; nothing where that is no terminal."""

    def __init__(self, done: int, total: int | None, what: str = "cases") -> None:
        """``done`` of ``total``, which may not be known, are there from before."""
        rate = TextColumn(f"{what}{{task.fields[rate]}}, time left"), TimeRemainingColumn()
        columns = BarColumn(20), MofNCompleteColumn(), *rate
        off = not sys.stderr.isatty()
        self.bar = Progress(*columns, console=Console(stderr=True), disable=off)
        self.task = self.bar.add_task("", total=total, completed=done, rate="")
        self.done = 0
        self.start = time.monotonic()

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def advance(self, count: int) -> None:
        self.done += count
        rate = self.done / (time.monotonic() - self.start)
        self.bar.update(self.task, advance=count, rate=f", {rate:,.1f}/s")

"""A side's process, seen from outside: it starts, tells, and ends, one way or another."""

import pickle
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self

from crossgrad.comparisons.diff.side import Task
from crossgrad.comparisons.diff.sides import Side
from crossgrad.comparisons.environment import CACHE_VARIABLE
from crossgrad.comparisons.location import findable

#: The side's number, and what it told; nothing if it can tell no more.
Inbox = SimpleQueue[tuple[int, Any]]
START = "from crossgrad.comparisons.diff.side import main; main()"
#: How XLA and Python begin the line that says what a process dies of.
FATAL = re.compile(r"^(?:[EF]\d{4} \S+ +\d+ \S+\] |Fatal Python error: )(.*)", re.MULTILINE)


class Process:
    """What it tells goes to the inbox as it comes; it does not outlive ``with``."""

    def __init__(self, number: int, side: Side, task: Task, inbox: Inbox) -> None:
        """Start; ``number`` is what its messages are told apart by."""
        self.number, self.inbox = number, inbox
        self.said = TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-c", START],
            env=findable(side.environment | {CACHE_VARIABLE: ""}),  # no bits of other settings
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
        )
        with suppress(BrokenPipeError):  # it is dead already, as will be seen
            self.pipe("stdin").write(task.as_line())
            self.pipe("stdin").flush()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def pipe(self, name: str) -> Any:  # noqa: ANN401 - a stream, which mypy takes for optional
        """One of its streams."""
        return getattr(self.process, name)

    def read(self) -> None:
        """Hand on what it tells, until it tells nothing any more."""
        with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while True:
                self.inbox.put((self.number, pickle.load(self.pipe("stdout"))))  # noqa: S301 - ours
        self.inbox.put((self.number, None))

    def last_words(self) -> str:
        """Of a process that has died: the reason that it gave, and how it ended."""
        code = self.process.wait()
        self.said.seek(0)
        text = self.said.read().decode(errors="replace").strip()
        found = FATAL.search(text)
        reason = found[1] if found else text.rpartition("\n")[2]
        ended = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"its process died ({ended}): {reason or 'without a word'}"

    def __enter__(self) -> Self:
        """It runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.pipe("stdin"), self.pipe("stdout"), self.said):
            with suppress(BrokenPipeError):
                stream.close()

"""The two worker processes, seen from outside: what they send, and which of them has failed."""

import json
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from tempfile import TemporaryFile
from typing import Any

from crossgrad.comparisons.commands.compare.settings import Setup, Setups
from crossgrad.comparisons.commands.compare.worker import End

#: The number of a process, and what it has sent; nothing if it can send no more.
Inbox = SimpleQueue[tuple[int, Any]]
START = "from crossgrad.comparisons.commands.compare.worker import main; main()"
#: How XLA and Python begin the line that says what a process dies of.
FATAL = re.compile(r"^(?:[EF]\d{4} \S+ +\d+ \S+\] |Fatal Python error: )(.*)", re.MULTILINE)


def messages(
    setups: Setups, backends: list[str], scenarios: list[str]
) -> Generator[tuple[int, Any], None, None]:
    """What both processes send, with their numbers, until both have ended; 0 is before, 1 is now.

    Raises ``ValueError`` for a failure. The other process is waited for until it is past that
    point, so that what is said of both does not depend on which is faster.
    """
    inbox: Inbox = SimpleQueue()
    processes: list[Process] = []
    sent, failed, ended = [0, 0], dict[int, str](), set[int]()
    with ExitStack() as running:
        for number, setup in enumerate(setups):
            task = f"{json.dumps([backends, scenarios, setup.calls])}\n"
            processes.append(Process(number, setup, task, inbox))
            running.callback(processes[-1].close)
        while len(ended) < len(setups):
            number, message = inbox.get()
            if message is None:
                if number in ended or number in failed:
                    continue
                message = End(processes[number].last_words())
            sent[number] += 1
            if isinstance(message, End) and message.why:
                failed[number] = message.why
            elif isinstance(message, End):
                ended.add(number)
            first = min(failed, default=0)
            other = 1 - first
            if failed and (other in ended or other in failed or sent[other] >= sent[first]):
                raise ValueError(reason(setups, failed, sent))
            yield number, message


def reason(setups: Setups, failed: dict[int, str], sent: list[int]) -> str:
    """One line; the setup is named if only one of them has failed."""
    if len(set(failed.values())) == 1 < len(failed):
        return failed[0]
    number = min(failed, key=lambda number: (sent[number], number))
    return f"under {setups[number]}: {failed[number]}"


class Process:
    """A worker; what it sends goes to the inbox as it comes."""

    def __init__(self, number: int, setup: Setup, task: str, inbox: Inbox) -> None:
        """Start; ``number`` is what its messages are told apart by."""
        self.number, self.inbox = number, inbox
        self.said = TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-c", START],
            env=setup.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
        )
        with suppress(BrokenPipeError):  # it is dead already, as will be seen
            self.pipe("stdin").write(task.encode())
            self.pipe("stdin").flush()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def pipe(self, name: str) -> Any:  # noqa: ANN401 - a stream, which mypy takes for optional
        return getattr(self.process, name)

    def read(self) -> None:
        """Hand on what it sends, until it sends nothing any more."""
        with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while True:
                self.inbox.put((self.number, pickle.load(self.pipe("stdout"))))  # noqa: S301 - ours
        self.inbox.put((self.number, None))

    def last_words(self) -> str:
        """Of a process that has died: the reason that it gave, and how it ended."""
        code = self.process.wait()
        self.said.seek(0)
        text = self.said.read().decode(errors="replace").strip()
        fatal = FATAL.search(text)
        why = fatal[1] if fatal else text.rpartition("\n")[2]
        ended = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"its process died ({ended}): {why or 'without a word'}"

    def close(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.pipe("stdin"), self.pipe("stdout"), self.said):
            with suppress(BrokenPipeError):
                stream.close()

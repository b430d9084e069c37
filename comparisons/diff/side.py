"""What one side does, in a process of its own: ask backends, and judge nothing.

Its settings are there before Python starts. It is given a line of JSON, and gives pickled answers
back. The judge is elsewhere, under the suite's own settings: they must not reach it.
"""

import json
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.custom import BackendError, NotSupportedError, one_line
from crossgrad.comparisons.baseline.record import digest
from crossgrad.comparisons.baseline.surroundings import Facts, surroundings
from crossgrad.comparisons.diff.sides import MADE, NOT_MADE
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.scenario import Scenario
from crossgrad.comparisons.verification import asked, drawn


@dataclass(frozen=True, slots=True)
class Task:
    """Who is asked what, and the calls to be made.

    ``either_calls`` and ``variables`` are those of both sides: what is told first.
    """

    backends: list[str]
    scenarios: list[str]
    calls: list[str]
    either_calls: list[str]
    variables: list[str]

    def as_line(self) -> bytes:
        """For the way to the process."""
        return f"{json.dumps(asdict(self))}\n".encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """A backend's traces of a scenario, or the error in place of them; ``inputs`` is a digest."""

    backend: str
    scenario: str
    inputs: str
    traces: list[Trace]
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing can be asked, in one line."""

    why: str


@dataclass(frozen=True, slots=True)
class End:
    """All answers are given."""


def main() -> None:
    """Answer a task; Ctrl-C, or its parent's end, ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    out = own_output()
    task = Task(**json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=end_with_parent, daemon=True).start()
    for told in answers(task):
        pickle.dump(told, out)
        out.flush()


def own_output() -> BinaryIO:
    """Standard output, for answers alone: whatever else is printed goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def end_with_parent() -> None:
    """Its end of the pipe is closed when it ends, whatever ended it."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def answers(task: Task) -> Iterator[Facts | Answer | Refused | End]:
    """The environment first, then each backend's answer to each scenario."""
    yield told_first(task) | surroundings()
    for name in task.backends:
        try:
            backend = with_calls(task.calls, load_backend(name))
        except Exception as error:  # noqa: BLE001 - whatever a framework makes of a setting
            ours = type(error) is ValueError and str(error).startswith("backend ")
            yield Refused(str(error) if ours else f"backend {name!r}: {one_line(error)}")
            return
        for scenario in task.scenarios:
            yield answer(backend, Scenario.parse(scenario))
    yield End()


def told_first(task: Task) -> Facts:
    """Whatever either side sets, as it is on this one."""
    made = {name: MADE if name in task.calls else NOT_MADE for name in task.either_calls}
    return made | {name: os.environ[name] for name in task.variables if name in os.environ}


def with_calls(calls: list[str], backend: Backend) -> Backend:
    """The backend, with the calls made whenever it is asked, and taken back."""
    if not calls:
        return backend
    from crossgrad.comparisons.backends.torch_settings import CALLS  # noqa: PLC0415 - imports torch

    def trace(problem: Problem) -> Trace:
        with ExitStack() as made:
            for call in calls:
                made.enter_context(CALLS[call]())
            return backend.trace(problem)

    return replace(backend, trace=trace)


def answer(backend: Backend, scenario: Scenario) -> Answer:
    """Its traces; what it raises is told in place of them."""
    problems, stack = drawn(scenario)
    told = backend.name, str(scenario), digest(*stack.arrays)
    try:
        return Answer(*told, [asked(backend, problem) for problem in problems])
    except (BackendError, NotSupportedError) as error:
        return Answer(*told, [], type(error)(str(error)))

"""A process under a setup of its own: it asks backends, and judges nothing.

Its settings are there before Python starts. It is given a line of JSON, and sends pickled answers
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
from dataclasses import dataclass, replace
from typing import BinaryIO

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError, one_line
from crossgrad.comparisons.judging.record import digest
from crossgrad.comparisons.judging.verification import asked, drawn
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.surroundings import Facts, surroundings


@dataclass(frozen=True, slots=True)
class Answer:
    """A backend's traces of a scenario, or the error in place of them; ``inputs`` is a digest."""

    backend: str
    scenario: str
    inputs: str
    traces: list[Trace]
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class End:
    """All answers are given; or none can be given any more, and ``why``, in one line."""

    why: str = ""


def main() -> None:
    """Answer all that is asked; Ctrl-C, or its parent's end, ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    out = own_output()
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    for message in messages(*asked):
        pickle.dump(message, out)
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


def messages(
    backends: list[str], scenarios: list[str], calls: list[str]
) -> Iterator[Facts | Answer | End]:
    """The environment first, then each backend's answer to each scenario."""
    yield surroundings()
    for name in backends:
        try:
            backend = with_calls(calls, load_backend(name))
        except Exception as error:  # noqa: BLE001 - whatever a framework makes of a setting
            ours = type(error) is ValueError and str(error).startswith("backend ")
            yield End(str(error) if ours else f"backend {name!r}: {one_line(error)}")
            return
        for scenario in scenarios:
            yield answer(backend, Scenario.parse(scenario))
    yield End()


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
    place = backend.name, str(scenario), digest(*stack.arrays)
    try:
        return Answer(*place, [asked(backend, problem) for problem in problems])
    except (BackendError, NotSupportedError) as error:
        return Answer(*place, [], type(error)(str(error)))

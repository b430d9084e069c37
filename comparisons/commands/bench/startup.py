"""How long it takes to begin: processor time, or wall time where processes work side by side.

Python's own files are compiled beforehand, into a folder of this measurement.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from crossgrad.comparisons.commands.bench.figures import Found, figure, ratio
from crossgrad.comparisons.machine.location import VERIFY, findable

if sys.platform != "win32":
    import resource

PYTEST = (sys.executable, "-m", "pytest", "-q")
SUITE = (*PYTEST, *VERIFY)
#: The least that asks all three frameworks.
LEAST = ("--scenario", "2x1-sigmoid-quadratic-float64-m1-s0-k1")
COLLECT, EAGER, HELP = "--collect-only", "eager imports", "crossgrad --help"
ONE, TWO = "one process", "-n 2"
BARE, WITHOUT = "pytest on nothing", "without the plugin"
COMMANDS = {
    COLLECT: (*SUITE, "-n", "0", COLLECT),
    EAGER: (sys.executable, "-c", "import numpy, torch, jax"),
    HELP: (sys.executable, "-m", "crossgrad", "--help"),
    ONE: (*SUITE, "-n", "0", *LEAST),
    TWO: (*SUITE, *TWO.split(), *LEAST),
}
#: Marks: of the imports, of a second, of the start of one process.
IMPORTS, SECONDS, PROCESS = 0.15, 0.3, 1.3


class Taken(NamedTuple):
    """Seconds of a command, with all its children."""

    processor: float
    wall: float


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    rounds = 3 if quick else 11
    with tempfile.TemporaryDirectory() as folder, environment(folder) as surroundings:
        empty = (*PYTEST, COLLECT, "--noconftest", folder)
        commands = COMMANDS | {BARE: empty, WITHOUT: (*empty, "-p", "no:crossgrad")}
        for command in commands.values():
            taken(command, surroundings)  # compiles Python's files
        found: dict[str, list[Taken]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                found[name].append(taken(command, surroundings))
            advance()
    processor = {name: [one.processor for one in times] for name, times in found.items()}
    wall = {name: [one.wall for one in times] for name, times in found.items()}
    ours = [all_ - bare for all_, bare in zip(processor[COLLECT], processor[BARE], strict=True)]
    return Found(
        [
            ratio(f"{COLLECT} ÷ {EAGER}", processor[COLLECT], processor[EAGER], most=IMPORTS),
            ratio(f"{COLLECT} beyond pytest's own ÷ {EAGER}", ours, processor[EAGER]),
            ratio("pytest with this plugin ÷ without it", processor[BARE], processor[WITHOUT]),
            figure(HELP, processor[HELP], "s", most=SECONDS),
            ratio(f"{TWO} ÷ {ONE}, of one network", wall[TWO], wall[ONE], most=PROCESS),
        ]
    )


@contextmanager
def environment(folder: str) -> Iterator[dict[str, str]]:
    """Python may keep what it compiles, there."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    yield kept | {"PYTHONPYCACHEPREFIX": folder}


def taken(command: tuple[str, ...], surroundings: dict[str, str]) -> Taken:
    """Run it; the processor's time is that of all its processes."""
    before, start = children(), time.perf_counter()
    run = subprocess.run(  # noqa: S603 - our own commands
        command, env=findable(surroundings), capture_output=True, check=False
    )
    if run.returncode not in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        said = run.stderr.decode().split()[-20:]
        raise ValueError(f"{' '.join(command[1:])} exited with {run.returncode}: {' '.join(said)}")
    return Taken(children() - before, time.perf_counter() - start)


def children() -> float:
    """Processor seconds of all children that have ended; not a number where nothing tells.

    ``os.times`` counts in ticks of 10 ms, which is much of a short command.
    """
    if sys.platform == "win32":
        return float("nan")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

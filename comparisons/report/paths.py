"""The files that a run is to write or read: refused before it starts, where it cannot."""

from collections.abc import Mapping
from pathlib import Path

from comparisons.files import check_output

#: The options that name a file; the last is read, the others are written.
FILES = ("results", "report", "baseline_save", "baseline")
#: How the names of some must end.
SUFFIXES = {"report": ".html"}


def flag(name: str) -> str:
    """An option as it is typed."""
    return f"--{name.replace('_', '-')}"


def check_paths(paths: Mapping[str, Path], *, strict: bool, runs: bool) -> None:
    """``paths``: those given, by option; ``runs``: whether any test is run.

    Raises ``ValueError``, with one line, where a file cannot be written, or nothing would be done.
    """
    for name in FILES[:-1]:
        check_output(flag(name), paths.get(name), SUFFIXES.get(name, ""))
    if len({path.resolve() for path in paths.values()}) < len(paths):
        told = " and ".join(map(flag, paths))
        raise ValueError(f"{told}: the same file; none is written over another")
    if strict and "baseline" not in paths:
        raise ValueError("--baseline-strict has no effect without --baseline")
    idle = [flag(name) for name in paths if name != "results"]
    if idle and not runs:
        raise ValueError(f"{', '.join(idle)}: no effect where no test is run")

"""The files that a run is to write or read: refused before it starts, where it cannot."""

from collections.abc import Mapping
from pathlib import Path

from crossgrad.comparisons.machine.files import check_output, check_picture

#: The options that name a file; the last is read, the others are written.
FILES = ("results", "report", "baseline_save", "baseline")


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def check_paths(paths: Mapping[str, Path], *, strict: bool, runs: bool) -> None:
    """``paths``: those given, by option; ``runs``: whether any test is run.

    Raises ``ValueError``, with one line, where a file cannot be written, or nothing would be done.
    """
    for name in ("results", "baseline_save"):
        check_output(flag(name), paths.get(name))
    check_picture("--report", paths.get("report"), ".html")
    if len({path.resolve() for path in paths.values()}) < len(paths):
        told = " and ".join(map(flag, paths))
        raise ValueError(f"{told}: the same file; none is written over another")
    if strict and "baseline" not in paths:
        raise ValueError("--baseline-strict has no effect without --baseline")
    idle = [flag(name) for name in paths if name != "results"]
    if idle and not runs:
        raise ValueError(f"{', '.join(idle)}: no effect where no test is run")

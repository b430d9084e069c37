"""``crossgrad verify``."""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.terminal import Output, complain
from crossgrad.comparisons.machine.location import VERIFY, VERIFYING, findable
from crossgrad.comparisons.suite.options import OPTIONS, declare

HELP = "reference, torch and JAX on randomized architectures"
#: Pytest's exit code for bad options: ``verify`` ends as pytest does.
USAGE = 4


def options(command: ArgumentParser) -> None:
    """Those of the suite, and of pytest."""
    declare(command.add_argument, OPTIONS)
    told = "run nothing: print the closing table of these results, as one run"
    command.add_argument("--show", nargs="+", type=Path, metavar="FILE", help=told)
    command.epilog = (
        "Options of pytest may be added: -n, -k, -x, -q, --junit-xml, … (pytest --help)."
    )


def run(options: Namespace) -> Output:
    """Pytest, in a process of its own, with the suite's settings and nobody else's."""
    if options.show:
        return show(options)
    from crossgrad.comparisons.suite.verify import check  # noqa: PLC0415 - a quick --help

    try:
        check(options.rest)
    except ValueError as error:
        complain(str(error))
        return Output(code=USAGE)
    theirs = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONOPTIMIZE")
    environment = {name: value for name, value in os.environ.items() if name not in theirs}
    environment[VERIFYING] = "1"
    environment["PYTHONSAFEPATH"] = "1"  # whatever lies in the current folder is not imported
    command = [sys.executable, "-m", "pytest", *VERIFY, *options.given]
    return Output(code=replaced_by(command, findable(environment)))


def replaced_by(command: list[str], environment: dict[str, str]) -> int:
    """This process goes on as another, which gets its signals; where that cannot be, its code."""
    if os.name == "posix":
        os.execve(command[0], command, environment)  # noqa: S606 - the user's own arguments
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def show(options: Namespace) -> Output:
    """The table of several files, for instance of all shards; 1 for a failure, or for nothing."""
    from crossgrad.comparisons.records.results import read_results  # noqa: PLC0415 - a quick --help
    from crossgrad.comparisons.reports.table import as_text, idle_backends  # noqa: PLC0415

    others = [word.partition("=")[0] for word in options.given if word.startswith("-")]
    for without_effect in [*(name for name in others if name != "--show"), *options.rest]:
        raise ValueError(f"{without_effect} has no effect on --show: nothing is run")
    rows = [row for file in options.show for row in read_results(file)]
    if len({row.order() for row in rows}) < len(rows):
        raise ValueError("the files overlap: a row is in them twice")
    idle = idle_backends(rows)
    text = "\n".join([as_text(sorted(rows, key=lambda row: row.order())), *idle])
    return Output(text, int(bool(idle) or any(row.failed for row in rows)))

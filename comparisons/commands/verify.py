"""``crossgrad verify``."""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace

from crossgrad.comparisons.commands.telling import complain
from crossgrad.comparisons.location import VERIFY, VERIFYING, findable
from crossgrad.comparisons.suite.options import OPTIONS, declare

HELP = "reference, torch and JAX on randomized architectures"
#: Pytest's exit code for bad options: ``verify`` ends as pytest does.
USAGE = 4


def options(command: ArgumentParser) -> None:
    """Those of the suite, and of pytest."""
    declare(command.add_argument, OPTIONS)
    command.epilog = (
        "Options of pytest may be added: -n, -k, -x, -q, --junit-xml, … (pytest --help)."
    )


def run(options: Namespace) -> int:
    """Pytest, in a process of its own, with the suite's settings and nobody else's."""
    from crossgrad.comparisons.suite.verify import check  # noqa: PLC0415 - a quick --help

    try:
        check(options.rest)
    except ValueError as error:
        complain(str(error))
        return USAGE
    theirs = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONOPTIMIZE")
    environment = {name: value for name, value in os.environ.items() if name not in theirs}
    environment[VERIFYING] = "1"
    environment["PYTHONSAFEPATH"] = "1"  # whatever lies in the current folder is not imported
    command = [sys.executable, "-m", "pytest", *VERIFY, *options.given]
    return replaced_by(command, findable(environment))


def replaced_by(command: list[str], environment: dict[str, str]) -> int:
    """This process goes on as another, which gets its signals; where that cannot be, its code."""
    if os.name == "posix":
        os.execve(command[0], command, environment)  # noqa: S606 - the user's own arguments
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603

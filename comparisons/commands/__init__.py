"""The commands of ``crossgrad``, a file or a folder each.

Nothing is imported for a quick ``--help``.
"""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import Protocol, cast

from crossgrad.comparisons.commands.terminal import Output

#: In the order of ``--help``.
NAMES = (
    "verify",
    "judge",
    "explain",
    "train",
    "study",
    "compare",
    "divergences",
    "atlas",
    "power",
    "bench",
)

#: Commands of earlier versions, and what does their work now.
GONE = {"diff": "compare", "ledger": "compare", "table": "verify --show"}


class Command(Protocol):
    """What the file of a command has: what it does, in a line; its options; what it puts out."""

    HELP: str

    def options(self, command: ArgumentParser) -> None:
        """Declare them."""

    def run(self, options: Namespace) -> Output:
        """Do it; raises ``ValueError`` and ``OSError`` with one line that names the culprit."""


def command_of(name: str) -> Command:
    """The command of a file; raises ``TypeError``, which names it, if it lacks a part."""
    module = import_module(f"{__name__}.{name}")
    lacks = [part for part in ("HELP", "options", "run") if not hasattr(module, part)]
    if lacks:
        raise TypeError(f"{module.__file__}: lacks {', '.join(lacks)}")
    return cast("Command", module)


COMMANDS = {name: command_of(name) for name in NAMES}

"""``crossgrad diff``."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import natural, positive
from crossgrad.comparisons.commands.telling import tell
from crossgrad.comparisons.report.told import Told
from crossgrad.comparisons.suite.options import RESTRICTING, declare

HELP = "what changes between two baselines, or under two settings"


#: Options of ``diff`` that may be repeated.
REPEATED = {
    "env": ("SETTING", "of now: a name that --list prints, or NAME=VALUE"),
    "against": ("SETTING", "of before (default: the suite's own settings)"),
    "backend": ("NAME", "default: those that the settings concern"),
    "dtype": ("NAME", "format (default: all)"),
    "scenario": ("ID", "exactly these scenarios"),
}


def options(command: ArgumentParser) -> None:
    """Two files, or two settings and the scenarios under them."""
    add = command.add_argument
    add("files", nargs="*", type=Path, metavar="FILE", help="OLD and NEW")
    for name, (metavar, what) in REPEATED.items():
        add(f"--{name}", action="append", metavar=metavar, help=what)
    add("--architectures", type=positive, metavar="N", help="random ones")
    add("--draws", type=positive, metavar="K", help="of each")
    add("--seed", type=natural, metavar="S", help="of both (default: 0)")
    declare(add, RESTRICTING)
    add("--json", type=Path, metavar="FILE", help="all changes")
    add("--list", action="store_true", help="print the names of settings")


def run(options: Namespace) -> int:
    """What changes from one file, or one setting, to the other."""

    def work() -> Told:
        from crossgrad.comparisons.diff import command  # noqa: PLC0415 - a quick --help

        return command.diff(options)

    return tell(work)

"""``crossgrad ledger``."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.telling import tell
from crossgrad.comparisons.report.told import Told

HELP = "baselines of several releases as one table and picture"


def options(command: ArgumentParser) -> None:
    """Baselines."""
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="a picture of them")


def run(options: Namespace) -> int:
    """What became of each equation from release to release."""

    def work() -> Told:
        from crossgrad.comparisons.ledger import command  # noqa: PLC0415 - a quick --help

        command.check(options)
        return command.ledger(options)

    return tell(work)

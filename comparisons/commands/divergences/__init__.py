"""``crossgrad divergences``: what is known to diverge, and whether it still does."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.terminal import Output

HELP = "what is known to diverge, and whether it still does"


def options(command: ArgumentParser) -> None:
    """Which, and where they are written."""
    add = command.add_argument
    add("names", nargs="*", metavar="NAME", help="of a divergence (default: all)")
    add("--show", action="store_true", help="print the reproductions")
    add("--json", type=Path, metavar="FILE", help="all that is known of each")
    add("--markdown", type=Path, metavar="FILE.md", help="a page of them")


def run(options: Namespace) -> Output:
    """The registry, its reproductions run again."""
    from crossgrad.comparisons.commands.divergences.command import divergences  # noqa: PLC0415 - a quick --help

    return divergences(options)

"""``crossgrad explain``: every number of one network, beside its equation."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import BACKEND, natural
from crossgrad.comparisons.commands.terminal import Output

HELP = "a network, number by number, each beside its equation"


def options(command: ArgumentParser) -> None:
    """One scenario, one draw."""
    add = command.add_argument
    add("scenario", nargs="?", metavar="SCENARIO", help="default: the lecture's 2-2-1")
    add("--draw", type=natural, default=0, metavar="D", help="which of its draws (default: 0)")
    add("--backend", **BACKEND)
    add("--vi", action="store_true", help="the lecture's terms in Vietnamese")
    add("--html", type=Path, metavar="FILE.html", help="a page with the network drawn")


def run(options: Namespace) -> Output:
    """A network, number by number."""
    from crossgrad.comparisons.commands.explain.command import explain  # noqa: PLC0415 - a quick --help

    return explain(options)

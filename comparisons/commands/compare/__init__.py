"""``crossgrad compare``: what changes from one baseline to the next, or under another setting."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import natural, positive
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.suite.options import RESTRICTING, declare

HELP = "what changes between baselines, release by release, or under two settings"
#: Options that may be repeated.
REPEATED = {
    "env": ("SETTING", "of now: a name that --list prints, or NAME=VALUE"),
    "against": ("SETTING", "of before (default: the suite's own settings)"),
    "backend": ("NAME", "default: those that the settings concern"),
    "dtype": ("NAME", "format (default: all)"),
    "scenario": ("ID", "exactly these scenarios"),
}


def options(command: ArgumentParser) -> None:
    """Files, or two settings and the scenarios under them."""
    add = command.add_argument
    told = "baselines: OLD and NEW, or those of three releases and more, in any order"
    add("files", nargs="*", type=Path, metavar="FILE", help=told)
    for name, (metavar, what) in REPEATED.items():
        add(f"--{name}", action="append", metavar=metavar, help=what)
    add("--architectures", type=positive, metavar="N", help="random ones")
    add("--draws", type=positive, metavar="K", help="of each")
    add("--seed", type=natural, metavar="S", help="of both (default: 0)")
    declare(add, RESTRICTING)
    add("--json", type=Path, metavar="FILE", help="all changes, or all figures of the releases")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of the releases")
    add("--list", action="store_true", help="print the names of settings")


def run(options: Namespace) -> Output:
    """What changes from one file to the next, or from one setting to the other."""
    from crossgrad.comparisons.commands.compare.command import compare  # noqa: PLC0415 - a quick --help

    return compare(options)

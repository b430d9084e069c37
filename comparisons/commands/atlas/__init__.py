"""``crossgrad atlas``: σ and σ′ of every framework, from one end of each format to the other.

And the elementary functions that the bounds declare an accuracy of, and what a framework takes as
the derivative at a kink.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.terminal import Output

HELP = "σ and σ′ of every framework, measured against ball arithmetic"


def options(command: ArgumentParser) -> None:
    """What is measured, and where the figures go."""
    add = command.add_argument
    add("--function", action="append", metavar="NAME", help="repeatable (default: all)")
    add("--dtype", action="append", metavar="NAME", help="format, repeatable (default: all)")
    add("--backend", action="append", metavar="NAME", help="mode, repeatable (default: all)")
    add("--quick", action="store_true", help="one in 16 of the float32 and float64 numbers")
    add("--json", type=Path, metavar="FILE", help="all figures")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    add("--record", action="store_true", help="keep the conventions as those to compare with")


def run(options: Namespace) -> Output:
    """σ and σ′ from one end of each format to the other."""
    from crossgrad.comparisons.commands.atlas.command import atlas  # noqa: PLC0415 - a quick --help

    return atlas(options)

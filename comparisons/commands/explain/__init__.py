"""``crossgrad explain``: every number of one network, beside its equation."""

import re
from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import BACKEND, natural
from crossgrad.comparisons.commands.terminal import Output

HELP = "a network, number by number, each beside its equation"


def options(command: ArgumentParser) -> None:
    """One scenario, one draw; or numbers of the user's own."""
    add = command.add_argument
    told = "default: the lecture's 2-2-1; a file has numbers of your own"
    add("scenario", nargs="?", metavar="SCENARIO|FILE.toml", help=told)
    add("--draw", type=natural, metavar="D", help="which of its draws (default: 0)")
    add("--backend", **BACKEND)
    add("--vi", action="store_true", help="the lecture's terms in Vietnamese")
    add("--html", type=Path, metavar="FILE.html", help="a page with the network drawn")
    options_of_numbers(command)


def options_of_numbers(command: ArgumentParser) -> None:
    told = "In place of SCENARIO: 0.5, -2, 1/3 or 1e-3, with commas or blanks between them. "
    told += "A file has the same names."
    own = command.add_argument_group("numbers of your own", told)
    between = "repeatable, or | between layers"
    several = {
        "x": "inputs, ; between samples",
        "y": "targets, likewise",
        "W": f"weights of a layer, a row for each unit, ; between rows ({between})",
        "b": f"biases of a layer ({between}; default: 0)",
    }
    for name, meaning in several.items():
        own.add_argument(f"--{name}", action="append", metavar="NUMBERS", help=meaning)
    told = "of all layers; or repeated, of each (default: sigmoid)"
    own.add_argument("--activation", action="append", metavar="NAME", help=told)
    own.add_argument("--cost", metavar="NAME", help="(default: quadratic)")
    own.add_argument("--dtype", metavar="NAME", help="(default: float64)")
    # -1,2 is a value and no option; by itself argparse knows that of single numbers only.
    command._negative_number_matcher = re.compile(r"-\.?\d")  # noqa: SLF001


def run(options: Namespace) -> Output:
    """A network, number by number."""
    from crossgrad.comparisons.commands.explain.command import explain  # noqa: PLC0415 - a quick --help

    return explain(options)

"""``crossgrad train``: gradient descent by each backend, every step checked where it is made."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import BACKEND, positive
from crossgrad.comparisons.commands.terminal import Output

HELP = "gradient descent by everybody, every step of it checked"


def options(command: ArgumentParser) -> None:
    """One scenario, or one set of data."""
    add = command.add_argument
    add("scenario", nargs="?", metavar="SCENARIO", help="default: the data's own")
    add(
        "--data", metavar="NAME", help="xor, spirals, digits (default: xor, or what SCENARIO draws)"
    )
    add("--steps", type=positive, default=100, metavar="N", help="(default: 100)")
    add("--rate", type=float, metavar="ETA", help="η (default: the data's own)")
    add("--backend", **BACKEND)
    add("--json", type=Path, metavar="FILE", help="all figures, step by step")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of them")


def run(options: Namespace) -> Output:
    """Gradient descent by everybody."""
    from crossgrad.comparisons.commands.train.command import train  # noqa: PLC0415 - a quick --help

    return train(options)

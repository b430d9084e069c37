"""``crossgrad bench``: how fast all of it is, as ratios of one run; a benchmark, never a test."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.terminal import Output

HELP = "how fast it is, beside what others take, and beside its marks"


def options(command: ArgumentParser) -> None:
    """Which parts, and where the figures go."""
    add = command.add_argument
    add("parts", nargs="*", metavar="PART", help="steps, throughput, … (default: all)")
    add("--quick", action="store_true", help="few repetitions: 3 minutes in place of 13")
    add("--json", type=Path, metavar="FILE", help="all figures")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of how cost grows")


def run(options: Namespace) -> Output:
    """How fast all of it is."""
    from crossgrad.comparisons.commands.bench.command import bench  # noqa: PLC0415 - a quick --help

    return bench(options)

"""``crossgrad judge``: arrays that were saved, judged again."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.terminal import Output

HELP = "arrays of a network of your own, which crossgrad.judge has saved"


def options(command: ArgumentParser) -> None:
    """One file."""
    command.add_argument("file", type=Path, metavar="FILE.npz", help="what judge has saved")
    command.add_argument("--vi", action="store_true", help="in the lecture's Vietnamese")


def run(options: Namespace) -> Output:
    """The verdict; 1 if a number is wrong, or nothing was judged."""
    from crossgrad.comparisons.suite.judge import judged  # noqa: PLC0415 - a quick --help
    from crossgrad.comparisons.suite.saved_arrays import load  # noqa: PLC0415

    verdict = judged(load(options.file), saved=options.file)
    return Output(verdict.text("vi" if options.vi else "en"), int(not verdict.right))

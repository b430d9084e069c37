"""``crossgrad study``: random architectures in blocks; a folder keeps them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import BACKEND, JOBS, natural, positive
from crossgrad.comparisons.commands.terminal import Output

HELP = "a long study of random architectures, into a folder"


def options(command: ArgumentParser) -> None:
    """Which cases, where they go, and who does them."""
    add = command.add_argument
    add("--out", type=Path, required=True, metavar="DIR", help="where its rows are kept")
    add("--cases", type=positive, metavar="N", help="draws, those of all formats together")
    add("--draws", type=positive, metavar="K", help="of each architecture (default: 21 to 1008)")
    add("--seed", type=natural, metavar="S", help="(default: 0)")
    add("--dtype", action="append", metavar="NAME", help="format, repeatable (default: all)")
    add("--backend", **BACKEND)
    add("--shard", metavar="k/n", help="only the k-th of n parts")
    add("--format", metavar="NAME", help="of the rows: jsonl (default) or parquet")
    add("--resume", action="store_true", help="go on with the study in DIR")
    add("--merge", nargs="+", type=Path, metavar="DIR", help="instead: put these together")
    add("--jobs", type=positive, **JOBS)
    add("--scheduler", metavar="ADDRESS", help="instead: the workers of a dask cluster")
    add("--report", type=Path, metavar="FILE.html", help="a page of what it found")


def run(options: Namespace) -> Output:
    """Random architectures, block by block, into a folder."""
    from crossgrad.comparisons.commands.study.command import study  # noqa: PLC0415 - a quick --help

    return study(options)

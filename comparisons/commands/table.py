"""``crossgrad table``."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.telling import complain, say

HELP = "print the closing table of results files, as one run"


def options(command: ArgumentParser) -> None:
    """Results files."""
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")


def run(options: Namespace) -> int:
    """The table of several files, for instance of all shards; 1 for a failure, or for nothing."""
    from crossgrad.comparisons.report.results import read_results  # noqa: PLC0415 - a quick --help
    from crossgrad.comparisons.report.table import as_text, idle_backends  # noqa: PLC0415

    try:
        rows = [row for file in options.files for row in read_results(file)]
    except ValueError as error:
        return complain(str(error))
    if len({row.order() for row in rows}) < len(rows):
        return complain("the files overlap: a row is in them twice")
    idle = idle_backends(rows)
    say("\n".join([as_text(sorted(rows, key=lambda row: row.order())), *idle]))
    return int(bool(idle) or any(row.status in ("fail", "error") for row in rows))

"""``crossgrad power --slackness``: measure, print the tables, and write the record."""

import argparse

from crossgrad.comparisons.backends import check_backends
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_output
from crossgrad.comparisons.machine.location import require


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    for name in ("quick", "json", "plot", "alarms", "alarms_file", "jobs"):
        if getattr(options, name):
            option = name.replace("_", "-")
            raise ValueError(f"--{option} has no effect on --slackness: give one of them")
    require("flint", "--slackness", "atlas")
    check_backends()
    check_output("--slackness", options.slackness, ".jsonl")


def slackness(options: argparse.Namespace) -> Output:
    """Of everybody; raises ``LookupError`` where a bound is too wide and there is no reason."""
    from crossgrad.comparisons.commands.power.slackness import (  # noqa: PLC0415 - the frameworks
        equations,
        functions,
    )
    from crossgrad.comparisons.commands.power.slackness.record import write  # noqa: PLC0415
    from crossgrad.comparisons.commands.power.slackness.report import as_text  # noqa: PLC0415

    found = [*functions.lines(), *equations.lines()]
    return Output(as_text(found), 0, lambda: write(options.slackness, found))

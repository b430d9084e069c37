"""``crossgrad power``: its options, and what it prints."""

import argparse

from crossgrad.comparisons.commands.arguments import no_effect
from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_files
from crossgrad.comparisons.machine.location import install, require


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    if options.alarms is None and options.alarms_file:
        raise ValueError("--alarms-file has no effect without --alarms")
    if options.slackness:
        no_effect(options, ("alarms", "quick", "runs", "json", "plot", "jobs"), "slackness")
        require("flint", "--slackness", "atlas")
    elif options.alarms:
        no_effect(options, ("quick", "runs", "json", "plot"), "alarms")
    elif options.quick:
        no_effect(options, ("runs",), "quick")
    from crossgrad.comparisons.backends import check_backends  # noqa: PLC0415 - imports NumPy

    check_backends()
    check_files({name: getattr(options, name) for name in ("json", "plot", "slackness")})


def power(options: argparse.Namespace) -> Output:
    """What is caught, by this suite and by what others use."""
    from crossgrad.comparisons.commands.power.checkers import others  # noqa: PLC0415 - imports the frameworks
    from crossgrad.comparisons.commands.power.measurement import FULL, QUICK, RUNS, measure  # noqa: PLC0415
    from crossgrad.comparisons.commands.power.report import as_json, as_text  # noqa: PLC0415

    size = QUICK if options.quick else RUNS if options.runs else FULL
    found = measure(size, options.seed, options.jobs)

    def picture() -> str:
        from crossgrad.comparisons.commands.power.plot import as_svg  # noqa: PLC0415 - slow to import

        return as_svg(found)

    missing = [f"not asked: {why} ({install('power')})" for why in others()[1]]
    files = {options.json: lambda: as_json(found), options.plot: picture}
    return Output("\n".join([as_text(found), *missing]), int(bool(found.shortcomings)), files)


def alarms(options: argparse.Namespace) -> Output:
    """Correct programs, and whatever is called wrong in them."""
    from crossgrad.comparisons.commands.power import alarms as of  # noqa: PLC0415 - imports NumPy

    folder = options.alarms_file
    try:
        totals = of.false_alarms(of.plan_of(options.seed), options.alarms, folder, options.jobs)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(of.how_to_go_on(options.seed, options.alarms, folder)) from None
    return Output(totals.as_text(), int(bool(totals.alarms)))


def slackness(options: argparse.Namespace) -> Output:
    """How near everybody comes to each bound.

    Raises ``LookupError`` where a bound is too wide and there is no reason.
    """
    from crossgrad.comparisons.commands.power.slackness import (  # noqa: PLC0415 - the frameworks
        equations,
        functions,
        record,
        report,
    )

    found = [*functions.lines(), *equations.lines()]
    return Output(report.as_text(found), 0, {options.slackness: lambda: record.as_jsonl(found)})

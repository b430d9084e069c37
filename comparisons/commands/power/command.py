"""``crossgrad power``: its options, and what it prints."""

import argparse

from crossgrad.comparisons.commands.terminal import Output
from crossgrad.comparisons.machine.files import check_output, check_picture, write_whole
from crossgrad.comparisons.machine.location import install


def check(options: argparse.Namespace) -> None:
    """Raise ``ValueError``, with one line that names the culprit, before anything runs."""
    if options.alarms is None and options.alarms_file:
        raise ValueError("--alarms-file has no effect without --alarms")
    instead = [name for name in ("alarms", "slackness") if getattr(options, name) is not None]
    ways = [*instead, *(name for name in ("quick", "runs") if getattr(options, name))]
    files = [name for name in ("json", "plot") if getattr(options, name)] if instead else []
    for name in [*ways[1:], *files]:
        raise ValueError(f"--{name} has no effect on --{ways[0]}: give one of them")
    from crossgrad.comparisons.backends import check_backends  # noqa: PLC0415 - imports NumPy

    check_backends()
    check_output("--json", options.json)
    check_picture("--plot", options.plot)


def power(options: argparse.Namespace) -> Output:
    """Measure; files are written when the figures have been printed."""
    from crossgrad.comparisons.commands.power.checkers import others  # noqa: PLC0415 - imports the frameworks
    from crossgrad.comparisons.commands.power.measurement import FULL, QUICK, RUNS, measure  # noqa: PLC0415
    from crossgrad.comparisons.commands.power.report import as_json, as_text  # noqa: PLC0415

    size = QUICK if options.quick else RUNS if options.runs else FULL
    found = measure(size, options.seed, options.jobs)

    def write() -> None:
        if options.json:
            write_whole(options.json, as_json(found))
        if options.plot:
            from crossgrad.comparisons.commands.power.plot import as_svg  # noqa: PLC0415 - slow to import

            write_whole(options.plot, as_svg(found))

    missing = [f"not asked: {why} ({install('power')})" for why in others()[1]]
    return Output("\n".join([as_text(found), *missing]), int(bool(found.shortcomings)), write)


def alarms(options: argparse.Namespace) -> Output:
    """Correct programs, and whatever is called wrong in them."""
    from crossgrad.comparisons.commands.power.alarms import false_alarms, plan_of  # noqa: PLC0415 - NumPy

    plan, folder = plan_of(options.seed), options.alarms_file
    totals = false_alarms(plan, options.alarms, folder, options.jobs)
    return Output(totals.as_text(), int(bool(totals.alarms)))


def interrupted(options: argparse.Namespace) -> str:
    """One line for who has pressed Ctrl-C."""
    from crossgrad.comparisons.commands.power.alarms import how_to_go_on  # noqa: PLC0415 - imports NumPy

    if options.alarms is None:
        return "interrupted: nothing is written"
    return how_to_go_on(options.seed, options.alarms, options.alarms_file)

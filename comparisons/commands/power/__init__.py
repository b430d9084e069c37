"""``crossgrad power``: what the suite catches, what others catch, and false alarms."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from crossgrad.comparisons.commands.arguments import JOBS, natural, positive
from crossgrad.comparisons.commands.terminal import Output

HELP = "planted faults, before this suite and what others use"


def options(command: ArgumentParser) -> None:
    """What is caught, or what is called wrong that is right."""
    add = command.add_argument
    add("--quick", action="store_true", help="others see 1 fault in 16, and so do runs")
    add("--runs", action="store_true", help="every fault before every kind of run: half an hour")
    add("--json", type=Path, metavar="FILE", help="all figures")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    add("--alarms", type=positive, metavar="N", help="instead: false alarms in N correct cases")
    add("--alarms-file", type=Path, metavar="DIR", help="a folder to go on from")
    slack = "instead: how near correct programs come to each bound, binade by binade"
    add("--slackness", type=Path, metavar="FILE.jsonl", help=slack)
    add("--seed", type=natural, default=0, metavar="S", help="(default: 0)")
    add("--jobs", type=positive, **JOBS)


def run(options: Namespace) -> Output:
    """What the suite catches, beside others; or what it calls wrong that is right; or how near."""
    from crossgrad.comparisons.commands.power import command  # noqa: PLC0415 - a quick --help

    command.check(options)
    if options.slackness:
        return command.slackness(options)
    return (command.power if options.alarms is None else command.alarms)(options)

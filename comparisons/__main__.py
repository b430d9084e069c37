"""The command line: ``crossgrad verify | explain | train | study | diff | ledger | power | …``."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from comparisons.environment import prepare
from comparisons.report.told import Told

SUITE = Path(__file__).parent.parent / "tests" / "equivalence"

#: Options of ``diff`` that may be repeated.
DIFF = {
    "env": ("SETTING", "of now: a name that --list prints, or NAME=VALUE"),
    "against": ("SETTING", "of before (default: the suite's own settings)"),
    "backend": ("NAME", "default: those that the settings concern"),
    "dtype": ("NAME", "format (default: all)"),
    "scenario": ("ID", "exactly these scenarios"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    prepare()
    parser = commands()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.run is not verify:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    return int(options.run(options))


def commands() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="crossgrad", allow_abbrev=False, description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    add = partial(subparsers.add_parser, allow_abbrev=False)

    told = "pytest -n auto tests/equivalence, with the options of the suite and of pytest"
    command = add("verify", help=told, description=f"{told}: see pytest tests/equivalence --help")
    command.set_defaults(run=verify)

    told = "every number of the forward and the backward pass, beside its equation"
    command = add("explain", help=told, description=told)
    command.add_argument("scenario", nargs="?", metavar="SCENARIO", help="default: 2-2-1")
    command.add_argument("--draw", type=natural, default=0, metavar="D", help="which of its draws")
    command.add_argument("--backend", action="append", metavar="NAME", help="default: all three")
    command.add_argument("--vi", action="store_true", help="the lecture's terms in Vietnamese")
    command.add_argument("--html", type=Path, metavar="FILE", help="a page with the network drawn")
    command.set_defaults(run=explain)

    told = "gradient descent by each backend from the same weights, each step checked"
    command = add("train", help=told, description=told)
    command.add_argument("scenario", nargs="?", metavar="SCENARIO", help="default: the data's own")
    command.add_argument("--data", metavar="NAME", help="xor, spirals, digits (default: drawn)")
    command.add_argument("--steps", type=positive, default=100, metavar="N")
    command.add_argument("--rate", type=float, metavar="ETA", help="η (default: the data's own)")
    command.add_argument("--backend", action="append", metavar="NAME", help="default: all three")
    command.add_argument("--json", type=Path, metavar="FILE", help="all figures, step by step")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    command.set_defaults(run=train)

    told = "a campaign over random architectures, draws, backends and formats, into a folder"
    command = add("study", help=told, description=told)
    command.add_argument("--cases", type=positive, metavar="N", help="draws, in all formats")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where rows go")
    command.add_argument("--resume", action="store_true", help="go on with what is in DIR")
    command.add_argument("--merge", nargs="+", type=Path, metavar="DIR", help="instead: into --out")
    command.add_argument("--draws", type=positive, metavar="K", help="of each architecture")
    command.add_argument("--seed", type=natural, metavar="S", help="(default: 0)")
    command.add_argument("--dtype", action="append", metavar="NAME", help="format (default: all)")
    command.add_argument("--backend", action="append", metavar="NAME", help="default: all three")
    command.add_argument("--shard", metavar="k/n", help="only the k-th of n parts")
    command.add_argument("--format", metavar="NAME", help="jsonl (default) or parquet")
    command.add_argument("--jobs", type=positive, metavar="J", help="processes (default: cores)")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a dask cluster, instead")
    command.add_argument("--report", type=Path, metavar="FILE.html", help="a page of what it found")
    command.set_defaults(run=study)

    command = add("table", help="print the closing table of results files, as one run")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.set_defaults(run=table)

    told = "baselines of several releases as one table: what became of each equation, and when"
    command = add("ledger", help=told, description=told)
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    command.set_defaults(run=ledger)

    command = add("bench", help="cases a second of each stage; one process, one thread")
    command.add_argument("--architectures", type=positive, default=10, metavar="N")
    command.add_argument("--draws", type=positive, default=64, metavar="K")
    command.add_argument("--seed", type=natural, default=0, metavar="S")
    command.set_defaults(run=bench)

    told = "two files of baselines, or the same scenarios under two settings: what changes"
    command = add("diff", help=told, description=told)
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="OLD and NEW")
    for name, (metavar, what) in DIFF.items():
        command.add_argument(f"--{name}", action="append", metavar=metavar, help=what)
    command.add_argument("--architectures", type=positive, metavar="N", help="random ones")
    command.add_argument("--draws", type=positive, metavar="K", help="of each")
    command.add_argument("--seed", type=natural, metavar="S", help="of both (default: 0)")
    command.add_argument("--json", type=Path, metavar="FILE", help="all changes")
    command.add_argument("--list", action="store_true", help="print the names of settings")
    command.set_defaults(run=diff)

    told = "planted faults before this suite and before what others check gradients with"
    command = add("power", help=told, description=told)
    command.add_argument("--quick", action="store_true", help="others see 1 fault in 16")
    command.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    command.add_argument(
        "--alarms", type=positive, metavar="N", help="instead: false alarms in N correct cases"
    )
    command.add_argument("--alarms-file", type=Path, metavar="FILE", help="to go on from")
    command.add_argument("--seed", type=natural, default=0, metavar="S")
    command.add_argument("--jobs", type=positive, metavar="J", help="processes (default: cores)")
    command.set_defaults(run=power)
    return parser


def positive(text: str) -> int:
    """A whole number of at least 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return value


def natural(text: str) -> int:
    """A whole number from 0 on."""
    value = int(text)
    if not 0 <= value < 1 << 64:
        raise argparse.ArgumentTypeError(f"{text}: at least 0 and below 2**64 is needed")
    return value


# ------------------------------------------------------------------ the commands
def verify(options: argparse.Namespace) -> int:
    """Pytest, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-n", "auto", str(SUITE), *options.rest]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - the user's own arguments


def explain(options: argparse.Namespace) -> int:
    """A network, number by number."""

    def work() -> Told:
        from comparisons.explain import command  # noqa: PLC0415 - a quick --help

        return command.explain(options)

    return tell(work)


def train(options: argparse.Namespace) -> int:
    """Gradient descent by everybody."""

    def work() -> Told:
        from comparisons.training import command  # noqa: PLC0415 - a quick --help

        return command.train(options)

    return tell(work)


def study(options: argparse.Namespace) -> int:
    """A campaign into a folder."""
    from comparisons.study import command  # noqa: PLC0415 - a quick --help

    return tell(lambda: command.study(options), lambda: command.interrupted(options))


def table(options: argparse.Namespace) -> int:
    """The table of several files, for instance of all shards; 1 if there is a failure in it."""
    from comparisons.report.results import read_results  # noqa: PLC0415 - a quick --help
    from comparisons.report.table import as_text  # noqa: PLC0415

    try:
        rows = [row for file in options.files for row in read_results(file)]
    except ValueError as error:
        return complain(str(error))
    if len({row.order() for row in rows}) < len(rows):
        return complain("the files overlap: a row is in them twice")
    say(as_text(sorted(rows, key=lambda row: row.order())))
    return int(any(row.status in ("fail", "error") for row in rows))


def ledger(options: argparse.Namespace) -> int:
    """What became of each equation from release to release."""

    def work() -> Told:
        from comparisons.ledger import command  # noqa: PLC0415 - a quick --help

        command.check(options)
        return command.ledger(options)

    return tell(work)


def bench(options: argparse.Namespace) -> int:
    """A line a stage."""
    from comparisons.bench import bench as measure  # noqa: PLC0415 - imports frameworks

    stages = measure(options.architectures, options.draws, options.seed)
    say(f"{options.architectures} architectures × 2 formats × {options.draws} draws, one thread")
    for name, cases, seconds in stages:
        rate, each = cases / seconds, 1000 * seconds / cases
        say(f"{name:24} {rate:10,.0f} cases/s {each:10.3f} ms a case")
    return 0


def power(options: argparse.Namespace) -> int:
    """What the suite catches, beside others; or what it calls wrong that is right."""
    from comparisons.power import command  # noqa: PLC0415 - a quick --help

    def work() -> Told:
        command.check(options)
        return (command.power if options.alarms is None else command.alarms)(options)

    return tell(work, lambda: command.interrupted(options))


def diff(options: argparse.Namespace) -> int:
    """What changes from one file, or one setting, to the other."""

    def work() -> Told:
        from comparisons.diff import command  # noqa: PLC0415 - a quick --help

        return command.diff(options)

    return tell(work)


def tell(
    work: Callable[[], Told],
    interrupted: Callable[[], str] = lambda: "interrupted: nothing is written",
) -> int:
    """Print what a command has to tell, then let it write; whatever fails is one line."""
    try:
        told = work()
        say(told.text)
        told.write()
    except (ValueError, OSError) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        complain(interrupted())
        return 130
    return told.code


def say(text: str) -> None:
    """On standard output, now; whoever closes it is told once, and what is to be written is."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        complain("standard output was closed before all was told")


def complain(message: str) -> int:
    """One line on standard error; the exit code of bad input."""
    print(f"crossgrad: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())

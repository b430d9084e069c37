"""The commands of ``crossgrad`` and their options; nothing is imported for a quick ``--help``."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from crossgrad.comparisons.suite.options import OPTIONS, RESTRICTING, declare

BACKEND: dict[str, Any] = {"action": "append", "metavar": "NAME"}
BACKEND["help"] = "repeatable (default: all three)"
#: More is not done in a year.
MOST = 10**15
JOBS: dict[str, Any] = {"metavar": "J", "help": "processes (default: cores)"}


def whole(text: str) -> int:
    """In decimal digits."""
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: a whole number is needed") from None


def positive(text: str) -> int:
    """A whole number of at least 1."""
    value = whole(text)
    if value < 1:
        raise ArgumentTypeError(f"{text}: at least 1 is needed")
    if value > MOST:
        raise ArgumentTypeError(f"{text}: at most 10**15 is possible")
    return value


def natural(text: str) -> int:
    """A whole number from 0 on, as a seed is."""
    value = whole(text)
    if not 0 <= value < 1 << 64:
        raise ArgumentTypeError(f"{text}: at least 0 and below 2**64 is needed")
    return value


# ------------------------------------------------------------------ one function a command
def verify(command: ArgumentParser) -> None:
    """Those of the suite, and of pytest."""
    declare(command.add_argument, OPTIONS)
    command.epilog = (
        "Options of pytest may be added: -n, -k, -x, -q, --junit-xml, … (pytest --help)."
    )


def explain(command: ArgumentParser) -> None:
    """One scenario, one draw."""
    add = command.add_argument
    add("scenario", nargs="?", metavar="SCENARIO", help="default: the lecture's 2-2-1")
    add("--draw", type=natural, default=0, metavar="D", help="which of its draws (default: 0)")
    add("--backend", **BACKEND)
    add("--vi", action="store_true", help="the lecture's terms in Vietnamese")
    add("--html", type=Path, metavar="FILE.html", help="a page with the network drawn")


def train(command: ArgumentParser) -> None:
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


def study(command: ArgumentParser) -> None:
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


def table(command: ArgumentParser) -> None:
    """Results files."""
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")


def diff(command: ArgumentParser) -> None:
    """Two files, or two settings and the scenarios under them."""
    add = command.add_argument
    add("files", nargs="*", type=Path, metavar="FILE", help="OLD and NEW")
    for name, (metavar, what) in REPEATED.items():
        add(f"--{name}", action="append", metavar=metavar, help=what)
    add("--architectures", type=positive, metavar="N", help="random ones")
    add("--draws", type=positive, metavar="K", help="of each")
    add("--seed", type=natural, metavar="S", help="of both (default: 0)")
    declare(add, RESTRICTING)
    add("--json", type=Path, metavar="FILE", help="all changes")
    add("--list", action="store_true", help="print the names of settings")


#: Options of ``diff`` that may be repeated.
REPEATED = {
    "env": ("SETTING", "of now: a name that --list prints, or NAME=VALUE"),
    "against": ("SETTING", "of before (default: the suite's own settings)"),
    "backend": ("NAME", "default: those that the settings concern"),
    "dtype": ("NAME", "format (default: all)"),
    "scenario": ("ID", "exactly these scenarios"),
}


def ledger(command: ArgumentParser) -> None:
    """Baselines."""
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="a picture of them")


def divergences(command: ArgumentParser) -> None:
    """Which, and where they are written."""
    add = command.add_argument
    add("names", nargs="*", metavar="NAME", help="of a divergence (default: all)")
    add("--show", action="store_true", help="print the reproductions")
    add("--json", type=Path, metavar="FILE", help="all that is known of each")
    add("--markdown", type=Path, metavar="FILE.md", help="a page of them")


def atlas(command: ArgumentParser) -> None:
    """What is measured, and where the figures go."""
    add = command.add_argument
    add("--function", action="append", metavar="NAME", help="repeatable (default: all)")
    add("--dtype", action="append", metavar="NAME", help="format, repeatable (default: all)")
    add("--backend", action="append", metavar="NAME", help="mode, repeatable (default: all)")
    add("--quick", action="store_true", help="one in 16 of the float32 and float64 numbers")
    add("--json", type=Path, metavar="FILE", help="all figures")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    add("--record", action="store_true", help="keep the conventions as those to compare with")


def power(command: ArgumentParser) -> None:
    """What is caught, or what is called wrong that is right."""
    add = command.add_argument
    add("--quick", action="store_true", help="others see 1 fault in 16, and so do runs")
    add("--runs", action="store_true", help="every fault before every kind of run: half an hour")
    add("--json", type=Path, metavar="FILE", help="all figures")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of them")
    add("--alarms", type=positive, metavar="N", help="instead: false alarms in N correct cases")
    add("--alarms-file", type=Path, metavar="FILE", help="to go on from")
    slack = "instead: how near correct programs come to each bound, binade by binade"
    add("--slackness", type=Path, metavar="FILE.jsonl", help=slack)
    add("--seed", type=natural, default=0, metavar="S", help="(default: 0)")
    add("--jobs", type=positive, **JOBS)


def bench(command: ArgumentParser) -> None:
    """Which parts, and where the figures go."""
    add = command.add_argument
    add("parts", nargs="*", metavar="PART", help="steps, throughput, … (default: all)")
    add("--quick", action="store_true", help="few repetitions: 3 minutes in place of 13")
    add("--json", type=Path, metavar="FILE", help="all figures")
    add("--plot", type=Path, metavar="FILE.svg", help="a picture of how cost grows")


class Command(NamedTuple):
    """What it does, in a line, and what declares its options."""

    told: str
    options: Callable[[ArgumentParser], None]


COMMANDS = {
    "verify": Command("reference, torch and JAX on randomized architectures", verify),
    "explain": Command("a network, number by number, each beside its equation", explain),
    "train": Command("gradient descent by everybody, every step of it checked", train),
    "study": Command("a long campaign over random architectures, into a folder", study),
    "table": Command("print the closing table of results files, as one run", table),
    "diff": Command("what changes between two baselines, or under two settings", diff),
    "ledger": Command("baselines of several releases as one table and picture", ledger),
    "divergences": Command("what is known to diverge, and whether it still does", divergences),
    "atlas": Command("σ and σ′ of every framework, measured against ball arithmetic", atlas),
    "power": Command("planted faults, before this suite and what others use", power),
    "bench": Command("how fast it is, beside what others take, and beside its marks", bench),
}

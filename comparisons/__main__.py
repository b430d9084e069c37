"""Reference, PyTorch and JAX gradients against each other, and what is found on the way."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

import crossgrad
from crossgrad.comparisons.commands import COMMANDS
from crossgrad.comparisons.environment import prepare
from crossgrad.comparisons.location import VERIFY, VERIFYING, findable
from crossgrad.comparisons.report.told import Told

#: Pytest's exit code for bad options: ``verify`` ends as pytest does.
USAGE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    prepare()
    parser = commands()
    given = sys.argv[1:] if arguments is None else list(arguments)
    options, rest = parser.parse_known_args(given)
    if rest and options.run is not verify:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.given, options.rest = given[1:], rest
    return int(options.run(options))


class Version(argparse.Action):
    """Read where it is asked for: to find it takes longer than all of ``--help``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and end."""
        parser.exit(message=f"crossgrad {crossgrad.__version__}\n")


def commands() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="crossgrad", allow_abbrev=False, description=__doc__)
    parser.add_argument("--version", action=Version, nargs=0, help="print the version, and end")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (told, options) in COMMANDS.items():
        command = subparsers.add_parser(name, allow_abbrev=False, help=told, description=told)
        options(command)
        command.set_defaults(run=RUN[name])
    return parser


# ------------------------------------------------------------------ the commands
def verify(options: argparse.Namespace) -> int:
    """Pytest, in a process of its own, with the suite's settings and nobody else's."""
    from crossgrad.comparisons.suite.verify import check  # noqa: PLC0415 - a quick --help

    try:
        check(options.rest)
    except ValueError as error:
        complain(str(error))
        return USAGE
    theirs = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONOPTIMIZE")
    environment = {name: value for name, value in os.environ.items() if name not in theirs}
    environment[VERIFYING] = "1"
    environment["PYTHONSAFEPATH"] = "1"  # whatever lies in the current folder is not imported
    command = [sys.executable, "-m", "pytest", *VERIFY, *options.given]
    return replaced_by(command, findable(environment))


def replaced_by(command: list[str], environment: dict[str, str]) -> int:
    """This process goes on as another, which gets its signals; where that cannot be, its code."""
    if os.name == "posix":
        os.execve(command[0], command, environment)  # noqa: S606 - the user's own arguments
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def explain(options: argparse.Namespace) -> int:
    """A network, number by number."""

    def work() -> Told:
        from crossgrad.comparisons.explain import command  # noqa: PLC0415 - a quick --help

        return command.explain(options)

    return tell(work)


def train(options: argparse.Namespace) -> int:
    """Gradient descent by everybody."""

    def work() -> Told:
        from crossgrad.comparisons.training import command  # noqa: PLC0415 - a quick --help

        return command.train(options)

    return tell(work)


def study(options: argparse.Namespace) -> int:
    """A campaign into a folder."""
    from crossgrad.comparisons.study import command  # noqa: PLC0415 - a quick --help

    return tell(lambda: command.study(options), lambda: command.interrupted(options))


def table(options: argparse.Namespace) -> int:
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


def ledger(options: argparse.Namespace) -> int:
    """What became of each equation from release to release."""

    def work() -> Told:
        from crossgrad.comparisons.ledger import command  # noqa: PLC0415 - a quick --help

        command.check(options)
        return command.ledger(options)

    return tell(work)


def divergences(options: argparse.Namespace) -> int:
    """The registry, its reproductions run again."""

    def work() -> Told:
        from crossgrad.comparisons.reproductions import command  # noqa: PLC0415 - a quick --help

        return command.divergences(options)

    return tell(work)


def atlas(options: argparse.Namespace) -> int:
    """σ and σ′ from one end of each format to the other."""

    def work() -> Told:
        from crossgrad.comparisons.atlas import command  # noqa: PLC0415 - a quick --help

        command.check(options)
        return command.atlas(options)

    return tell(work)


def bench(options: argparse.Namespace) -> int:
    """How fast all of it is."""

    def work() -> Told:
        from crossgrad.comparisons.bench import command  # noqa: PLC0415 - a quick --help

        command.check(options)
        return command.bench(options)

    return tell(work)


def power(options: argparse.Namespace) -> int:
    """What the suite catches, beside others; or what it calls wrong that is right; or how near."""
    from crossgrad.comparisons.power import command  # noqa: PLC0415 - a quick --help
    from crossgrad.comparisons.slackness import command as slackness  # noqa: PLC0415

    def work() -> Told:
        if options.slackness:
            slackness.check(options)
            return slackness.slackness(options)
        command.check(options)
        return (command.power if options.alarms is None else command.alarms)(options)

    return tell(work, lambda: command.interrupted(options))


def diff(options: argparse.Namespace) -> int:
    """What changes from one file, or one setting, to the other."""

    def work() -> Told:
        from crossgrad.comparisons.diff import command  # noqa: PLC0415 - a quick --help

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


RUN = {
    "verify": verify,
    "explain": explain,
    "train": train,
    "study": study,
    "table": table,
    "diff": diff,
    "ledger": ledger,
    "divergences": divergences,
    "atlas": atlas,
    "power": power,
    "bench": bench,
}

if __name__ == "__main__":
    raise SystemExit(main())

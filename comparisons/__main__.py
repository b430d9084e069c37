"""Reference, PyTorch and JAX gradients against each other, and what is found on the way."""

import argparse
import sys
from collections.abc import Sequence

import crossgrad
from crossgrad.comparisons.commands import COMMANDS, GONE
from crossgrad.comparisons.commands.terminal import complain, tell
from crossgrad.comparisons.machine.environment import prepare


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    prepare()
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and given[0] in GONE:
        return complain(f"crossgrad {given[0]} is crossgrad {GONE[given[0]]} now")
    parser = commands()
    options, rest = parser.parse_known_args(given)
    if rest and options.command != "verify":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.given, options.rest = given[1:], rest
    return tell(lambda: COMMANDS[options.command].run(options))


class Version(argparse.Action):
    """Read where it is asked for: to find it takes longer than all of ``--help``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.exit(message=f"crossgrad {crossgrad.__version__}\n")


def commands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crossgrad", allow_abbrev=False, description=__doc__)
    parser.add_argument("--version", action=Version, nargs=0, help="print the version, and end")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        told = command.HELP
        asked = subparsers.add_parser(name, allow_abbrev=False, help=told, description=told)
        command.options(asked)
        asked.set_defaults(command=name)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

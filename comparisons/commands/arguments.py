"""What options of several commands are given: whole numbers, backends, processes."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterable
from typing import Any

from crossgrad.comparisons.machine.files import flag

BACKEND: dict[str, Any] = {"action": "append", "metavar": "NAME"}
BACKEND["help"] = "repeatable (default: all three)"
#: More is not done in a year.
MOST = 10**15
JOBS: dict[str, Any] = {"metavar": "J", "help": "processes (default: cores)"}


def whole(text: str) -> int:
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


def no_effect(options: Namespace, names: Iterable[str], on: str) -> None:
    """Raise ``ValueError`` for the first of these that is given: nothing is silently ignored."""
    for name in names:
        value = getattr(options, name)
        if value is not None and value is not False:
            raise ValueError(f"{flag(name)} has no effect on {flag(on)}: give one of them")

"""How a command tells what it has found, or that it could not."""

import os
import sys
from collections.abc import Callable

from crossgrad.comparisons.reports.told import Told


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

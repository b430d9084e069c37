"""What a command puts out, or the one line that says why it could not."""

import os
import sys
from collections.abc import Callable
from typing import NamedTuple


class Output(NamedTuple):
    """What is printed; the exit code, 1 if anything falls short; what is written after that."""

    text: str
    code: int = 0
    write: Callable[[], None] = lambda: None


def tell(
    work: Callable[[], Output],
    interrupted: Callable[[], str] = lambda: "interrupted: nothing is written",
) -> int:
    """Print what a command has to tell, then let it write; whatever fails is one line."""
    try:
        output = work()
        say(output.text)
        output.write()
    except (ValueError, OSError) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        complain(interrupted())
        return 130
    return output.code


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

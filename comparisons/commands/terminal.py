"""What a command puts out, or the one line that says why it could not."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from crossgrad.comparisons.machine.files import write_whole


class Output(NamedTuple):
    """What is printed; the exit code, 1 if anything falls short; the files that are written."""

    text: str = ""
    code: int = 0
    #: What is in each is made after the text has been printed; None is an option not given.
    files: Mapping[Path | None, Callable[[], str]] = {}


def tell(work: Callable[[], Output]) -> int:
    """Print what a command puts out, then write its files; whatever fails is one line."""
    try:
        output = work()
        if output.text:
            say(output.text)
        for path, content in output.files.items():
            if path:
                write_whole(path, content())
    except (ValueError, OSError) as error:
        return complain(str(error))
    except KeyboardInterrupt as error:
        complain(f"interrupted: {str(error) or 'nothing is written'}")
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

"""What ``crossgrad verify`` refuses before it starts pytest."""

from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from crossgrad.comparisons.machine.location import require_suite
from crossgrad.comparisons.suite.options import OPTIONS

#: The first pytest that reads the settings of the suite and can leave other plugins alone.
PYTEST = 9
#: So alike are a name and its misspelling; no option of pytest is as near to one of the suite.
ALIKE = 0.85


def check(rest: Sequence[str]) -> None:
    """Raise ``ValueError``, with one line. ``rest``: the arguments that are none of the suite's."""
    require_suite("verify")
    try:
        Path.cwd()
    except FileNotFoundError:
        raise ValueError("verify: the current folder does not exist any more") from None
    if int(version("pytest").partition(".")[0]) < PYTEST:
        raise ValueError(f"verify needs pytest {PYTEST}, and this is {version('pytest')}")
    if told := mistyped(rest):
        raise ValueError(f"verify: {told}")


def mistyped(rest: Sequence[str]) -> str:
    """What was probably meant, in one line, or nothing."""
    for before, word in zip(["", *rest], rest, strict=False):
        name = word.partition("=")[0]
        if name.startswith("--"):
            for close in get_close_matches(name, [f"--{n}" for n in OPTIONS], 1, ALIKE):
                return f"there is no {name}: did you mean {close}?"
        elif not word.startswith("-") and not before.startswith("-"):
            return f"{word} is no option: did you mean --backend {word}?"
    return ""

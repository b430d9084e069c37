"""What somebody gives in place of a scenario, by options or in a file, as it was written.

A number stays text until it is known where it belongs: so it is shown as it was written.
"""

import argparse
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from crossgrad.comparisons.machine.files import flag

#: What separates the lists in a text, the outer ones first; numbers stand between commas or blanks.
MARKS = {"x": ";", "y": ";", "W": "|;", "b": "|", "activation": ""}
#: As many brackets are needed in a file; around a single sample or layer there may be fewer.
BRACKETS = {"x": "[[1, 2], [3, 4]]", "y": "[[1], [0]]", "b": "[[1, 2], [3]]"}
BRACKETS |= {"W": "[[[1, 2], [3, 4]], [[5, 6]]]", "activation": '["tanh", "sigmoid"]'}
#: The names of the options, and of what a file says.
NAMES = (*MARKS, "cost", "dtype")
NEEDED = ("x", "y", "W")


class OwnNumbers(NamedTuple):
    """``x``, ``y``: a list a sample; ``W``: rows, a list a unit; ``b``: a list a layer, or none.

    ``activation``: one of each layer, or one of all; ``file``: the name of the file, if any.
    """

    x: list[list[str]]
    y: list[list[str]]
    W: list[list[list[str]]]
    b: list[list[str]] | None = None
    activation: tuple[str, ...] | list[str] = ("sigmoid",)
    cost: str = "quadratic"
    dtype: str = "float64"
    file: str = ""


def own_numbers(options: argparse.Namespace) -> OwnNumbers | None:
    """None if there are none; raises ``ValueError`` or ``OSError`` with one line.

    The scenario of the options may be a file, whose name ends in .toml.
    """
    typed = {name: getattr(options, name) for name in NAMES if getattr(options, name) is not None}
    what = options.scenario or ""
    if not what.endswith(".toml"):
        if typed and options.scenario is not None:
            name = flag(next(iter(typed)))
            raise ValueError(f"{name} has no effect on {what!r}: give one of them")
        return checked(of_options(typed)) if typed else None
    found = of_file(Path(what))
    if twice := [name for name in typed if name in found]:
        raise ValueError(f"{flag(twice[0])}: {what} has {twice[0]} as well, give one of them")
    return checked(found | of_options(typed), Path(what).name)


def checked(found: Mapping[str, Any], file: str = "") -> OwnNumbers:
    for name in NEEDED:
        if name not in found:
            needed = ", ".join(NEEDED)
            raise ValueError(f"{name} is not given: numbers of your own need {needed}")
    return OwnNumbers(**found, file=file)


# ------------------------------------------------------------------ as options
def of_options(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is given several times is one after the other, as if it were one text."""
    return {
        name: nested((MARKS[name] or ",")[0].join(value), MARKS[name]) if name in MARKS else value
        for name, value in typed.items()
    }


def nested(text: str, marks: str) -> list[Any]:
    """Lists in lists, down to texts."""
    if not marks:
        return re.split(r"\s*,\s*|\s+", text.strip())
    return [nested(part, marks[1:]) for part in text.split(marks[0])]


# ------------------------------------------------------------------ as a file
def of_file(path: Path) -> dict[str, Any]:
    """The same of a file."""
    try:
        found = tomllib.loads(path.read_text("utf-8"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    for name in found:
        if name not in NAMES:
            raise ValueError(f"{path}: {name!r}: known are {', '.join(NAMES)}")
    return {
        name: bracketed(name, value) if name in MARKS else str(value)
        for name, value in found.items()
    }


def bracketed(name: str, value: object) -> list[Any]:
    """Lists in as many lists as options make of it."""
    levels, first, brackets = len(MARKS[name]) + 1, value, 0
    while isinstance(first, list) and first:
        first, brackets = first[0], brackets + 1
    for _ in range(brackets, levels):
        value = [value]

    def texts(part: object, level: int) -> Any:  # noqa: ANN401 - lists in lists
        if isinstance(part, list) != (level > 0):
            raise ValueError(f"{name}: as many brackets are needed as in {BRACKETS[name]}")
        return [texts(each, level - 1) for each in part] if isinstance(part, list) else str(part)

    return texts(value, levels)

"""The two sides of a comparison: the settings of each, and the environment that they make."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from crossgrad.comparisons.diff.settings import XLA, setting

#: How a call is told among the facts of a side.
MADE, NOT_MADE = "made", "not made"


@dataclass(frozen=True, slots=True)
class Side:
    """What was asked for, by name; nothing is the suite's own settings."""

    names: tuple[str, ...]
    variables: Mapping[str, str]
    calls: tuple[str, ...]

    def __str__(self) -> str:
        """As a person has typed it."""
        return ", ".join(self.names) or "the suite's own settings"

    @property
    def environment(self) -> dict[str, str]:
        """Of its process: what is asked wins over what the suite sets."""
        asked = self.variables.get(XLA)
        flags = {} if asked is None else {XLA: added(os.environ.get(XLA, ""), asked)}
        return {**os.environ, **self.variables, **flags}


#: Before and now.
Sides = tuple[Side, Side]


def added(flags: str, asked: str) -> str:
    """XLA's flags with those asked; it reads none after a word that does not begin with ``--``."""
    words = flags.split()
    read = list(takewhile(lambda word: word.startswith("--"), words))
    return " ".join([*read, *asked.split(), *words[len(read) :]])


def side(names: Iterable[str]) -> Side:
    """The side of these settings; raises ``ValueError``, with one line that names the culprit."""
    names = tuple(dict.fromkeys(names))
    variables: dict[str, str] = {}
    for name in names:
        for variable, value in setting(name).variables.items():
            if variable == XLA:
                variables[XLA] = f"{variables.get(XLA, '')} {value}".strip()
            elif variables.setdefault(variable, value) != value:
                raise ValueError(f"setting {name!r}: {variable} is {variables[variable]} already")
    return Side(names, variables, tuple(filter(None, (setting(name).call for name in names))))

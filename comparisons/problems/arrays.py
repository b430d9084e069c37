"""Arrays of somebody's own, which no scenario has drawn."""

from dataclasses import dataclass
from typing import TypeAlias

from crossgrad.comparisons.problems.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Arrays:
    """One problem that was given, not drawn: what it is called, and its format."""

    name: str
    dtype: str

    def __str__(self) -> str:
        return self.name


#: What those that somebody gave are called.
ARRAYS = "the arrays that were given"
#: What a problem is of: both tell its format, and what it is called.
Subject: TypeAlias = Scenario | Arrays

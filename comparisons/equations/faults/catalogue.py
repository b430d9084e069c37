"""What a planted fault is, and how one gets into the catalogue: by a decorator.

The name of the function is the name of the fault, its docstring says what is wrong, its body
computes it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.equations.faults.networks import SMOOTH, Kind
from crossgrad.comparisons.equations.faults.program import Answer, Program, Step, program
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.parameters import Array

Wrong = Callable[[Step], Any]
Spoil = Callable[[Answer, Problem], Answer]
CATALOGUE: list["Fault"] = []


class Fault(NamedTuple):
    """One change to one place: which equation at which layer, in which kind of network.

    ``make`` gives a fresh faulty program; ``wrong`` is what is put in place of the equation, if one
    is. ``layer`` is 0 where the form of the answer is wrong;
    ``blamed`` are then the words by which the culprit is named.
    """

    name: str
    group: str
    what: str
    check: str
    layer: int
    kind: Kind
    dtypes: tuple[str, ...]
    link: str
    make: Callable[[], Program]
    blamed: str = ""
    wrong: Wrong | None = None

    def __str__(self) -> str:
        """Its name, for people and for tests."""
        return f"{self.group}: {self.name}"


def fault(
    check: str,
    layer: int,
    kind: Kind = SMOOTH,
    *,
    dtypes: tuple[str, ...] = tuple(FORMATS),
    link: str = "",
) -> Callable[[Wrong], Wrong]:
    """Put what is wrong with an equation at a layer (1 … 3) into the catalogue."""

    def register(wrong: Wrong) -> Wrong:
        place = {(check, layer): wrong}
        add(wrong, check, layer, kind, dtypes, link, lambda: program(place), wrong=wrong)
        return wrong

    return register


def form(
    check: str = "", layer: int = 0, *, kind: Kind = SMOOTH, blamed: str = "", link: str = ""
) -> Callable[[Spoil], Spoil]:
    """Put what is wrong with a finished answer into the catalogue."""

    def register(spoil: Spoil) -> Spoil:
        def make() -> Program:
            right = program()
            return lambda problem: spoil(right(problem), problem)

        add(spoil, check, layer, kind, tuple(FORMATS), link, make, blamed)
        return spoil

    return register


def add(
    function: Callable[..., Any],
    check: str,
    layer: int,
    kind: Kind,
    dtypes: tuple[str, ...],
    link: str,
    make: Callable[[], Program],
    blamed: str = "",
    wrong: Wrong | None = None,
) -> None:
    """Named, grouped and documented by the function."""
    name = function.__name__.replace("_", " ")
    group = function.__module__.rpartition(".")[2].partition("_")[0]
    what = " ".join((function.__doc__ or "").split())
    found = name, group, what, check, layer, kind, dtypes, link, make, blamed, wrong
    CATALOGUE.append(Fault(*found))


def changed(array: Array, entry: Any, value: Any) -> Array:  # noqa: ANN401 - an index
    """A copy of the array with one entry replaced."""
    array = np.array(array)
    array[entry] = value
    return array

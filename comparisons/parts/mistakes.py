"""What people get wrong in a function: a part's file has its own, which are planted and named."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from crossgrad.reference.parameters import Array


class Mistake(NamedTuple):
    """What is taken for a function, and in a few words what is wrong with it."""

    what: str
    function: Callable[..., Array]


def mistakes(functions: Mapping[str, Callable[..., Array]]) -> tuple[Mistake, ...]:
    """Each of them, by what is wrong with it."""
    return tuple(Mistake(what, function) for what, function in functions.items())

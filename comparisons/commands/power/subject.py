"""What is put before a checker, whoever's it is."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.equations.faults.program import Answer, Program
from crossgrad.comparisons.problems.problem import QUANTITIES, Problem
from crossgrad.reference.parameters import Array

#: What a checker of gradients by differences is given: the rest of a trace it never sees.
GRADIENTS = ("cost", "dW", "db")


class Subject(NamedTuple):
    """A program, one draw, the program's answer to it, and a trusted answer to compare with."""

    program: Program
    problem: Problem
    answer: Answer
    trusted: Answer


class Checker(NamedTuple):
    """A way to check that others use, at its defaults.

    ``quantities`` is what it sees of an answer; ``passes`` may also raise to say no.
    """

    name: str
    what: str
    dtypes: tuple[str, ...]
    quantities: tuple[str, ...]
    passes: Callable[[Subject], Any]


def accepts(checker: Checker, subject: Subject) -> bool:
    """Whether the checker lets the program pass; an exception is a no, whatever it is."""
    try:
        with np.errstate(all="ignore"):
            return bool(checker.passes(subject))
    except Exception:  # noqa: BLE001 - an assertion, a wrong shape, a missing key: all say no
        return False


def pairs(subject: Subject) -> Iterator[tuple[Array, Array]]:
    """All arrays of the answer beside the trusted ones; raises where there is none."""
    for quantity in QUANTITIES:
        given, trusted = subject.answer[quantity], subject.trusted[quantity]
        if quantity == "cost":
            yield np.asarray(given), trusted
        else:
            yield from zip(given, trusted, strict=True)


def same(one: Answer, other: Answer, quantities: tuple[str, ...]) -> bool:
    """Whether two answers have the same bits, in the same form, in these quantities."""
    try:
        return all(bits(one[name]) == bits(other[name]) for name in quantities)
    except (KeyError, TypeError, AttributeError):
        return False


def bits(value: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - an array or a list of them
    """Format, shape and bytes of every array."""
    arrays = value if isinstance(value, list | tuple) else [value]
    return [(array.dtype, array.shape, array.tobytes()) for array in arrays]


def with_parameters(problem: Problem, parameters: Sequence[Array]) -> Problem:
    """The problem with other weights and biases, W first; its arrays may be written to."""
    changed = problem.copy()
    for array, parameter in zip((*changed.W, *changed.b), parameters, strict=True):
        array[...] = parameter
    return changed

"""Bring your own backprop: any function from a problem to its gradients, or the whole trace.

    def gradients(problem):
        return {"dW": [...], "db": [...]}  # and, if you like, cost, z, a, delta, dalpha

Its arrays may be laid out otherwise: ``network`` says how, or it is found out. Whatever it does
wrong is told in one line that names the culprit.
"""

from collections.abc import Callable

from crossgrad.comparisons.backends.own.declaration import declared, layout_of, network
from crossgrad.comparisons.backends.own.errors import BackendError, NotSupportedError, one_line
from crossgrad.comparisons.backends.own.layout import USUAL, Layout
from crossgrad.comparisons.backends.own.loading import load_gradients
from crossgrad.comparisons.backends.own.program import Program
from crossgrad.comparisons.problems.problem import Problem, Trace


def program(
    name: str,
    function: Callable[[Problem], object],
    apart: Callable[[], Callable[[Problem], object]] | None = None,
) -> Program:
    """A function with what it says of itself; raises ``ValueError`` with one line."""
    return Program(name, function, **layout_of(name, function), apart=apart)


def ask(name: str, function: Callable[[Problem], object], problem: Problem) -> Trace:
    """A function's answer to one problem, in the layout that it says, or the suite's own.

    Nothing is found out of it. Raises ``BackendError`` and ``NotSupportedError``.
    """
    own = program(name, function)
    return own.asked(problem, own.said)[0]


#: By which name it was known before it had a layout.
backend = network

__all__ = [
    "USUAL",
    "BackendError",
    "Layout",
    "NotSupportedError",
    "Program",
    "ask",
    "backend",
    "declared",
    "load_gradients",
    "network",
    "one_line",
    "program",
]

"""What a test says of a kernel: it passes, catches it, or breaks off with an error of another kind.

A test catches a kernel by an ``AssertionError``, by returning False, by torch's ``GradcheckError``
(a ``RuntimeError`` by which ``gradcheck`` says that derivatives do not match), by ``pytest.fail``,
or by a group of nothing else.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import numpy as np

from crossgrad.comparisons.suite.vacuity.calls import Kernel

Test = Callable[[Kernel], Any]
#: Exceptions of others, by module and name: whoever raises one has imported the module.
GRADCHECK = ("torch.autograd.gradcheck", "GradcheckError")
OF_PYTEST = ("_pytest.outcomes", "OutcomeException")


class Verdict(NamedTuple):
    """``text``: what the test said, in one line."""

    kind: Literal["passed", "caught", "error"]
    text: str = ""


def verdict_of(test: Test, kernel: Kernel) -> Verdict:
    """Ask a test once."""
    try:
        answer = test(kernel)
    except BaseException as error:
        if not isinstance(error, Exception) and OF_PYTEST not in kinds(error):
            raise
        return Verdict("caught" if is_verdict(error) else "error", one_line(error))
    if answer is None:
        return Verdict("passed")
    kind = str(getattr(answer, "dtype", type(answer)))  # of an array of any framework
    if getattr(answer, "shape", ()) == () and "bool" in kind:
        return Verdict("passed") if bool(answer) else Verdict("caught", "it returned False")
    told = "True, False or None is needed"
    return Verdict("error", f"TypeError: the test returned {type(answer).__name__}: {told}")


def is_verdict(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_verdict, error.exceptions))
    if OF_PYTEST in kinds(error):
        return type(error).__name__ == "Failed"
    return isinstance(error, AssertionError) or GRADCHECK in kinds(error)


def kinds(error: BaseException) -> set[tuple[str, str]]:
    return {(kind.__module__, kind.__name__) for kind in type(error).__mro__}


def one_line(error: BaseException) -> str:
    """Type and message, cut where it is long."""
    text = " ".join(str(error).split())
    text = text if len(text) <= 120 else f"{text[:117]}…"  # noqa: PLR2004 - a line
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextmanager
def quiet() -> Iterator[None]:
    """What NumPy says of a NaN that was planted is no error, even where warnings are."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield

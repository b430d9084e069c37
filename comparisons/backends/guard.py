"""How a framework is asked: what it warns of is a note, what it lacks is not supported.

Whatever else it raises is told with the operation that raised it, not with the line of ours that
happened to call it.
"""

import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from crossgrad.comparisons.backends.modes import family, release
from crossgrad.comparisons.backends.own import BackendError, NotSupportedError, one_line
from crossgrad.comparisons.problems.problem import Problem, Trace

#: Our own files: what NumPy warns of there is a mistake of ours.
OURS = tuple(str(Path(__file__).parents[2] / folder) for folder in ("comparisons", "reference"))
#: As PyTorch says that an operation has not this format: NotImplementedError, RuntimeError once.
NO_KERNEL = re.compile(r"not implemented for '\w+'")


class FrameworkWarning(UserWarning):
    """A framework's own warning, told as a note: whatever it is about, the numbers are judged."""


def guarded(name: str, trace: Callable[[Problem], Trace]) -> Callable[[Problem], Trace]:
    """A framework's ``trace``, which raises nothing but what is told in one line.

    ``NotSupportedError`` for a function that this release lacks, ``BackendError`` for all else;
    the framework's warnings are handed on as a ``FrameworkWarning`` each.
    """

    @wraps(trace)
    def ask(problem: Problem) -> Trace:
        with warnings_noted(name):
            try:
                return trace(problem)
            except (BackendError, NotSupportedError):
                raise
            except Exception as error:
                if missing := not_offered(error, name, problem) or lacking(error, name):
                    raise NotSupportedError(f"{name}: {missing}") from error
                raise BackendError(f"{name} raised {one_line(error)} ({scene(error)})") from error

    return ask


# ------------------------------------------------------------------ warnings
@contextmanager
def warnings_noted(name: str) -> Iterator[None]:
    """What a framework warns of fails nothing, even where warnings are errors.

    What NumPy warns of in a line of ours (an overflow, say) is no framework's: it is raised again.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for text in dict.fromkeys(note(name, warning) for warning in caught if not of_ours(warning)):
        warnings.warn(text, FrameworkWarning, stacklevel=1)
    for warning in filter(of_ours, caught):
        where = f"{Path(warning.filename).name}:{warning.lineno}"
        raise BackendError(f"{name}: {warning.category.__name__}: {warning.message} ({where})")


def of_ours(warning: warnings.WarningMessage) -> bool:
    """Whether it is about the arithmetic of a line of ours."""
    return issubclass(warning.category, RuntimeWarning) and warning.filename.startswith(OURS)


def note(name: str, warning: warnings.WarningMessage) -> str:
    """The warning in one line, with the release that gives it."""
    message = " ".join(str(warning.message).split())
    return f"{framework(name)} warns: {warning.category.__name__}: {message}"


def framework(name: str) -> str:
    """The framework of a mode, with its version."""
    return f"{family(name)} {release(name)}".strip()


# ------------------------------------------------------------------ errors
class Functions:
    """A module's functions; one that this release lacks says so when it is called, not before."""

    def __init__(self, module: ModuleType) -> None:
        """``module``: the framework's own."""
        self.module = module

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the framework has
        def absent(*_: object, **__: object) -> None:
            raise NotImplementedError(f"{self.module.__name__} has no {name!r}")

        return getattr(self.module, name, absent)


def not_offered(error: Exception, name: str, problem: Problem) -> str:
    """The activation or cost of a problem that is in no table of the framework's functions."""
    if not (isinstance(error, KeyError) and asked_by_us(error)):
        return ""
    asked = (*problem.activations, problem.cost)
    return f"{family(name)} has no {error.args[0]}" if error.args[0] in asked else ""


def lacking(error: Exception, name: str) -> str:
    """What this release of the framework does not have, if that is what the error says."""
    told = f"{framework(name)}: {' '.join(str(error).split())}"
    if isinstance(error, NotImplementedError):
        return told
    if isinstance(error, RuntimeError) and NO_KERNEL.search(str(error)):
        return told
    if isinstance(error, AttributeError) and asked_by_us(error):
        return told if package_of(error.obj) in (family(name), f"{family(name)}lib") else ""
    return ""


def asked_by_us(error: Exception) -> bool:
    """Whether a line of ours asks for what is not there, and no line of the framework itself."""
    frames = traceback.extract_tb(error.__traceback__)
    asking = [frame for frame in frames if frame.name not in ("__getattr__", "getattr")]
    return bool(asking) and asking[-1].filename.startswith(OURS)


def package_of(thing: object) -> str:
    """The package of a module, or of what a thing is an instance of: jaxlib is JAX's."""
    name = getattr(thing, "__name__", None)
    full = name if isinstance(name, str) else type(thing).__module__
    return full.partition(".")[0]


def scene(error: BaseException) -> str:
    """Where it was raised: the framework's function, or the operation that a line of ours asks."""
    deepest = traceback.extract_tb(error.__traceback__)[-1]
    path = Path(deepest.filename)
    if deepest.filename.startswith(OURS):
        return f"in `{deepest.line}`, {path.name}:{deepest.lineno}"
    return f"in {deepest.name}, {path.parent.name}/{path.name}:{deepest.lineno}"

"""What a program of somebody's own does wrong, in one line that names the culprit."""

import sysconfig
import traceback
from pathlib import Path

#: Where Python's and other people's packages are, and what asks: not where an error is from.
LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
OURS = str(Path(__file__).parent)
#: What some mean by another error: it would fail each network that is not supported.
UNLIKELY = (ValueError, KeyError, AssertionError)
REFUSE = "if it does not support such a network, NotImplementedError is how to say so"


class BackendError(Exception):
    """A backend that raised or whose answer has not the form of one; the message is one line."""


class IncompleteError(BackendError):
    """An answer in the layout that was asked for, of which something else is wrong."""


class FormatError(BackendError):
    """A backend that answered in another format than it was asked in."""

    def __init__(self, told: str, given: str) -> None:
        """``given``: the name of the format of the answer."""
        super().__init__(told)
        self.given = given


class NotSupportedError(Exception):
    """A backend that cannot do an activation or cost, and says so by ``NotImplementedError``."""


def raised(name: str, error: BaseException) -> str:
    """One line: who raised what, where; and what is raised of a network that is not supported."""
    told = " ".join([f"{name} raised {one_line(error)}", *place(error)])
    return f"{told}; {REFUSE}" if type(error) in UNLIKELY else told


def one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def place(error: BaseException) -> list[str]:
    """File and line of the user's that raised it, or called the library that did; if there is one.

    There is none where the function does not take one argument.
    """
    every = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in every if not frame.filename.startswith(OURS)]
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)]
    return [f"({Path(frame.filename).name}:{frame.lineno})" for frame in (own or frames[:1])[-1:]]

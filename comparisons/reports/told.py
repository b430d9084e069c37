"""What a command has to tell."""

from collections.abc import Callable
from typing import NamedTuple


class Told(NamedTuple):
    """What is printed; the exit code, 1 if anything falls short; what is written after that."""

    text: str
    code: int = 0
    write: Callable[[], None] = lambda: None

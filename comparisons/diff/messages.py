"""What both sides tell, each as fast as it can, and which of them has failed."""

from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

from crossgrad.comparisons.diff.process import Inbox, Process
from crossgrad.comparisons.diff.side import End, Refused, Task
from crossgrad.comparisons.diff.sides import Sides


def messages(sides: Sides, tasks: list[Task]) -> Generator[tuple[int, Any], None, None]:
    """What the processes of both sides tell, until both have told all."""
    inbox = Inbox()
    progress = Progress(sides)
    with ExitStack() as running:
        processes = [
            running.enter_context(Process(number, side, task, inbox))
            for number, (side, task) in enumerate(zip(sides, tasks, strict=True))
        ]
        while not progress.ended:
            number, told = inbox.get()
            if told is None and not progress.over(number):
                told = Refused(processes[number].last_words())
            if told is not None:
                progress.note(number, told)
                yield number, told


class Progress:
    """How far each side is, and which has failed."""

    def __init__(self, sides: Sides) -> None:
        """Nothing is told yet."""
        self.sides = sides
        self.told = [0, 0]
        self.refused: dict[int, str] = {}
        self.finished: set[int] = set()

    def over(self, number: int) -> bool:
        """Whether a side will tell no more."""
        return number in self.finished or number in self.refused

    @property
    def ended(self) -> bool:
        """Whether both have."""
        return len(self.finished) == len(self.sides)

    def note(self, number: int, told: object) -> None:
        """One message more; raises ``ValueError`` for a failure.

        The other side is waited for until it is past that point, so that it does not depend on
        which is faster what is said of both.
        """
        if isinstance(told, Refused):
            self.refused[number] = told.why
        elif isinstance(told, End):
            self.finished.add(number)
        self.told[number] += 1
        other = 1 - min(self.refused, default=0)
        if self.refused and (self.over(other) or self.told[other] >= self.told[1 - other]):
            raise ValueError(self.why())

    def why(self) -> str:
        """One line; the side is named if only one has failed."""
        if len(set(self.refused.values())) == 1 < len(self.refused):
            return self.refused[0]
        number = min(self.refused, key=lambda number: (self.told[number], number))
        return f"under {self.sides[number]}: {self.refused[number]}"

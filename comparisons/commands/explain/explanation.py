"""A network, what it is given, and every number that everybody made of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crossgrad.comparisons.backends import Backend
from crossgrad.comparisons.commands.explain.answers import Answer, Silence, answer
from crossgrad.comparisons.commands.explain.entries import Quantity, quantities
from crossgrad.comparisons.commands.explain.exercise import Exercise, given
from crossgrad.comparisons.commands.explain.numbers import full
from crossgrad.comparisons.commands.explain.selection import SHOWN
from crossgrad.comparisons.problems.problem import Problem


class Shown(NamedTuple):
    """Of an array that everybody is given: its name, entries with theirs, how many are left out."""

    name: str
    entries: tuple[tuple[str, str], ...]
    left_out: int


class Explanation(NamedTuple):
    """All that is told, whatever the language and the page."""

    exercise: Exercise
    answers: tuple[Answer, ...]
    silent: tuple[Silence, ...]
    given: tuple[Shown, ...]
    quantities: tuple[Quantity, ...]

    @property
    def problem(self) -> Problem:
        return self.exercise.problem

    @property
    def code(self) -> int:
        """1 if a backend erred, nobody answered, or a residual is beyond 1 and unexplained."""
        erred = any(silence.status == "error" for silence in self.silent)
        return int(erred or not self.answers or bool(self.failures))

    @property
    def rows(self) -> Iterator[tuple[str, str, int, float, str]]:
        """Backend, check, layer, residual and status of all that is judged."""
        for one in self.answers:
            for (check, layer), judged in one.judged.items():
                yield one.name, check, layer, judged.row.residual, judged.row.status

    @property
    def failures(self) -> list[str]:
        return list(dict.fromkeys(name for name, *_, status in self.rows if status == "fail"))


def explanation(exercise: Exercise, backends: Sequence[Backend]) -> Explanation:
    """Ask everybody, and judge what they say."""
    said = [answer(exercise, backend) for backend in backends]
    answers = tuple(one for one in said if isinstance(one, Answer))
    silent = tuple(one for one in said if isinstance(one, Silence))
    found = tuple(quantities(exercise, answers)) if answers else ()
    return Explanation(exercise, answers, silent, tuple(shown(exercise)), found)


def shown(exercise: Exercise) -> Iterator[Shown]:
    """The first entries of each array that everybody is given, as somebody wrote them."""
    for name, names, values in given(exercise.problem):
        first = zip(names, values[:SHOWN], strict=False)
        entries = tuple((of, full(value, exercise.texts.get(of, ""))) for of, value in first)
        yield Shown(name, entries, values.size - len(entries))


def worst(explanation: Explanation) -> tuple[str, str, int, float] | None:
    """Backend, check and layer of the largest residual that nothing explains."""
    rows = [(name, check, l, residual) for name, check, l, residual, _ in explanation.rows]
    return max(rows, key=lambda row: row[-1], default=None)

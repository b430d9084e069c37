"""Where the cause of a whole program is told: once, in the row that is told first."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from crossgrad.comparisons.arithmetic.comparison import Comparison, Passed
from crossgrad.comparisons.equations.walk import data_order
from crossgrad.comparisons.judging.repeats import between_calls
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.textbook.whole import Whole
from crossgrad.comparisons.problems.problem import Problem

Judged = TypeVar("Judged", bound=Comparison | Passed)


def told_once(
    rows: Sequence[tuple[Judged, Row]], problem: Problem, whole: Callable[[], Whole]
) -> list[tuple[Judged, Row]]:
    """The rows; of those that fail in the draw that it explains the first has the cause alone.

    A single failure whose cause is known stays as it is: nothing says better where it is. So does
    what goes wrong between calls, where the draws tell what was kept.
    """
    failing = [(comparison, row) for comparison, row in rows if row.status == "fail"]
    if not failing or (len(failing) == 1 and failing[0][1].cause):
        return [*rows]
    if any(isinstance(c, Comparison) and between_calls(c, problem) for c, _ in failing):
        return [*rows]
    cause, draw = whole()
    explained = [row for comparison, row in rows if cause and fails_in(draw, comparison, row)]
    if not explained:
        return [*rows]
    first = min(explained, key=lambda row: data_order((row.check, row.layer)))

    def said(row: Row) -> Row:
        if not any(row is one for one in explained):
            return row
        return replace(row, cause=cause if row is first else "")

    return [(comparison, said(row)) for comparison, row in rows]


def fails_in(draw: int, comparison: Comparison | Passed, row: Row) -> bool:
    if row.status != "fail" or isinstance(comparison, Passed):
        return False
    return not bool((comparison.residual[draw] <= 1).all())

"""What is known of a backend's way down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from crossgrad.comparisons.judging.row import Explained, Row, merged_explained
from crossgrad.comparisons.reports.failure import failures


class Worst(NamedTuple):
    """The largest residual of a step, and where it is."""

    residual: float
    check: str
    layer: int
    entry: tuple[int, ...]


@dataclass(slots=True)
class Walk:
    """A backend's way: of each step from 0 on the cost, the distance to the reference's, the worst.

    ``across`` counts the units on the other side of a kink than the reference's, at each step.
    ``wrong`` has the steps at which a gradient is really wrong, ``failed`` the rows that fail at
    the first of them. ``explained`` is what known divergences explain, as in a row, over all
    steps. ``ended`` tells why the way ends before all steps are made; it has no ``accuracy`` then.
    ``whole``: every answer had z, a and δ, so that each equation was judged where it is made.
    """

    name: str
    costs: list[float] = field(default_factory=list)
    distances: list[float] = field(default_factory=list)
    across: list[int] = field(default_factory=list)
    worst: list[Worst] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    failed: list[Row] = field(default_factory=list)
    explained: Explained = field(default_factory=dict)
    entries: int = 0
    uninformative: int = 0
    accuracy: float | None = None
    ended: str = ""
    answers: bool = True
    whole: bool = True
    reports_cost: bool = True

    @property
    def first_across(self) -> int | None:
        """The first step with a unit on the other side of a kink."""
        return next((step for step, count in enumerate(self.across) if count), None)

    def add(self, step: int, rows: Sequence[Row]) -> None:
        for row in rows:
            self.entries += row.entries
            self.uninformative += row.uninformative
            self.explained = merged_explained(self.explained, row.explained)
        if rows:
            self.worst.append(worst_of(max(rows, key=lambda row: row.residual)))
        if failed := failures(rows):
            self.wrong.append(step)
            self.failed = self.failed or failed


def worst_of(row: Row) -> Worst:
    return Worst(row.residual, row.check, row.layer, row.entry)

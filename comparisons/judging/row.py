"""The outcome of one check, in plain values: for files, tables, and the way between processes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from crossgrad.comparisons.arithmetic.histogram import Counts

NUMBERS = ("residual", "value", "expected", "bound", "ulps")
COUNTS = ("residuals", "distances")
#: What does not fail: right, explained by a divergence, or unjudged, for no bound says anything.
PASSED = ("pass", "divergence", "unjudged")
#: Divergence → how many entries it explains, and the largest residual of them.
Explained = dict[str, tuple[int, float]]


class Entry(NamedTuple):
    """One entry of a quantity in a draw: what was reported, and what was expected."""

    draw: int
    entry: tuple[int, ...]
    value: float
    expected: float
    bound: float
    residual: float
    ulps: float

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> "Entry":
        """From JSON, or another process."""
        draw, entry, value, expected, bound, residual, ulps = values
        numbers = map(float, (value, expected, bound, residual, ulps))
        return cls(int(draw), tuple(entry), *numbers)


@dataclass(frozen=True, slots=True)
class Row:
    """The outcome of one check at one layer over all draws of a scenario; plain values only.

    ``residual`` is the largest that is neither explained nor uninformative; ``value``,
    ``expected``, ``bound``, ``ulps``, ``draw`` and ``entry`` are those of the worst such entry.
    ``explained`` maps a divergence to the number of entries and the largest residual that it
    explains. ``shown``: of a failure in the ordinary draw, the entry that is easiest to follow.
    ``against`` is the other backend of a pair, or empty. ``residuals`` and ``distances`` count the
    entries that are neither, by residual and by ulps, in the bins of ``histogram``.
    """

    scenario: str
    backend: str
    check: str
    layer: int
    status: str
    residual: float = 0.0
    entries: int = 0
    uninformative: int = 0
    draw: int = 0
    entry: tuple[int, ...] = ()
    value: float = 0.0
    expected: float = 0.0
    bound: float = 0.0
    ulps: float = 0.0
    cause: str = ""
    explained: Explained = field(default_factory=dict)
    against: str = ""
    residuals: Counts = ()
    distances: Counts = ()
    shown: Entry | None = None

    @property
    def failed(self) -> bool:
        """Beyond its bound, or without an answer that was to be there."""
        return self.status in ("fail", "error")

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for the way from a worker to the controller: its own values, not copies."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"shown": self.shown and tuple(self.shown)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Row":
        """From ``as_dict``, or from JSON, which has lists for tuples and strings for ∞."""
        numbers = {key: float(values[key]) for key in NUMBERS}
        numbers |= {key: int(values[key]) for key in ("layer", "entries", "uninformative", "draw")}
        explained = {name: (int(n), float(r)) for name, (n, r) in values["explained"].items()}
        counts = {key: tuple(map(int, values.get(key, ()))) for key in COUNTS}
        shown = Entry.from_list(values["shown"]) if values.get("shown") else None
        others = {"entry": tuple(values["entry"]), "explained": explained, "shown": shown}
        return cls(**values | numbers | counts | others)

    @property
    def worst(self) -> Entry:
        """The entry with the largest residual."""
        numbers = self.value, self.expected, self.bound, self.residual, self.ulps
        return Entry(self.draw, self.entry, *numbers)

    def order(self) -> tuple[str, str, str, str, int]:
        """What rows are sorted by: a run's rows are the same in any order of its items."""
        return self.scenario, self.backend, self.against, self.check, self.layer


def merged_explained(one: Explained, other: Explained) -> Explained:
    """What divergences explain in both: the entries of both, and the larger residual."""
    merged = dict(one)
    for name, (entries, residual) in other.items():
        before, largest = merged.get(name, (0, 0.0))
        merged[name] = before + entries, max(largest, residual)
    return merged

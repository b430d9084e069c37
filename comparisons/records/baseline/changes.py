"""What has changed of one scenario and backend since it was recorded: a verdict for each place."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.steps import distance, places, unpacked
from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.judging.verification import problem_of
from crossgrad.comparisons.records.baseline.reconstruction import rebuilt
from crossgrad.reference.parameters import Array

#: From what says most to what says least; the first four fail.
INPUTS = "inputs changed"
MISSING = "missing"
BEYOND = "beyond bound"
NO_ANSWER = "no answer"
CONVENTION = "convention changed"
CHANGED = "changed within bound"
NEW = "new"
IDENTICAL = "identical bits"
VERDICTS = (INPUTS, MISSING, BEYOND, NO_ANSWER, CONVENTION, CHANGED, NEW, IDENTICAL)
FAILING = (INPUTS, MISSING, BEYOND, NO_ANSWER)

Place = tuple[str, int]
#: Where it is recorded that there was no answer.
SILENT: Place = ("", 0)
#: What was reported, by equation and layer.
Numbers = Mapping[Place, Array]


@dataclass(frozen=True, slots=True)
class Change:
    """The verdict on one place, and by how much it has changed; plain values only.

    ``changed`` entries of ``entries`` have other bits, by ``ulps`` at most and ``typical`` in the
    middle; ``closer`` and ``further`` of them have come closer to, or gone further from, what the
    equation gives. ``changed`` is -1 where the numbers of before could not be rebuilt. ``first``:
    nothing before it in the way of the data has changed.
    """

    scenario: str
    backend: str
    check: str
    layer: int
    verdict: str
    entries: int = 0
    changed: int = 0
    ulps: int = 0
    typical: int = 0
    closer: int = 0
    further: int = 0
    before: float = 0.0
    now: float = 0.0
    convention: str = ""
    first: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for the way from a worker to the controller."""
        return asdict(self)


def changes(before: list[Record], now: list[Record]) -> list[Change]:
    """A change for each place of either, of one scenario; it is drawn anew if bits have changed."""
    olds, news = ({record.place: record for record in records} for records in (before, now))
    if not (before and now):
        return [alone(record, MISSING if before else NEW) for record in before or now]
    if before[0].inputs != now[0].inputs:
        return [alone(record, INPUTS) for record in now]
    both = [place for place in olds if place in news and place != SILENT]
    other = {place for place in both if olds[place].bits != news[place].bits}
    scenario = now[0].scenario
    values = [rebuilt(problem_of(scenario), side) if other else {} for side in (before, now)]
    depth = max(layer for _, layer in olds)
    return [
        *(alone(record, MISSING) for place, record in olds.items() if place not in {*news, SILENT}),
        *(alone(record, NEW) for place, record in news.items() if place not in {*olds, SILENT}),
        *(
            changed(olds[p], news[p], *values, first=not other & set(sources(*p, depth)))
            if p in other
            else alone(news[p], IDENTICAL)
            for p in both
        ),
    ]


def alone(record: Record, verdict: str) -> Change:
    """A change without a comparison of numbers."""
    if verdict != MISSING:
        verdict = {"fail": BEYOND, "error": NO_ANSWER}.get(record.status, verdict)
    return Change(
        record.scenario,
        record.backend,
        record.check,
        record.layer,
        verdict,
        record.entries,
        before=record.residual,
        now=record.residual,
    )


def changed(old: Record, new: Record, before: Numbers, now: Numbers, *, first: bool) -> Change:
    """A change of bits, entry by entry where both sides could be rebuilt."""
    convention = "; ".join([*other_slopes(old, new), *other_divergence(old, new)])
    change = alone(new, CONVENTION if convention else CHANGED)
    change = replace(change, before=old.residual, convention=convention, first=first)
    if old.place not in before or new.place not in now:
        return replace(change, changed=-1)
    return replace(change, **counts(old, new, before[old.place], now[new.place]))


def other_slopes(old: Record, new: Record) -> list[str]:
    """Kinks that both hit, where another σ′ is taken now."""
    return [
        f"{kink} {old.kinks[kink]} → {new.kinks[kink]}"
        for kink in sorted(old.kinks.keys() & new.kinks.keys())
        if old.kinks[kink] != new.kinks[kink]
    ]


def other_divergence(old: Record, new: Record) -> list[str]:
    """A known divergence that is met on one side only."""
    met = [record.status == "divergence" for record in (old, new)]
    return ["known divergence " + (" → ".join("met" if m else "not met" for m in met))] * (
        met[0] != met[1]
    )


def counts(old: Record, new: Record, here: Array, there: Array) -> dict[str, Any]:
    """How many entries, by how many ulps, and whether towards what the equation gives."""
    size = distance(places(there), places(here)).size
    moved = np.sort(size[size > 0])
    before, now = (
        distance(at, at - unpacked(record.steps, at.shape)).size
        for record, at in ((old, places(here)), (new, places(there)))
    )
    return {
        "changed": moved.size,
        "ulps": int(moved[-1]),
        "typical": int(moved[moved.size // 2]),
        "closer": int(((now < before) & (size > 0)).sum()),
        "further": int(((now > before) & (size > 0)).sum()),
    }


# ------------------------------------------------------------------ the way of the data
def sources(check: str, layer: int, depth: int) -> list[Place]:
    """The places that an equation takes its numbers from."""

    def delta(l: int) -> Place:
        return ("BP1" if l == depth else "BP2", l)

    return {
        "z": [("a", layer - 1)],
        "a": [("z", layer)],
        "cost": [("a", depth)],
        "BP1": [("a", depth), ("z", depth)],
        "BP2": [delta(layer + 1), ("z", layer)],
        "BP3": [delta(layer)],
        "BP4": [delta(layer), ("a", layer - 1)],
        "alpha": [("a", depth) if layer == depth else delta(layer + 1), ("z", layer)],
    }.get(check, [])

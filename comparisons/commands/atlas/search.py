"""What is kept of a walk through a format: the worst places, where digits are lost, a profile."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.commands.atlas.arguments import digits, patterns
from crossgrad.comparisons.commands.atlas.errors import Errors
from crossgrad.reference.parameters import Array

#: Of each kind so many places are gone back to.
KEPT = 3
#: Profile: the largest error between these |z|, four an octave, of each sign.
EDGES = 2.0 ** (np.arange(-40, 45) / 4)
BINS = len(EDGES) + 1
#: Places where digits are lost are of one interval if less than an eighth of an octave apart.
GAP_BITS = 3


@dataclass(frozen=True, slots=True)
class Interval:
    """From one z to another; of ``seen`` numbers in it ``lost`` have no correct digit."""

    low: float
    high: float
    lost: int
    seen: int


@dataclass(frozen=True, slots=True)
class Run:
    """The same while it may still grow: numbers of a sign, by their place in the walk."""

    first: int
    last: int
    lost: int
    pattern: int
    ends: tuple[float, float]

    def joined(self, other: "Run") -> "Run":
        ends = self.ends[0], other.ends[1]
        lost = self.lost + other.lost
        return replace(self, last=other.last, lost=lost, pattern=other.pattern, ends=ends)


class Bins(NamedTuple):
    """Of a chunk, which goes from 0 outwards: its sign, the bins that it has, where each begins."""

    sign: int
    here: Array
    starts: Array


def bins_of(z: Array) -> Bins:
    here, starts = np.unique(np.searchsorted(EDGES, np.abs(z)), return_index=True)
    return Bins(int(np.signbit(z[0])), here, starts)


@dataclass(slots=True)
class Search:
    """Of one quantity, as one probe gives it."""

    fmt: Format
    seen: int = 0
    counted: int = 0
    ulps: list[tuple[float, float]] = field(default_factory=list)
    shares: list[tuple[float, float]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    profile: Array = field(default_factory=lambda: np.zeros((2, BINS)))

    def add(self, z: Array, bins: Bins, found: Errors, counted: Array) -> None:
        """A chunk: numbers of one sign, from 0 outwards."""
        for kept, errors in ((self.ulps, found.ulps), (self.shares, found.shares)):
            worst = int(np.argmax(errors))
            kept.append((float(errors[worst]), float(z[worst])))
            kept.sort(key=lambda place: -place[0])
            del kept[KEPT:]
        self.add_runs(z, np.flatnonzero(found.lost))
        raise_profile(self.profile, bins, found.ulps)
        self.seen += len(z)
        self.counted += int(counted.sum())

    def add_runs(self, z: Array, lost: Array) -> None:
        if not len(lost):
            return
        here = patterns(z[lost], self.fmt).astype(np.int64)
        gap = 2 ** (digits(self.fmt) - GAP_BITS)
        for part in np.split(np.arange(len(lost)), np.flatnonzero(np.diff(here) > gap) + 1):
            a, b = part[0], part[-1]
            ends = float(z[lost[a]]), float(z[lost[b]])
            places = self.seen + int(lost[a]), self.seen + int(lost[b])
            run = Run(*places, len(part), int(here[b]), ends)
            last = self.runs[-1] if self.runs else None
            near = last and np.signbit(last.ends[1]) == np.signbit(ends[0])
            if last and near and here[a] - last.pattern <= gap:
                self.runs[-1] = last.joined(run)
            else:
                self.runs.append(run)

    @property
    def places(self) -> list[float]:
        """The worst, of both kinds, of which something is wrong."""
        return list(dict.fromkeys(z for error, z in (*self.ulps, *self.shares) if error > 0))

    def intervals(self) -> tuple[Interval, ...]:
        """Where digits are lost, from the lowest z."""
        found = (
            Interval(min(run.ends), max(run.ends), run.lost, run.last - run.first + 1)
            for run in self.runs
        )
        return tuple(sorted(found, key=lambda interval: interval.low))


#: By probe and place of the quantity.
Searches = dict[tuple[str, int], Search]


def raise_profile(profile: Array, bins: Bins, values: Array) -> None:
    row = profile[bins.sign]
    row[bins.here] = np.maximum(row[bins.here], np.maximum.reduceat(values, bins.starts))


def middles() -> Iterable[float]:
    """|z| of each bin of a profile; the first begins at 0, the last ends at the largest number."""
    inner = np.sqrt(EDGES[1:] * EDGES[:-1])
    return [float(v) for v in (EDGES[0], *inner, EDGES[-1])]

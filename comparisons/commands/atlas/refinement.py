"""Back to the worst places: their neighbours, all of them, and what balls say of the worst.

About each place every number within ``REACH`` patterns is looked at with the fast truth; the
worst ``MEASURED`` of both kinds are measured in balls.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.commands.atlas.arguments import around
from crossgrad.comparisons.commands.atlas.errors import Screen, errors, exact_screens, fast_screens
from crossgrad.comparisons.commands.atlas.functions import PRIME, Function
from crossgrad.comparisons.commands.atlas.probes import framework
from crossgrad.comparisons.commands.atlas.search import Interval, Search, Searches
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.reference.parameters import Array

MEASURED = 32
#: Divergences of an elementary function, that a cost shows.
KNOWN = {("jax", "log1p", "float64"): "jax-log1p-float64"}
Profile = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Worst:
    """An error, at z; what is given there, and what is true."""

    error: float
    z: float
    given: float
    true: float


@dataclass(frozen=True, slots=True)
class Line:
    """What is found of one quantity, as one probe gives it in one format.

    ``ulps`` and ``share``: the largest error in ulps of the truth, and as a share of the bound;
    nothing where all is exact. ``kappa`` is the declared accuracy of an elementary function, in u.
    ``known`` names divergences that are written down, at the worst place; ``lost`` is where no
    digit is correct; ``profile`` and ``bound`` are in ulps, for negative and positive z.
    """

    function: str
    quantity: str
    dtype: str
    probe: str
    values: int
    ulps: Worst | None
    share: Worst | None
    kappa: float | None
    known: tuple[str, ...]
    lost: tuple[Interval, ...]
    profile: Profile
    bound: Profile

    @property
    def beyond(self) -> bool:
        return self.share is not None and not self.share.error <= 1


@dataclass(frozen=True, slots=True)
class Picked:
    """Arguments, and what a probe gives there."""

    z: Array
    given: Array
    lost: tuple[Interval, ...] = ()


# ------------------------------------------------------------------ from the walk to balls
def refined(function: Function, fmt: Format, searches: Searches, bounds: Array) -> Iterator[Line]:
    """The lines of a function in a format."""
    near = cache(lambda place: neighbourhood(function, place, fmt))
    picked = {
        (probe, q): together(pick(function, fmt, probe, q, *near(place)) for place in search.places)
        for (probe, q), search in searches.items()
    }
    z = np.unique(np.concatenate([found.z for found in picked.values()]))
    exact = exact_screens(function, z, fmt)
    for (probe, q), found in picked.items():
        screen = exact[q].at(np.searchsorted(z, found.z))
        judged = errors(screen, found.given)
        ulps, shares = (worst_of(found, screen, e) for e in (judged.ulps, judged.shares))
        quantity, search = function.quantities[q], searches[probe, q]
        yield Line(
            function=function.name,
            quantity=quantity,
            dtype=fmt.name,
            probe=probe,
            values=search.counted,
            ulps=ulps,
            share=shares,
            kappa=getattr(fmt.kappa, function.name) if function.elementary else None,
            known=divergences_at(function.name, quantity, fmt, probe, (ulps, shares)),
            lost=disjoint((*search.intervals(), *found.lost)),
            profile=as_profile(search.profile),
            bound=as_profile(bounds[q]),
        )


def neighbourhood(function: Function, place: float, fmt: Format) -> tuple[Array, list[Screen]]:
    """All numbers about a place, and the fast truth there."""
    z = around(place, fmt)
    return z, fast_screens(function, z, fmt)


def pick(
    function: Function, fmt: Format, probe: str, q: int, z: Array, fast: list[Screen]
) -> Picked:
    """Those with the largest errors of both kinds; the first of equals."""
    given = function.ask(probe, function.name, z)[q]
    found = errors(fast[q], given)
    kinds = [np.argsort(-kind, kind="stable")[:MEASURED] for kind in (found.ulps, found.shares)]
    index = np.unique(np.concatenate(kinds))
    here = Search(fmt)
    here.add_runs(z, np.flatnonzero(found.lost))
    return Picked(z[index].astype(np.float64), given[index], here.intervals())


def together(parts: Iterable[Picked]) -> Picked:
    """All of them, of which there may be none."""
    found = [Picked(np.zeros(0), np.zeros(0)), *parts]
    z, given = (np.concatenate([getattr(part, name) for part in found]) for name in ("z", "given"))
    return Picked(z, given, tuple(interval for part in found for interval in part.lost))


def disjoint(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """From the lowest z; of those that overlap the widest."""
    kept: list[Interval] = []
    for new in sorted(intervals, key=lambda interval: interval.low - interval.high):
        if all(new.high < old.low or new.low > old.high for old in kept):
            kept.append(new)
    return tuple(sorted(kept, key=lambda interval: interval.low))


def worst_of(found: Picked, screen: Screen, errors: Array) -> Worst | None:
    """The largest error; of equal ones that nearest to 0."""
    if not (errors > 0).any():
        return None
    first = np.flatnonzero(errors == errors.max())
    at = first[np.argmin(np.abs(found.z[first]))]
    values = errors[at], found.z[at], found.given[at], screen.truth.nearest[at]
    return Worst(*map(float, values))


def divergences_at(
    name: str, quantity: str, fmt: Format, probe: str, worst: Iterable[Worst | None]
) -> tuple[str, ...]:
    """The names of those that are written down where the worst errors are."""
    if (framework(probe), name, fmt.name) in KNOWN:
        return (KNOWN[framework(probe), name, fmt.name],)
    checks = ("BP1", "BP2") if quantity == PRIME else ("a",)
    z = np.array([place.z for place in worst if place])
    return tuple(
        d.name
        for d in DIVERGENCES
        if d.backend in (probe, framework(probe)) and d.subject == name and d.applies_here
        if set(checks) & set(d.checks) and fmt.name in d.dtypes
        if d.where(z).any()
    )


def as_profile(bins: Array) -> Profile:
    return tuple(tuple(float(v) for v in row) for row in bins[::-1])

"""What is measured: a median of repetitions, how far they spread, and the mark it is held to."""

import math
from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple

from crossgrad.comparisons.reports.numbers import three_digits

#: Of time, from the largest on.
UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}


class Figure(NamedTuple):
    """The median of what was repeated, between the quartiles ``low`` and ``high``.

    A mark is the ``most`` or the ``least`` that it should be; ``of`` says what a ratio is made of.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str = ""
    most: float = math.inf
    least: float = -math.inf
    of: str = ""

    @property
    def marked(self) -> bool:
        return math.isfinite(self.most) or math.isfinite(self.least)

    @property
    def met(self) -> bool:
        """Whether it is what it should be."""
        return self.least <= self.value <= self.most


class Series(NamedTuple):
    """How the cost of one way grows: seconds and megabytes at each x, which is ``over`` something.

    Each point is x, the median of the seconds, their quartiles, and the memory in megabytes.
    """

    over: str
    of: str
    points: Sequence[tuple[float, float, float, float, float]]


class Found(NamedTuple):
    """What a part has measured."""

    figures: list[Figure]
    series: Sequence[Series] = ()


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median and quartiles; of a single value, that."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, _, high = quantiles(values, n=4, method="inclusive")
    return median(values), low, high


def figure(
    name: str,
    values: Sequence[float],
    unit: str = "",
    *,
    most: float = math.inf,
    least: float = -math.inf,
    of: str = "",
) -> Figure:
    return Figure(name, *spread(values), unit, most, least, of)


def ratio(
    name: str,
    one: Sequence[float],
    other: Sequence[float],
    *,
    most: float = math.inf,
    least: float = -math.inf,
) -> Figure:
    """Of seconds that were taken turn and turn about: the ratio of each turn, then the median."""
    ratios = [x / y for x, y in zip(one, other, strict=True)]
    of = f"{duration(median(one))} ÷ {duration(median(other))}"
    return figure(name, ratios, most=most, least=least, of=of)


def duration(seconds: float) -> str:
    """In the unit that a person would take."""
    unit = next((unit for unit, size in UNITS.items() if seconds >= size), "µs")
    return f"{three_digits(seconds / UNITS[unit])} {unit}"

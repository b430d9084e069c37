"""The benchmark's figures: as text for a terminal, and as JSON."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crossgrad.comparisons.commands.bench.figures import Figure, Found, Series
from crossgrad.comparisons.commands.bench.parts import PARTS
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.numbers import three_digits

#: Of the surroundings, what a person wants to read.
VERSIONS = ("python", "numpy", "torch", "jax", "jaxlib", "scikit-learn")
HEADINGS = ["", "mark", "median", "middle half", "of"]
Results = Mapping[str, Found]


def as_text(results: Results, machine: Mapping[str, str]) -> str:
    """A table a part; which marks are missed stands at the end."""
    tables = [
        f"{PARTS[name].title}\n{in_columns(HEADINGS, [line(f) for f in found.figures])}"
        for name, found in results.items()
    ]
    grown = [table for found in results.values() for table in growth(found.series)]
    return "\n\n".join([told(machine), *tables, *grown, summary(results)])


def told(machine: Mapping[str, str]) -> str:
    """Where it was measured, and with what, in two lines."""
    here = f"{machine['cpu']}, {os.cpu_count()} cores, {machine['system']}; one thread each"
    versions = ", ".join(f"{name} {machine[name]}" for name in VERSIONS if name in machine)
    return f"{here}\n{versions}; BLAS of NumPy: {machine['BLAS']}"


def line(figure: Figure) -> list[str]:
    ends = [] if figure.low == figure.high else [figure.low, figure.high]
    middle = " – ".join(map(three_digits, ends))
    value = f"{three_digits(figure.value)} {figure.unit}".rstrip()
    return [figure.name, mark(figure), value, middle, figure.of]


def mark(figure: Figure) -> str:
    """What it should be, and whether it is."""
    if not figure.marked:
        return ""
    sign, limit = ("≤", figure.most) if math.isfinite(figure.most) else ("≥", figure.least)
    return f"{'✓' if figure.met else '✗'} {sign} {limit:,g}"


def missed(results: Results) -> list[Figure]:
    """Those that are not what they should be."""
    figures = [figure for found in results.values() for figure in found.figures]
    return [figure for figure in figures if figure.marked and not figure.met]


def growth(series: Sequence[Series]) -> Iterator[str]:
    """A table an axis: a line for each place on it, a column for each way, in milliseconds."""
    for over in dict.fromkeys(one.over for one in series):
        ways = [one for one in series if one.over == over]
        lines = [
            [f"{x:,g}", *(three_digits(1e3 * way.points[i][1]) for way in ways)]
            for i, (x, *_) in enumerate(ways[0].points)
        ]
        headings = [f"{over} ↓, ms →", *(way.of for way in ways)]
        yield in_columns(headings, lines, left=0)


def summary(results: Results) -> str:
    """How many marks are met, and which are not."""
    marks = sum(figure.marked for found in results.values() for figure in found.figures)
    short = missed(results)
    lines = [f"{marks - len(short)} of {marks} marks are met"]
    return "\n".join([*lines, *(f"missed: {figure.name}" for figure in short)])


def as_json(results: Results, machine: Mapping[str, str]) -> str:
    """All figures and series; a mark that is not there is null."""
    parts = {
        name: {
            "figures": [described(figure) for figure in found.figures],
            "series": [
                one._asdict() | {"points": [[finite(x) for x in point] for point in one.points]}
                for one in found.series
            ],
        }
        for name, found in results.items()
    }
    whole = {"machine": dict(machine), "missed": [f.name for f in missed(results)], "parts": parts}
    return codec.page(whole)


def described(figure: Figure) -> dict[str, Any]:
    values = figure._asdict()
    return {k: v if isinstance(v, str) else finite(v) for k, v in values.items()}


def finite(value: float) -> float | None:
    """What is not known is not there: NaN is memory where nothing tells it, ∞ is no mark."""
    return value if math.isfinite(value) else None

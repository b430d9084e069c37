"""The atlas as text: a table of activations, one of elementary functions, and conventions."""

from collections.abc import Sequence
from itertools import groupby

from crossgrad.comparisons.commands.atlas.conventions import Change
from crossgrad.comparisons.commands.atlas.functions import PRIME, SIGMA, VALUE
from crossgrad.comparisons.commands.atlas.probes import framework
from crossgrad.comparisons.commands.atlas.refinement import Line, Worst
from crossgrad.comparisons.commands.atlas.search import Interval
from crossgrad.comparisons.commands.atlas.survey import Atlas
from crossgrad.comparisons.reports.columns import in_columns
from crossgrad.comparisons.reports.numbers import number

HEADINGS = ["function", "format", "mode"]
SIGMA_HEADINGS = ["σ ulps", "at z", "of bound"]
PRIME_HEADINGS = ["σ′ ulps", "at z", "of bound"]
LOST_HEADINGS = [*HEADINGS, "no correct digit of"]
KAPPA_HEADINGS = ["u", "at z", "κ", "ulps", "at z"]
LEGEND = (
    "ulps: the largest error, in units in the last place of the truth. of bound: the largest, as\n"
    "a share of what is derived from κ; ✗ beyond it, † a divergence is written down.\n"
    "torch*: all its modes."
)
#: Of the intervals of a line so many are told; all are in the JSON.
TOLD = 3


def as_text(atlas: Atlas, changes: Sequence[Change]) -> str:
    parts = [heading(atlas)]
    if lines := [line for line in atlas.lines if line.quantity != VALUE]:
        headings = [*HEADINGS, *SIGMA_HEADINGS, *PRIME_HEADINGS]
        parts += [in_columns(headings, activation_cells(lines), 3), LEGEND]
        if lost := lost_cells(lines):
            parts.append(in_columns(LOST_HEADINGS, lost, len(LOST_HEADINGS)))
    if lines := [line for line in atlas.lines if line.quantity == VALUE]:
        parts.append(in_columns([*HEADINGS, *KAPPA_HEADINGS], kappa_cells(lines), 3))
    parts.append(closing(atlas, changes))
    return "\n\n".join(parts)


def heading(atlas: Atlas) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in atlas.versions.items())
    numbers = {line.dtype: line.values for line in atlas.lines if line.quantity == SIGMA}
    counts = ", ".join(f"{count:,} numbers of {dtype}" for dtype, count in numbers.items())
    return f"{versions}; {counts}" if counts else versions


# ------------------------------------------------------------------ the two tables
def activation_cells(lines: Sequence[Line]) -> list[list[str]]:
    """A line for each function, format and modes that have the same figures."""
    found: dict[tuple[str, ...], list[str]] = {}
    by = groupby(lines, key=lambda line: (line.function, line.dtype, line.probe))
    for (function, dtype, probe), pair in by:
        own = {line.quantity: line for line in pair}
        figures = worst_cells(own[SIGMA]) + worst_cells(own[PRIME])
        found.setdefault((function, dtype, *figures), []).append(probe)
    return merged(found, lines)


def lost_cells(lines: Sequence[Line]) -> list[list[str]]:
    """Where an error is half of the truth or more, and the truth a normal number."""
    found: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        if line.lost:
            where = f"{line.quantity} in {lost_text(line.lost)}"
            found.setdefault((line.function, line.dtype, where), []).append(line.probe)
    return merged(found, lines)


def kappa_cells(lines: Sequence[Line]) -> list[list[str]]:
    """Likewise, of the elementary functions, beside the declared accuracy."""
    found: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        kappa = line.kappa or 0
        units = f"{number(kappa * line.share.error)}{mark(line)}" if line.share else "0"
        place = (units, place_text(line.share), f"{kappa:g}")
        figures = *place, *(number_of(line.ulps), place_text(line.ulps))
        found.setdefault((line.function, line.dtype, *figures), []).append(line.probe)
    return merged(found, lines)


def merged(found: dict[tuple[str, ...], list[str]], lines: Sequence[Line]) -> list[list[str]]:
    """The modes stand after function and format."""
    known = list(dict.fromkeys(line.probe for line in lines))
    return [[*key[:2], modes_text(probes, known), *key[2:]] for key, probes in found.items()]


def modes_text(probes: Sequence[str], known: Sequence[str]) -> str:
    """By framework; a star stands for all modes of one that has several."""
    told = []
    for _, group in groupby(probes, key=framework):
        own = list(group)
        everyone = [name for name in known if framework(name) == framework(own[0])]
        told += [f"{framework(own[0])}*"] if own == everyone and len(own) > 1 else own
    return ", ".join(told)


def worst_cells(line: Line) -> list[str]:
    """The largest error, where, and as a share of the bound."""
    share = f"{number_of(line.share)}{mark(line)}"
    return [number_of(line.ulps), place_text(line.ulps), share]


def mark(line: Line) -> str:
    return f"{' ✗' * line.beyond}{' †' * bool(line.known)}"


def number_of(worst: Worst | None) -> str:
    """0 where all is exact."""
    return number(worst.error) if worst else "0"


def place_text(worst: Worst | None) -> str:
    return f"{worst.z:.6g}" if worst else "–"


def lost_text(intervals: Sequence[Interval]) -> str:
    """The longest first; one number alone is a place near a root."""
    longest = sorted(intervals, key=lambda interval: -interval.lost)
    told = [interval_text(interval) for interval in longest[:TOLD]]
    more = len(intervals) - TOLD
    return ", ".join([*told, *([f"{more} more"] if more > 0 else [])])


def interval_text(interval: Interval) -> str:
    """From, to; and in how many of the numbers, if not in all."""
    low, high = (f"{end:.4g}" for end in (interval.low, interval.high))
    share = "" if interval.lost == interval.seen else f" ({100 * interval.lost // interval.seen} %)"
    return (f"near {low}" if low == high else f"[{low}, {high}]") + share


# ------------------------------------------------------------------ the last lines
def closing(atlas: Atlas, changes: Sequence[Change]) -> str:
    """What is beyond, and what is another convention now."""
    beyond = [line for line in atlas.lines if line.beyond]
    unknown = [line for line in beyond if not line.known]
    told = [f"{len(atlas.lines)} measured: {len(beyond)} beyond their bound or κ"]
    told[0] += f", {len(unknown)} of them not written down" if beyond else ""
    told += [f"  {told_of(line)}" for line in unknown]
    asked = sum(len(formats) for given in atlas.answers.values() for formats in given.values())
    kept = f"all {asked} conventions are as recorded"
    told.append(f"{len(changes)} of {asked} conventions have changed:" if changes else kept)
    return "\n".join([*told, *(f"  {change}" for change in changes)])


def told_of(line: Line) -> str:
    worst = line.share
    assert worst is not None  # it is beyond
    name = line.function if line.quantity == VALUE else f"{line.quantity} of {line.function}"
    digits = 17 if line.dtype == "float64" else 9
    values = f"{worst.given:.{digits}g}, not {worst.true:.{digits}g}"
    return f"{line.probe}, {line.dtype}: {name} at {worst.z:.9g} is {values}"

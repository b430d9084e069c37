"""The record as tables: the smallest fault that is caught, how near programs come, and why not."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.commands.power.slackness.binades import Binade
from crossgrad.comparisons.commands.power.slackness.functions import SMALLEST, Line
from crossgrad.comparisons.commands.power.slackness.reasons import REASONS
from crossgrad.comparisons.reports.columns import in_columns

#: How a line of sums is called; and what a cost shows in.
SUMS, BP1_OF_COST = "sums", {"cost": "C", "BP1": "∇C"}
#: What is told of some binades of a line.
Cell = Callable[[Line, list[Binade]], str]
#: Below this class there is nothing but what may be flushed.
NOTHING = -4
#: From which 2ᵏ on, in words; each to the next.
REGIONS = {"tiny": -2000, "2⁻⁶": -6, "½": -1, "4": 2, "32": 5, "256": 8, "2¹¹": 11}


def as_text(lines: Sequence[Line]) -> str:
    parts = [table for dtype in ALL_FORMATS for table in of_format(lines, dtype)]
    return "\n\n".join([*parts, reasons(lines)])


def of_format(lines: Sequence[Line], dtype: str) -> list[str]:
    own = [line for line in lines if line.dtype == dtype]
    sums = [line for line in own if line.function == SUMS]
    others = [line for line in own if line.function != SUMS]
    lengths = [e for _, e in sums[0].bound]
    headings = ["", *(f"{side}{name}" for side in "-+" for name in REGIONS)]
    of_length = ["", *(f"n={2**e}" for e in lengths)]

    def table(cell: Cell) -> str:
        return in_columns(headings, [[of(line), *cells(line, cell)] for line in others], left=1)

    def by_length(cell: Cell) -> str:
        rows = [[of(line), *(cell(line, [(1, e)]) for e in lengths)] for line in sums]
        return in_columns(of_length, rows, left=1)

    told = f"of the correct programs known, {dtype}"
    return [
        f"smallest relative fault caught, {dtype}, in u: the bound over the value, by |z| from …",
        table(fault),
        f"the same of sums of n terms, {dtype}",
        by_length(fault),
        f"largest residual {told}, by |z| from …",
        table(residual),
        f"largest residual {told}, of sums of n terms",
        by_length(residual),
    ]


def of(line: Line) -> str:
    return f"{line.function} {BP1_OF_COST.get(line.quantity, line.quantity)}"


def cells(line: Line, cell: Cell) -> list[str]:
    return [cell(line, members(line, sign, name)) for sign in (-1, 1) for name in REGIONS]


def members(line: Line, sign: int, region: str) -> list[Binade]:
    """The binades of a region that the format has."""
    starts = [*REGIONS.values(), 3000]
    first, last = REGIONS[region], starts[list(REGIONS).index(region) + 1]
    return [(s, e) for s, e in line.bound if s == sign and first <= e < last]


def fault(line: Line, binades: list[Binade]) -> str:
    """The largest bound in a region; · where it is the value itself, or more."""
    if not binades:
        return ""
    classes = [k for b in binades if isinstance(k := line.bound[b], int)]
    if not classes or max(classes) < NOTHING:
        return "0"
    size = max(classes) / 2  # a power of two
    return f"{2**size:.2g}" if size < -math.log2(ALL_FORMATS[line.dtype].u) else "·"


def residual(line: Line, binades: list[Binade]) -> str:
    """The largest, of everybody, as a power of two; · where it is less than is told apart."""
    if not binades:
        return ""
    found = [k for c in line.residuals.values() for b in binades if isinstance(k := c.get(b), int)]
    return f"2^-{min(found)}" if found and min(found) < SMALLEST else "·"


def reasons(lines: Iterable[Line]) -> str:
    """Each with its argument, and of how many binades it is one."""
    counts = Counter(k for line in lines for k in line.reasons.values())
    told = [f"{name}: {REASONS[name].why} ({counts[name]:,} binades)" for name in REASONS]
    return "\n".join(["why nobody comes within 1/50 of a bound, where nobody does", *told])

"""How the errors are distributed: in units of the bound, and in ulps."""

from collections.abc import Iterable, Sequence

from comparisons.histogram import RESIDUAL_EDGES, ULP_EDGES
from comparisons.page.exhibit import BOUND, Exhibit, Sheet, at_most, number, percent, within
from comparisons.page.groups import Spread
from comparisons.page.strips import Scale, Strip, strips_svg
from comparisons.page.summary import Summary
from comparisons.page.tally import LAST, MEDIAN, MOST, Tally
from comparisons.report.table import COLUMNS

OF_BOUND = Scale(RESIDUAL_EDGES, 2, "residual: error ÷ bound; 1 is the bound", bad=True)
IN_ULPS = Scale(ULP_EDGES, 4, "ulps; the last box is more", bad=False)
READING = (
    "One strip for each equation and backend or pair: the darker a box, the larger the share of "
    "the entries in it; the palest holds at least one. ● is the box of the median, ○ the one below "
    "whose end 99.9 % lie"
)
#: A strip's key and tally.
Lines = Sequence[tuple[Spread, Tally]]


# ------------------------------------------------------------------ in units of the bound
def residuals(summary: Summary) -> Exhibit:
    """How near the entries come to their bounds."""
    pictures = [
        strips_svg([Strip(k.check, k.name, t.residuals, t.largest) for k, t in lines], OF_BOUND,
                   f"bound-{dtype}", f"{dtype}, units of the bound", near(dtype, lines))
        for dtype, lines in by_format(summary)
    ]  # fmt: skip
    return Exhibit(
        "bound",
        "Residuals",
        "Errors in units of the bound",
        nearest(summary),
        f"{READING}; | is the largest.",
        pictures,
        residual_sheet(summary),
    )


def nearest(summary: Summary) -> list[str]:
    """Of all entries together."""
    whole = Tally.of(summary.spread.values())
    key, worst = max(summary.spread.items(), key=lambda item: (item[1].largest, item[0]))
    below = sum(whole.residuals[: RESIDUAL_EDGES.index(0.125) + 1]) / max(whole.entries, 1)
    half = within(whole.residual_below(MEDIAN), BOUND)
    most = f"half have a residual of {half}, {percent(below)} one of at most ⅛"
    return [
        f"Of {whole.entries:,} entries, {most}.",
        f"The largest is {number(worst.largest)}: {key.check} of {key.name} in {key.dtype}.",
    ]


def near(dtype: str, lines: Lines) -> str:
    """Each strip in words."""
    parts = (
        f"{key.check} {key.name}: median {at_most(tally.residual_below(MEDIAN), BOUND)}, "
        f"99.9 % {at_most(tally.residual_below(LAST), BOUND)}, largest {number(tally.largest)}"
        for key, tally in lines
    )
    return f"Residuals in {dtype}. {'; '.join(parts)}."


def residual_sheet(summary: Summary) -> Sheet:
    """A line a strip."""
    shares = {"median": MEDIAN, "90 %": MOST, "99.9 %": LAST}
    lines = [
        [key.check, key.name, dtype, f"{tally.entries:,}",
         *(at_most(tally.residual_below(share), BOUND) for share in shares.values()),
         number(tally.largest)]
        for dtype, own in by_format(summary)
        for key, tally in own
    ]  # fmt: skip
    return Sheet(["equation", "backend", "format", "entries", *shares, "largest"], lines, 3)


# ------------------------------------------------------------------ in ulps
def ulps(summary: Summary) -> Exhibit:
    """How far apart the numbers are."""
    pictures = [
        strips_svg([Strip(k.check, k.name, t.distances) for k, t in lines], IN_ULPS,
                   f"ulps-{dtype}", f"{dtype}, ulps", far(dtype, lines))
        for dtype, lines in by_format(summary)
    ]  # fmt: skip
    reading = (
        f"{READING}. Where a sum cancels, or a result is flushed to zero, what is little of its "
        "terms is many ulps of the result: the bound knows that, ulps do not."
    )
    return Exhibit(
        "ulps", "Ulps", "Errors in ulps", apart(summary), reading, pictures, ulps_sheet(summary)
    )


def apart(summary: Summary) -> list[str]:
    """Of backends, and of pairs."""
    kinds = {"Backends by themselves": False, "Pairs of backends": True}
    told = []
    for what, pair in kinds.items():
        tally = Tally.of(t for key, t in summary.spread.items() if key.pair == pair)
        if tally.entries:
            half, most = (within(tally.ulps_below(share)) for share in (MEDIAN, MOST))
            differ = f"half differ by {half} ulps, 90 % by {most}"
            told.append(
                f"{what}: of {tally.entries:,} entries, {equal(tally)} do not differ, {differ}."
            )
    return told


def far(dtype: str, lines: Lines) -> str:
    """Each strip in words."""
    parts = (
        f"{key.check} {key.name}: {equal(tally)} do not differ, median "
        f"{at_most(tally.ulps_below(MEDIAN))}, 99.9 % {at_most(tally.ulps_below(LAST))}"
        for key, tally in lines
    )
    return f"Ulps in {dtype}. {'; '.join(parts)}."


def equal(tally: Tally) -> str:
    """The share of entries that are off by nothing."""
    return percent(tally.distances[0] / max(tally.entries, 1))


def ulps_sheet(summary: Summary) -> Sheet:
    """A line a strip."""
    shares = {"median": MEDIAN, "90 %": MOST, "99.9 %": LAST}
    lines = [
        [key.check, key.name, dtype, f"{tally.entries:,}", equal(tally),
         *(at_most(tally.ulps_below(share)) for share in shares.values())]
        for dtype, own in by_format(summary)
        for key, tally in own
    ]  # fmt: skip
    return Sheet(["equation", "backend", "format", "entries", "no difference", *shares], lines, 3)


# ------------------------------------------------------------------ the strips
def by_format(summary: Summary) -> Iterable[tuple[str, Lines]]:
    """Those of each format: by equation, backends before pairs."""
    for dtype in summary.formats:
        own = [(key, tally) for key, tally in summary.spread.items() if key.dtype == dtype]
        yield dtype, sorted(own, key=lambda line: order(line[0]))


def order(key: Spread) -> tuple[int, bool, str]:
    """Equations in the order of the data."""
    return COLUMNS.index(key.check), key.pair, key.name

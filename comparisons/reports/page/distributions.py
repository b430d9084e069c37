"""How the errors are distributed: in units of the bound, and in ulps."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES
from crossgrad.comparisons.equations.walk import COMPARED
from crossgrad.comparisons.reports.numbers import percent, typeset
from crossgrad.comparisons.reports.page.exhibit import BOUND, Exhibit, Sheet, within
from crossgrad.comparisons.reports.page.groups import Spread
from crossgrad.comparisons.reports.page.measures import IN_BOUNDS, IN_ULPS, Measure, equal
from crossgrad.comparisons.reports.page.strips import Strip, strips_svg
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.page.tally import LAST, MEDIAN, MOST, SHARES, Tally

READING = (
    "One strip for each equation and backend or pair: the darker a box, the larger the share of "
    "the entries in it; the palest holds at least one. ● is the box of the median, ○ the one below "
    "whose end 99.9% lie"
)
#: A strip's key and tally; those of each format.
Lines = Sequence[tuple[Spread, Tally]]
Groups = dict[str, Lines]


# ------------------------------------------------------------------ the exhibits
def residuals(summary: Summary) -> Exhibit | None:
    """How near the entries come to their bounds."""
    reading = f"{READING}; | is the largest."
    return exhibit(summary, IN_BOUNDS, "Residuals", nearest, reading)


def ulps(summary: Summary) -> Exhibit | None:
    reading = (
        f"{READING}. Where a sum cancels, or a result is flushed to zero, what is little of its "
        "terms is many ulps of the result: the bound knows that, ulps do not."
    )
    return exhibit(summary, IN_ULPS, "Ulps", apart, reading)


def exhibit(
    summary: Summary,
    measure: Measure,
    short: str,
    finding: Callable[[Summary], list[str]],
    reading: str,
) -> Exhibit | None:
    """A picture a format; nothing, where no entry is counted."""
    groups = by_format(summary)
    if not groups:
        return None
    return Exhibit(
        measure.name,
        short,
        f"Errors in {measure.unit}",
        finding(summary),
        reading,
        [picture(measure, dtype, lines, summary.labels) for dtype, lines in groups.items()],
        sheet(measure, groups),
    )


def picture(measure: Measure, dtype: str, lines: Lines, labels: Mapping[str, str]) -> Markup:
    """A strip a line; what a residual of 1 is, an ulp is not: only of residuals the largest."""
    strips = [
        Strip(k.check, labels[k.name], measure.counts(t), t.largest if measure.scale.bad else None)
        for k, t in lines
    ]
    name, title = f"{measure.name}-{dtype}", f"{dtype}, {measure.unit}"
    return strips_svg(strips, measure.scale, name, title, in_words(measure, dtype, lines))


def in_words(measure: Measure, dtype: str, lines: Lines) -> str:
    """Each strip, for who cannot see it."""
    parts = (
        f"{key.check} {key.name}: median {measure.at_most(tally, MEDIAN)}, "
        f"99.9% {measure.at_most(tally, LAST)}, {measure.more} {measure.told(tally)}"
        for key, tally in lines
    )
    return f"Errors in {measure.unit}, {dtype}. {'; '.join(parts)}."


def sheet(measure: Measure, groups: Groups) -> Sheet:
    headings = ["equation", "backend", "format", "entries", *SHARES.values(), measure.more]
    lines = [
        [key.check, key.name, dtype, f"{tally.entries:,}",
         *(measure.at_most(tally, share) for share in SHARES), measure.told(tally)]
        for dtype, own in groups.items()
        for key, tally in own
    ]  # fmt: skip
    return Sheet(headings, lines, 3)


def by_format(summary: Summary) -> Groups:
    """The lines of each format with an entry: by equation, backends before pairs."""
    groups: Groups = {}
    for dtype in summary.formats:
        own = [(k, t) for k, t in summary.spread.items() if k.dtype == dtype and t.entries]
        if own:
            groups[dtype] = sorted(own, key=lambda line: order(line[0]))
    return groups


def order(key: Spread) -> tuple[int, bool, str]:
    """Equations in the order of the data."""
    return COMPARED.index(key.check), key.pair, key.name


# ------------------------------------------------------------------ what is found
def nearest(summary: Summary) -> list[str]:
    whole = Tally.of(summary.spread.values())
    key, worst = max(summary.spread.items(), key=lambda item: (item[1].largest, item[0]))
    below = sum(whole.residuals[: RESIDUAL_EDGES.index(0.125) + 1]) / whole.entries
    half = within(whole.residual_below(MEDIAN), BOUND)
    most = f"half have a residual of {half}, {percent(below)} one of at most ⅛"
    return [
        f"Of {whole.entries:,} entries, {most}.",
        f"The largest is {typeset(worst.largest)}: {key.check} of {key.name} in {key.dtype}.",
    ]


def apart(summary: Summary) -> list[str]:
    kinds = {"Backends by themselves": False, "Pairs of backends": True}
    told = []
    for what, pair in kinds.items():
        tally = Tally.of(t for key, t in summary.spread.items() if key.pair == pair)
        if tally.entries:
            half, most = (within(tally.ulps_below(share)) for share in (MEDIAN, MOST))
            differ = f"half differ by {half} ulps, 90% by {most}"
            told.append(
                f"{what}: of {tally.entries:,} entries, {equal(tally)} do not differ, {differ}."
            )
    return told

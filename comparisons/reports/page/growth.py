"""How errors grow with the depth, the width and the batch of a network."""

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES
from crossgrad.comparisons.reports.numbers import typeset
from crossgrad.comparisons.reports.page.curves import Curve, Panel, curves_svg
from crossgrad.comparisons.reports.page.drawing import MARKS, SERIES, STROKES
from crossgrad.comparisons.reports.page.exhibit import BOUND, Exhibit, Sheet, at_most, upper
from crossgrad.comparisons.reports.page.groups import AXES, span
from crossgrad.comparisons.reports.page.summary import Summary
from crossgrad.comparisons.reports.page.tally import MEDIAN, MOST, SHARES, Tally

NAMES = {"depth": "layers", "width": "widest layer", "batch": "samples in the batch"}
#: Whether rows are judged where they happen.
KINDS = {True: "at the equation", False: "end to end"}
#: Tallies by size.
Sizes = dict[int, Tally]


# ------------------------------------------------------------------ in units of the bound
def residuals(summary: Summary) -> Exhibit | None:
    """Of the equations, each where it happens; nothing, where none was judged."""
    found = {axis: sizes(summary, axis, local=True) for axis in AXES}
    if not any(found.values()):
        return None
    pictures = [
        curves_svg([residual_panel(axis, tallies)], f"growth-bound-{axis}", f"by {axis}",
                   flat(axis, tallies))
        for axis, tallies in found.items()
    ]  # fmt: skip
    return Exhibit(
        "growth-bound",
        "Growth of residuals",
        "Growth of the equations' errors, in units of the bound",
        [flat(axis, tallies) for axis, tallies in found.items()],
        "Each equation is judged where it happens, from the backend's own numbers: no error of "
        "an earlier layer is in it. The largest of many is larger than the largest of few: the "
        "numbers say how many entries there are of each size.",
        pictures,
        residual_sheet(found),
    )


def residual_panel(axis: str, tallies: Sizes) -> Panel:
    curves = [
        Curve({n: t.residual_below(share) for n, t in tallies.items()}, label, SERIES[0],
              STROKES[i], MARKS[i])
        for i, (share, label) in enumerate(SHARES.items())
    ]  # fmt: skip
    largest = {n: t.largest for n, t in tallies.items()}
    curves.append(Curve(largest, "largest", SERIES[1], "", "_"))
    ticks = [span(axis, n) for n in tallies]
    return Panel(
        "residuals; the line is the bound", curves, ticks, NAMES[axis], RESIDUAL_EDGES, bound=True
    )


def flat(axis: str, tallies: Sizes) -> str:
    """What becomes of the residuals from size to size."""
    medians = ", ".join(upper(tally.residual_below(MEDIAN), BOUND) for tally in tallies.values())
    largest = ", ".join(typeset(tally.largest, 2) for tally in tallies.values())
    return f"{ends(axis, tallies)}: medians of at most {medians}; the largest is {largest}."


def ends(axis: str, tallies: Sizes) -> str:
    first, *_, last = [*tallies, *tallies]
    told = " to ".join(dict.fromkeys(span(axis, n) for n in (first, last)))
    return f"{NAMES[axis].capitalize()}, {told}"


def residual_sheet(found: dict[str, Sizes]) -> Sheet:
    lines = [
        [axis, span(axis, n), f"{t.entries:,}",
         *(at_most(t.residual_below(share), BOUND) for share in SHARES), typeset(t.largest)]
        for axis, tallies in found.items()
        for n, t in tallies.items()
    ]  # fmt: skip
    return Sheet(["by", "size", "entries", *SHARES.values(), "largest"], lines, 2)


# ------------------------------------------------------------------ in ulps
def ulps(summary: Summary) -> Exhibit | None:
    """Of the equations, and of final gradients, which have all errors on the way in them."""
    if not Tally.of(summary.growth.values()).entries:
        return None
    pictures = [
        curves_svg([ulps_panel(summary, axis, dtype) for dtype in summary.formats],
                   f"growth-ulps-{axis}", f"by {axis}", grown(summary, axis))
        for axis in AXES
    ]  # fmt: skip
    return Exhibit(
        "growth-ulps",
        "Growth of ulps",
        "Growth in ulps: equations and final gradients",
        [grown(summary, axis) for axis in AXES],
        "An equation by itself knows nothing of the layers before it; final gradients, of one "
        "backend against another's, have all errors on the way in them. In the last thousandth, "
        "which is among the numbers only, sums cancel or results are flushed to zero, and ulps say "
        "little.",
        pictures,
        ulps_sheet(summary),
    )


def ulps_panel(summary: Summary, axis: str, dtype: str) -> Panel:
    """Half and nine tenths of the entries, of either kind."""
    both = {local: sizes(summary, axis, local=local, dtype=dtype) for local in KINDS}
    every = sorted({n for tallies in both.values() for n in tallies})
    curves = [
        Curve({n: t.ulps_below(share) for n, t in both[local].items()}, f"{kind}, {SHARES[share]}",
              SERIES[i], STROKES[j], MARKS[2 * i + j])
        for i, (local, kind) in enumerate(KINDS.items())
        for j, share in enumerate((MEDIAN, MOST))
        if both[local]
    ]  # fmt: skip
    ticks = [span(axis, n) for n in every]
    return Panel(f"{dtype}, ulps", curves, ticks, NAMES[axis], ULP_EDGES, bound=False)


def grown(summary: Summary, axis: str) -> str:
    """What becomes of nine tenths of the entries from size to size."""
    both = {kind: sizes(summary, axis, local=local) for local, kind in KINDS.items()}
    every = {n: Tally() for n in sorted({n for tallies in both.values() for n in tallies})}
    told = "; ".join(
        f"{', '.join(upper(tally.ulps_below(MOST)) for tally in tallies.values())} {kind}"
        for kind, tallies in both.items()
        if tallies
    )
    return f"{ends(axis, every)}: 90% of the entries are off by at most so many ulps: {told}."


def ulps_sheet(summary: Summary) -> Sheet:
    """A line a size, format and kind."""
    lines = [
        [axis, span(axis, n), dtype, kind, f"{t.entries:,}",
         *(at_most(t.ulps_below(share)) for share in SHARES)]
        for axis in AXES
        for dtype in summary.formats
        for local, kind in KINDS.items()
        for n, t in sizes(summary, axis, local=local, dtype=dtype).items()
    ]  # fmt: skip
    return Sheet(["by", "size", "format", "judged", "entries", *SHARES.values()], lines, 4)


# ------------------------------------------------------------------ what is put together
def sizes(summary: Summary, axis: str, *, local: bool, dtype: str = "") -> Sizes:
    """The tally of each size that occurs, in one format or in all."""
    found: dict[int, list[Tally]] = {}
    for key, tally in summary.growth.items():
        if (key.axis, key.local) == (axis, local) and dtype in ("", key.dtype) and tally.entries:
            found.setdefault(key.size, []).append(tally)
    return {n: Tally.of(found[n]) for n in sorted(found)}

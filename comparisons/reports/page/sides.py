"""Pictures with a line for each function and two sides: dots of backends, or bars of shares."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from crossgrad.comparisons.reports.drawing import bare, ruled
from crossgrad.comparisons.reports.numbers import power
from crossgrad.comparisons.reports.page.drawing import (
    BAD,
    LINE,
    MARKS,
    MUTED,
    SERIES,
    WIDTH,
    as_svg,
    axes_at,
    canvas,
    draw_legend,
    draw_title,
)

#: Ends of the shades, in ulps; the last shade has no end.
SHADES = (0.0, 0.5, 1.0, 2.0, 16.0)
OPACITIES = (0.12, 0.28, 0.46, 0.64, 0.82, 1.0)
#: Inches.
HIGH, LEFT, RIGHT, BOTTOM, BETWEEN, ROW = 0.185, 0.84, 0.1, 0.32, 0.14, 0.15
#: Where a residual above 1 is drawn.
BEYOND = 1.06
#: So many names stand beside each other in a legend.
MOST_BESIDE = 3


class Side(NamedTuple):
    """One pair of axes: its title, and for each line what is drawn there."""

    title: str
    lines: Sequence[Any]


def dots_svg(
    names: Sequence[str], sides: Sequence[Side], backends: Mapping[str, str],
    name: str, title: str, description: str,
) -> Markup:  # fmt: skip
    """Each side's lines map backends, which have labels, to residuals; within ``settings``."""
    looks = {b: look(i) for i, b in enumerate(backends)}
    handles = [Line2D([], [], label=label, **looks[b]) for b, label in backends.items()]
    figure, panels = framed(names, sides, title, handles)
    for axes, side in zip(panels, sides, strict=True):
        ruled(axes, LINE, 0.5, "y")
        axes.axvline(1, color=BAD, linewidth=0.9)
        for backend in backends:
            dots = [(y, line[backend]) for y, line in enumerate(side.lines) if backend in line]
            draw_dots(axes, dots, looks[backend])
        axes.set_xlim(-0.03, 1.1)
        axes.set_xticks((0, 0.5, 1), ("0", "½", "1"))
    return as_svg(figure, name, title, description)


def look(i: int) -> dict[str, Any]:
    """Of the i-th backend: a mark and a colour; hollow, so that one is seen behind another."""
    mark, colour = MARKS[i % len(MARKS)], SERIES[i % len(SERIES)]
    inside = {"markerfacecolor": "none", "markeredgewidth": 1.1, "markersize": 4.6}
    return {"marker": mark, "color": colour, "linestyle": ""} | inside


def draw_dots(axes: Axes, dots: Sequence[tuple[int, float]], looks: dict[str, Any]) -> None:
    """Of one backend; filled, and behind the bound, where it is exceeded."""
    within = [(residual, y) for y, residual in dots if residual <= 1]
    beyond = [(BEYOND, y) for y, residual in dots if not residual <= 1]
    for places, inside in ((within, {}), (beyond, {"markerfacecolor": BAD})):
        if places:
            axes.plot(*zip(*places, strict=True), clip_on=False, **looks | inside)


def bars_svg(
    names: Sequence[str], sides: Sequence[Side], name: str, title: str, description: str
) -> Markup:
    """Each side's lines are shares that add up to 1. To be called within ``settings``."""
    ends = ["0", *(f"≤ {power(edge)}" for edge in SHADES[1:]), f"> {power(SHADES[-1])}"]
    handles = [
        Patch(facecolor=SERIES[0], alpha=opacity, label=end)
        for opacity, end in zip(OPACITIES, ends, strict=True)
    ]
    figure, panels = framed(names, sides, title, handles)
    for axes, side in zip(panels, sides, strict=True):
        starts = [0.0] * len(names)
        for shares, opacity in zip(zip(*side.lines, strict=True), OPACITIES, strict=True):
            axes.barh(range(len(names)), shares, 0.72, starts, color=SERIES[0], alpha=opacity)
            starts = [start + share for start, share in zip(starts, shares, strict=True)]
        axes.set_xlim(0, 1)
        axes.set_xticks((0, 0.5, 1), ("0", "50%", "100%"))
        labels = axes.get_xticklabels()
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")
    return as_svg(figure, name, title, description)


# ------------------------------------------------------------------ the frame
def framed(
    names: Sequence[str], sides: Sequence[Side], title: str, handles: Sequence[Any]
) -> tuple[Figure, list[Axes]]:
    """Empty axes beside each other, with names of lines at the left and a legend above."""
    columns = min(len(handles), MOST_BESIDE)
    top = 0.48 + ROW * -(-len(handles) // columns)
    figure = canvas(top + HIGH * len(names) + BOTTOM)
    wide = (WIDTH - LEFT - RIGHT - BETWEEN * (len(sides) - 1)) / len(sides)
    panels = []
    for i, side in enumerate(sides):
        at = LEFT + i * (wide + BETWEEN)
        axes = axes_at(figure, at, BOTTOM, wide, HIGH * len(names))
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), map(shortened, names) if i == 0 else [""] * len(names))
        axes.set_title(side.title, loc="left", color=MUTED, size=8, pad=5)
        bare(axes)
        panels.append(axes)
    draw_title(figure, title)
    draw_legend(figure, handles, columns)
    return figure, panels


def shortened(name: str) -> str:
    """As wide as there is room for."""
    return name.replace("cross_entropy", "CE").replace("_", " ")

"""Curves over sizes, whose values are edges of bins or lie between them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from crossgrad.comparisons.reports.drawing import bare, ruled
from crossgrad.comparisons.reports.numbers import power
from crossgrad.comparisons.reports.page.drawing import (
    BAD,
    LINE,
    MUTED,
    WIDTH,
    as_svg,
    axes_at,
    canvas,
    draw_legend,
    draw_title,
)

#: Inches.
HIGH, LEFT, RIGHT, BOTTOM, GAP, ROW = 1.35, 0.46, 0.12, 0.42, 0.42, 0.145
#: Of more heights, fewer are labelled.
MOST_LABELS = 12
#: So many names stand beside each other in a legend.
BESIDE = 2


class Curve(NamedTuple):
    """Size → value, what it is called, and how it is drawn."""

    points: dict[int, float]
    label: str
    colour: str
    stroke: Any
    mark: str


class Panel(NamedTuple):
    """One pair of axes; ``bound``: whether the last edge is one, and not where counting ends."""

    title: str
    curves: Sequence[Curve]
    ticks: Sequence[str]
    label: str
    edges: Sequence[float]
    bound: bool


def curves_svg(panels: Sequence[Panel], name: str, title: str, description: str) -> Markup:
    """Axes one above the other, with one legend. To be called within ``settings``."""
    curves = max((panel.curves for panel in panels), key=len)
    top = 0.5 + ROW * -(-len(curves) // BESIDE)
    figure = canvas(top + BOTTOM + len(panels) * (HIGH + GAP) - GAP)
    for i, panel in enumerate(reversed(panels)):
        at = BOTTOM + i * (HIGH + GAP)
        draw_panel(axes_at(figure, LEFT, at, WIDTH - LEFT - RIGHT, HIGH), panel, last=i == 0)
    draw_title(figure, title)
    draw_legend(
        figure, [Line2D([], [], label=curve.label, **style(curve)) for curve in curves], BESIDE
    )
    return as_svg(figure, name, title, description)


def draw_panel(axes: Axes, panel: Panel, *, last: bool) -> None:
    """The lowest tells what the sizes are of."""
    every = sorted({n for curve in panel.curves for n in curve.points})
    for curve in panel.curves:
        xs = [every.index(n) for n in curve.points]
        ys = [height_of(value, panel.edges) for value in curve.points.values()]
        axes.plot(xs, ys, clip_on=False, **style(curve))
    axes.set_xticks(range(len(every)), panel.ticks)
    axes.set_xlim(-0.3, len(every) - 0.7)
    if last:
        axes.set_xlabel(panel.label)
    draw_heights(axes, panel)
    axes.set_title(panel.title, loc="left", color=MUTED, size=8, pad=5)
    bare(axes)


def style(curve: Curve) -> dict[str, Any]:
    """Of a curve and of its name in the legend."""
    told = {"color": curve.colour, "linestyle": curve.stroke, "marker": curve.mark}
    size = {"markersize": 9.0, "markeredgewidth": 1.6} if curve.mark == "_" else {"markersize": 3.8}
    return told | size | {"linewidth": 1.3}


def draw_heights(axes: Axes, panel: Panel) -> None:
    """The edges of bins, as far up as there is a value; beyond the last one is more."""
    edges, last = panel.edges, len(panel.edges) - 1
    values = [value for curve in panel.curves for value in curve.points.values()]
    highest = last if panel.bound else int(height_of(max(values, default=0.0), edges)) + 1
    step = 2 if highest <= MOST_LABELS or panel.bound else 4
    heights = [k for k in range(last, 0, -step) if k <= highest]
    labels = [power(edges[k]) for k in heights]
    if highest > last:
        heights, labels = [last + 1, *heights[1:]], ["more", *labels[1:]]
    axes.set_yticks([*heights, 0], [*labels, "0"])
    above = 1.3 if panel.bound and not max(values, default=0.0) <= 1 else 0.4
    axes.set_ylim(-0.4, highest + above)
    ruled(axes, LINE, 0.5, "y")
    if panel.bound:
        axes.axhline(last, color=BAD, linewidth=0.9)


def height_of(value: float, edges: Sequence[float]) -> float:
    """The place of a value among the edges, as a logarithm between them."""
    k = int(np.searchsorted(edges, value))
    if k in (0, 1, len(edges)):  # 0 and ∞ have no logarithm
        return float(k)
    low, high = np.log2(edges[k - 1]), np.log2(edges[k])
    return k - 1 + float((np.log2(value) - low) / (high - low))

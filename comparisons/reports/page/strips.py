"""A strip for each equation and backend: the darker a box, the more of the entries are in it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba

from crossgrad.comparisons.arithmetic.histogram import Counts, quantile
from crossgrad.comparisons.reports.drawing import bare
from crossgrad.comparisons.reports.numbers import power
from crossgrad.comparisons.reports.page.drawing import (
    BAD,
    INK,
    LINE,
    MUTED,
    PAPER,
    SERIES,
    WIDTH,
    as_svg,
    axes_at,
    canvas,
    draw_title,
)
from crossgrad.comparisons.reports.page.tally import LAST, MEDIAN

#: Inches: a strip, and what stands left, above and below of them.
HIGH, LEFT, TOP, BOTTOM = 0.155, 1.34, 0.3, 0.52
#: Nothing that is there is invisible.
PALEST = 0.1


class Strip(NamedTuple):
    """An equation of a backend, and its label; ``largest``: where to draw it, if it is known."""

    check: str
    name: str
    counts: Counts
    largest: float | None = None


class Scale(NamedTuple):
    """The edges of the bins, which of them are labelled, the axis' name; whether beyond is bad."""

    edges: Sequence[float]
    every: int
    label: str
    bad: bool


def strips_svg(
    strips: Sequence[Strip], scale: Scale, name: str, title: str, description: str
) -> Markup:
    """One picture; the strips of an equation stand together. To be called within ``settings``."""
    height = TOP + BOTTOM + HIGH * len(strips)
    figure = canvas(height)
    axes = axes_at(figure, LEFT, BOTTOM, WIDTH - LEFT - 0.12, HIGH * len(strips))
    draw_boxes(axes, strips, scale)
    draw_marks(axes, strips, scale)
    draw_names(axes, strips)
    draw_scale(axes, scale, len(strips))
    draw_title(figure, title)
    return as_svg(figure, name, title, description)


def draw_boxes(axes: Axes, strips: Sequence[Strip], scale: Scale) -> None:
    boxes, colours = [], []
    for y, strip in enumerate(strips):
        total = sum(strip.counts)
        for x, count in enumerate(strip.counts):
            if count:
                bad = scale.bad and x == len(scale.edges)
                shade = 1 if bad else PALEST + (1 - PALEST) * (count / total) ** 0.5
                boxes.append([(x, y + 0.06), (x + 1, y + 0.06), (x + 1, y + 0.94), (x, y + 0.94)])
                colours.append(to_rgba(BAD if bad else SERIES[0], round(shade, 2)))
    axes.add_collection(PolyCollection(boxes, facecolors=colours, linewidths=0), autolim=False)


def draw_marks(axes: Axes, strips: Sequence[Strip], scale: Scale) -> None:
    """The boxes of the median and of the last thousandth, and where the largest is."""
    seen = [(y, strip) for y, strip in enumerate(strips) if any(strip.counts)]
    middles = [y + 0.5 for y, _ in seen]
    for share, fill in ((MEDIAN, INK), (LAST, PAPER)):
        places = [box_of(share, strip, scale) for _, strip in seen]
        axes.plot(places, middles, "o", color=fill, markersize=3.4, **OUTLINE)
    bars = []
    for y, strip in seen:
        if strip.largest:
            x = furthest(strip, scale)
            bars.append([(x, y + 0.1), (x, y + 0.9)])
    axes.add_collection(LineCollection(bars, colors=INK, linewidths=1.4), autolim=False)


def box_of(share: float, strip: Strip, scale: Scale) -> float:
    """The middle of the box in which so large a share ends; nothing is further than the largest."""
    edge = quantile(strip.counts, scale.edges, share)
    return min(float(np.searchsorted(scale.edges, edge)) + 0.5, furthest(strip, scale))


def furthest(strip: Strip, scale: Scale) -> float:
    """Where the largest is, if it is known; what is beyond the last edge stands in the last box."""
    end = len(scale.edges) + 0.9
    return min(place(strip.largest, scale.edges), end) if strip.largest else end


OUTLINE: dict[str, Any] = {"markeredgecolor": INK, "markeredgewidth": 0.7}


def place(value: float, edges: Sequence[float]) -> float:
    bin_ = int(np.searchsorted(edges, value))
    if bin_ in (0, 1, len(edges)):  # bins without a logarithm
        return bin_ + 0.5
    low, high = np.log2(edges[bin_ - 1]), np.log2(edges[bin_])
    return bin_ + float((np.log2(value) - low) / (high - low))


def draw_names(axes: Axes, strips: Sequence[Strip]) -> None:
    """Of backends beside their strips; of an equation once, with a hair line above."""
    for y, strip in enumerate(strips):
        axes.text(-0.35, y + 0.5, strip.name, ha="right", va="center", color=MUTED, size=7.5)
        if y == 0 or strips[y - 1].check != strip.check:
            left = -LEFT / (WIDTH - LEFT - 0.12)
            axes.text(
                left + 0.02,
                y + 0.5,
                strip.check,
                va="center",
                color=INK,
                transform=axes.get_yaxis_transform(),
                weight="bold",
                size=8,
            )
            axes.plot([left, 1], [y, y], color=LINE, linewidth=0.7, clip_on=False,
                      transform=axes.get_yaxis_transform())  # fmt: skip


def draw_scale(axes: Axes, scale: Scale, count: int) -> None:
    """Edges below; what is exactly 0 and what is beyond are told by words."""
    edges = scale.edges
    axes.set_xlim(0, len(edges) + 1)
    axes.set_ylim(count, 0)
    labelled = range(len(edges) - 1, 0, -scale.every)
    axes.set_xticks([0.5, *(k + 1 for k in labelled)], ["0", *(power(edges[k]) for k in labelled)])
    axes.set_yticks([])
    axes.set_xlabel(scale.label)
    bare(axes, "bottom")
    axes.axvline(1, color=PAPER, linewidth=1.2)
    axes.axvline(len(edges), color=INK if scale.bad else PAPER, linewidth=0.8)

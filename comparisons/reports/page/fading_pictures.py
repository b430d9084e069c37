"""The pictures of vanishing gradients: factors as dots, |δ| by layer as curves."""

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.reports.drawing import bare, ruled
from crossgrad.comparisons.reports.page.drawing import (
    INK,
    LINE,
    MUTED,
    SERIES,
    STROKES,
    WIDTH,
    as_svg,
    axes_at,
    canvas,
    draw_legend,
    draw_title,
)
from crossgrad.comparisons.reports.page.vanishing import DEPTH, Fading

#: Family → its activations; each has its colour and its stroke.
FAMILIES = {
    "identity": ("identity",),
    "saturating": ("sigmoid", "tanh", "softsign", "hardtanh"),
    "rectifiers": ("relu", "leaky_relu", "elu"),
    "smooth": ("softplus", "silu", "gelu", "gelu_tanh", "log_sigmoid", "mish"),
}
LOOKS: dict[str, dict[str, Any]] = {
    name: {"color": colour, "linestyle": stroke, "linewidth": 1.2}
    for family, colour, stroke in zip(
        FAMILIES, (INK, SERIES[1], SERIES[0], SERIES[2]), STROKES, strict=True
    )
    for name in FAMILIES[family]
}
#: Inches: a line, the curves, what stands around them.
LINE_HIGH, HIGH, LEFT, RIGHT, TOP, BOTTOM, NAMES = 0.19, 2.66, 0.46, 0.84, 0.6, 0.44, 0.84
#: Names stand so far apart, as a part of the height.
APART = 0.05
ROUNDS = 200
DOT: dict[str, Any] = {"marker": "o", "markersize": 4.6, "linestyle": ""}
HOLLOW: dict[str, Any] = {"markerfacecolor": "none"}


def factors_svg(with_bias: Sequence[Fading], without: Sequence[Fading], description: str) -> Markup:
    """A line an activation, the fastest last. To be called within ``settings``."""
    pairs = sorted(zip(with_bias, without, strict=True), key=lambda pair: -pair[0].factor)
    figure = canvas(TOP + LINE_HIGH * len(pairs) + BOTTOM)
    axes = axes_at(figure, NAMES, BOTTOM, WIDTH - NAMES - 0.12, LINE_HIGH * len(pairs))
    for y, (one, other) in enumerate(pairs):
        colour = LOOKS[one.activation]["color"]
        axes.plot([one.factor, other.factor], [y, y], color=colour, linewidth=1.1)
        axes.plot(one.factor, y, color=colour, **DOT)
        axes.plot(other.factor, y, color=colour, **DOT | HOLLOW)
    axes.set_yticks(range(len(pairs)), [shown(one.activation) for one, _ in pairs])
    axes.set_ylim(len(pairs) - 0.5, -0.5)
    axes.set_xlim(0, None)
    axes.set_xlabel("factor by which a layer multiplies |δ|")
    ruled(axes, LINE, 0.5, "y")
    bare(axes)
    title = "what a layer does to |δ|"
    draw_title(figure, title)
    labels = ("with bias", DOT), ("without", DOT | HOLLOW)
    draw_legend(figure, [Line2D([], [], color=INK, label=l, **look) for l, look in labels])
    return as_svg(figure, "vanishing-factors", title, description)


def shown(name: str) -> str:
    return name.replace("_", " ")


def curves_svg(curves: Sequence[Fading], title: str, name: str, description: str) -> Markup:
    """From the last layer, where the ratio is 1, back to the first."""
    figure = canvas(TOP + HIGH + BOTTOM)
    axes = axes_at(figure, LEFT, BOTTOM, WIDTH - LEFT - RIGHT, HIGH)
    for curve in curves:
        axes.plot(range(1, DEPTH + 1), curve.ratios, **LOOKS[curve.activation])
    axes.set_yscale("log")
    lowest = math.floor(math.log10(min(min(curve.ratios) for curve in curves)))
    exponents = range(0, lowest - 1, -2)
    labels = [f"10{superscript(e)}" if e else "1" for e in exponents]
    axes.set_yticks([10.0**e for e in exponents], labels)
    axes.minorticks_off()
    axes.set_ylim(10.0 ** (lowest - 0.3), 2)
    axes.set_xlim(DEPTH + 0.2, 0.8)
    axes.set_xticks([*range(DEPTH, 0, -1)])
    axes.set_xlabel("layer, from the last back to the first")
    ruled(axes, LINE, 0.5, "y")
    axes.set_title("|δ| of a layer ÷ |δ| of the last", loc="left", color=MUTED, size=8, pad=5)
    bare(axes)
    draw_names(axes, curves)
    draw_title(figure, title)
    return as_svg(figure, name, f"|δ| by layer, {title}", description)


def draw_names(axes: Axes, curves: Sequence[Fading]) -> None:
    """At the end of each curve, apart from each other, joined to it by a hair line."""
    within = axes.transData + axes.transAxes.inverted()
    ends = sorted((*within.transform((1, c.ratios[0])), c.activation) for c in curves)
    ends.sort(key=lambda end: end[1])
    places = apart([y for _, y, _ in ends])
    for (x, y, name), at in zip(ends, places, strict=True):
        axes.plot([x + 0.01, x + 0.06], [y, at], color=MUTED, linewidth=0.5, clip_on=False,
                  transform=axes.transAxes)  # fmt: skip
        axes.text(x + 0.075, at, shown(name), va="center", size=7.5, transform=axes.transAxes)


def apart(heights: Sequence[float]) -> list[float]:
    """Sorted heights, moved as little as lets each name be read."""
    places = [*heights]
    for _ in range(ROUNDS):
        for i in range(1, len(places)):
            lack = APART - (places[i] - places[i - 1])
            if lack > 0:
                places[i - 1] -= lack / 2
                places[i] += lack / 2
    return places

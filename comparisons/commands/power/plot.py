"""The power of the suite as a picture: how much is caught, and how small a fault may be."""

import math
from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossgrad.comparisons.commands.power.report import Power
from crossgrad.comparisons.commands.power.thresholds import FORMATS
from crossgrad.comparisons.equations.faults.sizes import MODES
from crossgrad.comparisons.reports.drawing import GREY, PALETTE, bare, ruled, settings, svg_of

#: A colour for each format, a shape for each mode.
COLOURS = dict(zip(FORMATS, PALETTE, strict=False))
SHAPES = dict(zip(MODES, ("o", "s", "^", "v"), strict=True))
#: Text as outlines: no name in it is a user's, and matplotlib sets powers of ten.
SETTINGS: dict[Any, Any] = {"svg.fonttype": "path", "text.parse_math": True}


def as_svg(power: Power) -> str:
    """Three panels that share their lines: one checker each."""
    with settings(SETTINGS):
        figure = Figure(figsize=(12, 0.36 * len(power.names) + 1.9), layout="constrained")
        caught, refused, sizes = figure.subplots(1, 3, sharey=True, width_ratios=(4, 3, 7))
        draw_shares(caught, power, "planted faults caught, %", caught_share)
        draw_shares(refused, power, "correct programs refused, %", refused_share)
        draw_sizes(sizes, power)
        caught.set_yticks(range(len(power.names)), power.names)
        caught.invert_yaxis()
        return svg_of(figure)


def caught_share(power: Power, name: str, dtype: str) -> float:
    """Of the faults that can be seen."""
    return power.score(name, dtype).share


def refused_share(power: Power, name: str, dtype: str) -> float:
    """Of the correct programs, in ordinary draws."""
    return power.alarms(name, dtype, ordinary=True).share


def draw_shares(
    axes: Axes, power: Power, label: str, share_of: Callable[[Power, str, str], float]
) -> None:
    """A bar for each format that the checker knows; 100 only where it is all."""
    for line, name in enumerate(power.names):
        for dtype, shift in zip(FORMATS[:2], (-0.2, 0.2), strict=True):
            share = 100 * share_of(power, name, dtype)
            if math.isfinite(share):
                axes.barh(line + shift, share, 0.36, color=COLOURS[dtype])
                axes.text(share + 1.5, line + shift, f"{int(share)}", va="center", fontsize=7)
    axes.set_xlim(0, 112)
    axes.set_xticks((0, 50, 100))
    axes.set_xlabel(label)
    framed(axes)


def draw_sizes(axes: Axes, power: Power) -> None:
    """Marks: the smallest relative fault in one number."""
    for (name, dtype, mode), fault in power.smallest.items():
        if math.isfinite(fault):
            line = power.names.index(name) + 0.2 * (FORMATS.index(dtype) - 1)
            axes.plot(fault, line, SHAPES[mode], color=COLOURS[dtype], markersize=4.5, alpha=0.85)
    axes.set_xscale("log")
    axes.set_xlim(5e-17, 2e1)
    axes.set_xlabel("smallest relative fault caught in one number (median; left is better)")
    for dtype in FORMATS:
        axes.plot([], [], "-", color=COLOURS[dtype], linewidth=5, label=dtype)
    for mode in MODES:
        axes.plot([], [], SHAPES[mode], color=GREY, label=mode)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=4, frameon=False, fontsize=8)
    ruled(axes, "#dddddd", 0.8, "x")
    framed(axes)


def framed(axes: Axes) -> None:
    bare(axes, "bottom")
    axes.tick_params(axis="y", length=0)

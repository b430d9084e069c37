"""The atlas as a picture: a row a function, for each format a panel of σ and one of σ′.

Each shows the error in ulps over z, the largest in each quarter of an octave. Of modes of a
framework that do the same the first is drawn. Above the grey line an error is beyond its bound.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.commands.atlas.functions import VALUE
from crossgrad.comparisons.commands.atlas.probes import PROBES, framework
from crossgrad.comparisons.commands.atlas.refinement import Line, Profile
from crossgrad.comparisons.commands.atlas.search import middles
from crossgrad.comparisons.commands.atlas.survey import Atlas
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.reports.drawing import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    bare,
    described,
    label_powers,
    ruled,
    settings,
)

#: Frameworks apart by colour; modes of one by shade and dash.
STYLES: dict[str, dict[str, Any]] = {
    "numpy": {"color": GREEN},
    "torch": {"color": BLUE},
    "torch.forward": {"color": BLUE, "dashes": (3, 2)},
    "torch.compile": {"color": SKY, "dashes": (1, 1)},
    "jax": {"color": VERMILION},
    "jax.eager": {"color": ORANGE, "dashes": (3, 2)},
    "jax.forward": {"color": PINK, "dashes": (1, 1)},
}
#: |z| shown; linear below the first.
NEAR, FAR = 0.05, 2e3
LOWEST = 0.3
#: Ulps of the upper edge, above all that can be told apart.
HIGHEST = {"float64": 3e17, "float32": 3e8, "float16": 3e4, "bfloat16": 3e3}
WIDE, HIGH = 2.4, 1.05


def as_svg(atlas: Atlas) -> str:
    """The picture, with a title and a description for who cannot see it."""
    lines = shown(atlas.lines)
    rows = list(dict.fromkeys(line.function for line in lines))
    columns = list(dict.fromkeys((line.dtype, line.quantity) for line in lines))
    with settings({"font.size": 7}):
        figure = Figure((WIDE * len(columns) + 0.9, HIGH * len(rows) + 0.9), layout="constrained")
        panels = figure.subplots(len(rows), len(columns), sharex=True, squeeze=False)
        for (function, dtype, quantity), group in groupby(sorted(lines, key=place), key=place):
            axes = panels[rows.index(function), columns.index((dtype, quantity))]
            draw_panel(axes, [*group])
        for axes, (dtype, quantity) in zip(panels[0], columns, strict=True):
            axes.set_title(f"{quantity}, {dtype}", fontsize=8, color=GREY)
        for axes, function in zip(panels[:, 0], rows, strict=True):
            axes.set_ylabel(function, fontsize=8)
        for axes in panels[-1]:
            axes.set_xlabel("z")
        figure.legend(handles=legend(atlas), loc="outside upper center", ncols=9, frameon=False)
        return compact(described(figure, "crossgrad atlas", TITLE, description(lines)))


def compact(svg: str) -> str:
    """A tenth of a point is enough: half the file."""

    def rounded(path: re.Match[str]) -> str:
        return re.sub(r"\d+\.\d+", lambda n: f"{float(n[0]):.1f}", path[0])

    return re.sub(r' d="[^"]*"', rounded, svg)


def shown(lines: Sequence[Line]) -> list[Line]:
    """Of activations that do not only choose; what belongs to a panel stands together."""
    computed = [
        line for line in lines if line.quantity != VALUE and not ELEMENTWISE[line.function].selects
    ]
    return sorted(computed, key=lambda line: [line.dtype == d for d in ALL_FORMATS], reverse=True)


TITLE = "Errors of σ and σ′ in ulps over z, by framework"


def place(line: Line) -> tuple[str, str, str]:
    return line.function, line.dtype, line.quantity


# ------------------------------------------------------------------ one panel
def draw_panel(axes: Axes, lines: Sequence[Line]) -> None:
    """All modes of one quantity in one format."""
    top = HIGHEST[lines[0].dtype]
    axes.set_xscale("symlog", linthresh=NEAR, linscale=0.4)
    axes.set_yscale("log")
    axes.set_xlim(-FAR, FAR)
    axes.set_ylim(LOWEST, top)
    draw_profile(axes, lines[0].bound, top, color=GREY, linewidth=2.4, alpha=0.45)
    drawn: set[tuple[str, Profile]] = set()
    for line in lines:
        if (own := (framework(line.probe), line.profile)) not in drawn:
            draw_profile(axes, line.profile, top, linewidth=0.9, **STYLES[line.probe])
            drawn.add(own)
    axes.set_xticks((-1000, -10, -1, 0, 1, 10, 1000), ("-10³", "-10", "-1", "0", "1", "10", "10³"))
    axes.xaxis.set_minor_locator(NullLocator())
    label_powers(axes.yaxis)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.tick_params(labelsize=6, length=2)
    ruled(axes, "#e6e6e6", 0.5)
    bare(axes, "bottom", "left")


def draw_profile(axes: Axes, profile: Profile, top: float, **style: Any) -> None:  # noqa: ANN401 - matplotlib's
    """From the lowest z to the highest; without the bin about 0, where numbers end."""
    at = np.array([*middles()])
    far = (at <= FAR) & (np.arange(len(at)) > 0)
    negative, positive = (np.array(row, np.float64)[far] for row in profile)
    at = at[far]
    z = np.concatenate([-at[::-1], at])
    errors = np.concatenate([negative[::-1], positive])
    axes.plot(z, np.clip(errors, LOWEST / 2, top), **style)


def legend(atlas: Atlas) -> list[Line2D]:
    """The modes that were asked, and the bound."""
    modes = [Line2D([], [], label=name, **STYLES[name]) for name in atlas.asked.probes]
    return [*modes, Line2D([], [], color=GREY, linewidth=2.4, alpha=0.45, label="the bound")]


# ------------------------------------------------------------------ for who cannot see it
def description(lines: Sequence[Line]) -> str:
    """For each framework, in which functions and formats it loses all digits."""
    told = []
    for name in dict.fromkeys(map(framework, PROBES)):
        own = [line for line in lines if framework(line.probe) == name]
        lost = dict.fromkeys(f"{l.quantity} of {l.function}, {l.dtype}" for l in own if l.lost)
        if own:
            told.append(f"{name}: {'; '.join(lost) or 'nowhere'}.")
    return f"Without a correct digit somewhere: {' '.join(told)}"

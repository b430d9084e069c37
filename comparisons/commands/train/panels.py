"""The panels of the picture: costs, distances, residuals, over the steps."""

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from crossgrad.comparisons.commands.train.control import CONTROLS
from crossgrad.comparisons.commands.train.descent import REFERENCE, Training
from crossgrad.comparisons.commands.train.walk import Walk
from crossgrad.comparisons.reports.drawing import GREY, PALETTE, label_powers

#: Points of width, in turn: a line that lies on another leaves its edges to be seen.
WIDTHS = (3.6, 2.2, 1.0)
WRONG = "#B00020"


def draw_costs(axes: Axes, training: Training) -> None:
    for walk, style in zip(training.walks, styles(training), strict=True):
        axes.plot(walk.costs, **style)
    axes.set_ylabel("cost")
    if all(cost > 0 for walk in training.walks for cost in walk.costs):
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("{x:g}")


def draw_distances(axes: Axes, training: Training) -> None:
    """From the reference, which has a place in the legend only; and the control's."""
    told = f"control: {CONTROLS[training.course.scenario.dtype]}"
    dashed: dict[str, Any] = {"linewidth": 1.2, "linestyle": (0, (4, 2)), "label": told}
    for walk, style in zip(training.walks, styles(training), strict=True):
        axes.plot([] if walk.name == REFERENCE else positive(walk.distances), **style)
        draw_crossing(axes, walk, style["color"])
    axes.plot(positive(training.control.distances), color=GREY, **dashed)
    draw_crossing(axes, training.control, GREY)
    if any(any(walk.across) for walk in [*training.walks, training.control]):
        axes.plot([], [], "v", color=GREY, markersize=7, label="first unit across a kink")
    axes.set_ylabel("distance to the reference\n‖w - w′‖ ÷ ‖w‖")
    axes.set_yscale("log")
    label_powers(axes.yaxis)


def draw_crossing(axes: Axes, walk: Walk, colour: str) -> None:
    """A mark at the first step with a unit on the other side of a kink, if any."""
    step = walk.first_across
    if step is not None:
        axes.plot(step, walk.distances[step], "v", color=colour, markersize=7, mec="white")


def draw_residuals(axes: Axes, training: Training) -> None:
    """The largest of each step, below the line of the bound."""
    found = [[worst.residual for worst in walk.worst] for walk in training.walks]
    for residuals, style in zip(found, styles(training), strict=True):
        axes.plot(positive(residuals), **style | {"linewidth": 0.9})
    axes.axhline(1, color=WRONG, linewidth=1)
    place: dict[str, Any] = {"va": "bottom", "ha": "right", "color": WRONG}
    axes.text(1, 1, "the bound ", transform=axes.get_yaxis_transform(), **place)
    axes.set_ylabel("largest residual\nof the step")
    if max((r for residuals in found for r in residuals), default=0.0) <= 1:
        axes.set_ylim(0, 1.15)
    else:
        axes.set_yscale("log")
        label_powers(axes.yaxis)


def styles(training: Training) -> list[dict[str, Any]]:
    """A colour and a width for each backend."""
    return [
        {"color": PALETTE[i % len(PALETTE)], "linewidth": WIDTHS[i % len(WIDTHS)], "label": label}
        for i, label in enumerate(training.labels.values())
    ]


def positive(numbers: list[float]) -> list[float]:
    """What has a place on a logarithmic axis; the rest is a gap."""
    return [x if 0 < x < math.inf else math.nan for x in numbers]


def mark(panels: Any, walk: Walk, label: str, y: float, *, late: bool) -> None:  # noqa: ANN401
    """The first wrong step, through all panels; ``y``: how high what is told of it stands."""
    row = walk.failed[0]
    for axes in panels:
        axes.axvline(walk.wrong[0], color=WRONG, linewidth=1, linestyle=":")
    told = f" ✗ {label}: {row.check} at layer {row.layer} is wrong at step {walk.wrong[0]:,} "
    place = panels[-1].get_xaxis_transform()
    style = {"color": WRONG, "fontsize": 8, "ha": "right" if late else "left"}
    panels[-1].text(walk.wrong[0], y, told, transform=place, **style)

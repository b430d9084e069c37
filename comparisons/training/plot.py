"""The training as a picture: the cost, the distance to the reference, the largest residual."""

import io
import math
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from comparisons.training.control import CONTROLS
from comparisons.training.descent import REFERENCE, Training
from comparisons.training.walk import Walk

#: Of Okabe & Ito's colours, which everybody can tell apart, in turn.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
#: Points of width, in turn: a line that lies on another leaves its edges to be seen.
WIDTHS = (3.6, 2.2, 1.0)
GREY = "#6b6b6b"
WRONG = "#B00020"
#: The same picture for the same figures, text as text: no date, no random names, no version.
SETTINGS: dict[Any, Any] = {"svg.hashsalt": "crossgrad", "svg.fonttype": "none", "font.size": 9}
METADATA = {"Date": None, "Creator": "crossgrad train"}


def as_svg(training: Training) -> str:
    """Three panels over the steps, with a title and a description for who cannot see it."""
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(8.2, 7.4), layout="constrained")
        panels = figure.subplots(3, 1, sharex=True)
        for axes, draw in zip(panels, (draw_costs, draw_distances, draw_residuals), strict=True):
            draw(axes, training)
            bare(axes)
        for i, walk in enumerate(walk for walk in training.walks if walk.wrong):
            late = walk.wrong[0] > training.steps / 2
            mark(panels, walk, training.labels[walk.name], 0.6 - 0.15 * i, late=late)
        panels[-1].set_xlabel("step")
        panels[-1].set_xlim(0, training.steps)
        handles, names = panels[1].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=4, frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata=METADATA | {"Title": title(training)})
    return described(text.getvalue(), training)


# ------------------------------------------------------------------ the panels
def draw_costs(axes: Axes, training: Training) -> None:
    """The loss curves."""
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
    for walk, style in zip(training.walks, styles(training), strict=True):
        axes.plot([] if walk.name == REFERENCE else positive(walk.distances), **style)
    dashed: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (4, 2))}
    told = f"control: {CONTROLS[training.course.scenario.dtype]}"
    axes.plot(positive(training.control.distances), label=told, **dashed)
    axes.set_ylabel("distance to the reference\n‖w - w′‖ ÷ ‖w‖")
    axes.set_yscale("log")


def draw_residuals(axes: Axes, training: Training) -> None:
    """The largest of each step, below the line of the bound."""
    found = [[worst.residual for worst in walk.worst] for walk in training.walks]
    for residuals, style in zip(found, styles(training), strict=True):
        axes.plot(positive(residuals), **style | {"linewidth": 0.9})
    axes.axhline(1, color=WRONG, linewidth=1)
    axes.text(
        1,
        1,
        "the bound ",
        color=WRONG,
        va="bottom",
        ha="right",
        transform=axes.get_yaxis_transform(),
    )
    axes.set_ylabel("largest residual\nof the step")
    if max((r for residuals in found for r in residuals), default=0.0) <= 1:
        axes.set_ylim(0, 1.15)
    else:
        axes.set_yscale("log")


def styles(training: Training) -> list[dict[str, Any]]:
    """A colour and a width for each backend."""
    named = training.labels
    return [
        {
            "color": COLOURS[i % len(COLOURS)],
            "linewidth": WIDTHS[i % len(WIDTHS)],
            "label": named[walk.name],
        }
        for i, walk in enumerate(training.walks)
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


def bare(axes: Axes) -> None:
    """No frame above and at the right; hair lines behind."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)


# ------------------------------------------------------------------ for who cannot see it
def title(training: Training) -> str:
    """One line."""
    names = ", ".join(training.labels.values())
    return f"Gradient descent on {training.course.what} by {names}, each step checked"


def described(svg: str, training: Training) -> str:
    """With a description beside the title."""
    end = "</title>\n"
    return svg.replace(end, f"{end} <desc>{escape(description(training))}</desc>\n", 1)


def description(training: Training) -> str:
    """Of each backend the cost and the distance at its end, and its first wrong step."""
    told = []
    for walk in training.walks:
        ends = [f"{name} {numbers[-1]:.3g}" for name, numbers in numbers_of(walk) if numbers]
        wrong = f"wrong from step {walk.wrong[0]}" if walk.wrong else "no step wrong"
        told.append(f"{training.labels[walk.name]}: {', '.join([*ends, wrong])}.")
    apart = training.control.distances[-1]
    return f"{' '.join(told)} Distance of the control, {apart:.3g}."


def numbers_of(walk: Walk) -> list[tuple[str, list[float]]]:
    """What is told of a way's end."""
    return [("cost", walk.costs), ("distance to the reference", walk.distances)]

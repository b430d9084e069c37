"""How cost grows, as a picture: time above, memory below; parameters, batch, depth."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossgrad.comparisons.commands.bench.figures import Series
from crossgrad.comparisons.commands.bench.growth import BATCH, WIDTH
from crossgrad.comparisons.reports.drawing import (
    GREY,
    PALETTE,
    bare,
    described,
    label_powers,
    ruled,
    settings,
)

#: The ways, each with how its line is drawn; what nobody can do without is a limit.
LIMIT = "matrix products"
LINES: dict[str, dict[str, Any]] = {
    LIMIT: {"color": GREY, "linestyle": (0, (4, 2)), "zorder": 1},
    "numpy.fast": {"color": PALETTE[0], "marker": "o"},
    "numpy": {"color": PALETTE[4], "marker": "s"},
    "torch": {"color": PALETTE[5], "marker": "^"},
    "jax": {"color": PALETTE[1], "marker": "v"},
    "checks": {"color": PALETTE[3], "marker": "D"},
}
ABSCISSAE = {
    "parameters": f"parameters (two layers, batch {BATCH})",
    "batch": f"batch (two layers of {WIDTH})",
    "depth": f"layers (of {WIDTH}, batch {BATCH})",
}
#: Megabytes; less than that is lost in what the allocator keeps, and not drawn.
LEAST = 1.0


def as_svg(series: Sequence[Series], machine: Mapping[str, str]) -> str:
    with settings({"axes.titlesize": 9}):
        figure = Figure(figsize=(11, 6.4), layout="constrained")
        panels = figure.subplots(2, len(ABSCISSAE), sharex="col", sharey="row")
        for column, over in enumerate(ABSCISSAE):
            for name, style in LINES.items():
                for one in series:
                    if (one.over, one.of) == (over, name):
                        draw(panels[:, column], name, one.points, style)
            panels[1, column].set_xlabel(ABSCISSAE[over])
        for panel in panels.flat:
            framed(panel)
        panels[0, 0].set_ylabel("a step, or its checks: milliseconds")
        panels[1, 0].set_ylabel("held at once: megabytes")
        handles, names = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=len(names), frameon=False)
        told = f"One thread, float32; {machine['cpu']}. Lines: medians; shades: the middle half."
        return described(figure, "crossgrad bench", "How cost grows", told)


def draw(
    panels: Sequence[Axes], name: str, points: Sequence[Sequence[float]], style: dict[str, Any]
) -> None:
    """Time with its middle half, then memory where there is any."""
    x, seconds, low, high, megabytes = ([p[i] for p in points] for i in range(5))
    style = {"linewidth": 1.4, "markersize": 4} | style
    time, memory = panels
    time.plot(x, [1e3 * s for s in seconds], label=name, **style)
    time.fill_between(
        x, [1e3 * s for s in low], [1e3 * s for s in high], color=style["color"], alpha=0.2
    )
    if name != LIMIT:
        held = [m if m > LEAST else float("nan") for m in megabytes]
        memory.plot(x, held, **style)


def framed(panel: Axes) -> None:
    panel.set_xscale("log")
    panel.set_yscale("log")
    bare(panel, "left", "bottom")
    ruled(panel, "#dddddd", 0.8)
    for axis in (panel.xaxis, panel.yaxis):
        label_powers(axis)

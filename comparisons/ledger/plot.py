"""The ledger as a picture: a panel a format, a strip an equation, a column a release.

A strip is cut where bits changed: what is in one piece has the same bits in all its releases.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from crossgrad.comparisons.drawing import GREY, INK, bare, described, settings
from crossgrad.comparisons.ledger.collect import Cell, Ledger
from crossgrad.comparisons.ledger.releases import axis
from crossgrad.comparisons.ledger.strips import BEYOND, SHADES, draw_piece, draw_strip
from crossgrad.comparisons.report.residuals import residual_text
from crossgrad.comparisons.report.table import EVERY_COLUMN

#: Inches of a cell; in a narrower picture than that, the legend has several lines.
WIDE, HIGH = 0.48, 0.27
NARROW = 11.0
#: Longer names of releases stand at a slant.
LONGEST = 8
#: A backend, and its equation; none for one that never changes.
Row = tuple[str, str]


def as_svg(ledger: Ledger) -> str:
    """The picture, with a title and a description for who cannot see it."""
    rows, formats = rows_of(ledger), sorted({dtype for _, dtype, _ in ledger.lines}, reverse=True)
    count, long = len(ledger.releases), too_long(release.short for release in ledger.releases)
    width = max(1.3 + len(formats) * (WIDE * count + 0.3), 7.5)
    ncols = 5 if width > NARROW else 3
    height = HIGH * len(rows) + 0.9 + 0.9 * long + 0.2 * (5 // ncols)
    with settings({"hatch.linewidth": 0.6}):
        figure = Figure(figsize=(width, height), layout="constrained")
        panels = figure.subplots(1, len(formats), sharey=True, squeeze=False)[0]
        for axes, dtype in zip(panels, formats, strict=True):
            draw_panel(axes, ledger, rows, dtype)
        panels[0].set_yticks(range(len(rows)), row_labels(rows))
        figure.legend(handles=legend(ledger), loc="outside lower center", ncols=ncols, **PLAIN)
        return described(figure, "crossgrad ledger", title(ledger), description(ledger))


PLAIN: dict[str, Any] = {"frameon": False, "fontsize": 8, "handlelength": 1.2, "columnspacing": 1.6}


# ------------------------------------------------------------------ what stands in the lines
def rows_of(ledger: Ledger) -> list[Row]:
    """A row for each equation of a backend, or one for a backend that never changes."""
    moving = {backend for backend, _, _ in ledger.changing}
    rows = {(b, check if b in moving else ""): None for b, _, check in ledger.lines}
    checks = ("", *EVERY_COLUMN)
    return sorted(rows, key=lambda row: (row[0] not in moving, row[0], checks.index(row[1])))


def row_labels(rows: Sequence[Row]) -> list[str]:
    """The backend is named at the first of its rows."""
    firsts = dict(reversed(rows))
    return [" · ".join(filter(None, row)) if firsts[row[0]] == row[1] else row[1] for row in rows]


# ------------------------------------------------------------------ draw
def draw_panel(axes: Axes, ledger: Ledger, rows: Sequence[Row], dtype: str) -> None:
    """All of one format."""
    shorts = [release.short for release in ledger.releases]
    axes.set_xlim(-0.5, len(shorts) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for y, (backend, check) in enumerate(rows):
        if check:
            draw_strip(axes, ledger.lines.get((backend, dtype, check), []), y)
        else:
            draw_steady(axes, ledger, (backend, dtype), y)
    slanted: dict[str, Any] = {"rotation": 35, "ha": "left", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(shorts)), shorts, **(slanted if too_long(shorts) else {}))
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False, labelsize=8)
    axes.set_title(f"{dtype}, by {axis(ledger.releases)}", fontsize=9, loc="left", color=GREY)
    bare(axes)


def too_long(texts: Iterable[str]) -> bool:
    """Whether they do not stand side by side."""
    return max(map(len, texts)) > LONGEST


def draw_steady(axes: Axes, ledger: Ledger, own: tuple[str, str], y: int) -> None:
    """A backend with the same bits in all releases."""
    cells = [cell for line, cells in ledger.lines.items() if line[:2] == own for cell in cells]
    most = max((cell.residual for cell in cells if cell), default=None)
    if most is not None:
        told = f"the same bits in all, residual at most {residual_text(most)}"
        draw_piece(axes, (0, y, len(ledger.releases)), most, told, beyond=False)


def legend(ledger: Ledger) -> list[Patch | Line2D]:
    """What shades and marks say; marks that are in the picture only."""
    cells = [cell for line in ledger.lines.values() for cell in line if cell]
    handles: list[Patch | Line2D] = [
        Patch(facecolor=SHADES(shade), label=label)
        for shade, label in ((0.0, "residual 0"), (1.0, "1, the bound"))
    ]
    if any(cell.changed or cell.missing for cell in cells):
        told = "other bits than in the release before; height: the share of entries"
        bar: dict[str, Any] = {"marker": "|", "linestyle": "", "markersize": 9}
        handles.append(Line2D([], [], color=INK, markeredgewidth=4, label=told, **bar))
    if any(cell.conventions for cell in cells):
        style: dict[str, Any] = {"marker": "D", "linestyle": "", "markeredgecolor": INK}
        handles.append(Line2D([], [], color=BEYOND, label="another convention", **style))
    if any(cell.beyond for cell in cells):
        style = {"hatch": "////", "edgecolor": "white"}
        handles.append(Patch(facecolor=BEYOND, label="✗ beyond its bound", **style))
    return handles


# ------------------------------------------------------------------ for who cannot see it
def title(ledger: Ledger) -> str:
    """One line."""
    return f"Largest residual of each equation by {axis(ledger.releases)}, and where bits changed"


def description(ledger: Ledger) -> str:
    """For each backend and format, the releases with other bits than the one before."""
    told = []
    for backend, dtype in dict.fromkeys(line[:2] for line in ledger.lines):
        lines = [cells for line, cells in ledger.lines.items() if line[:2] == (backend, dtype)]
        when = [
            release.label
            for release, *cells in zip(ledger.releases, *lines, strict=True)
            if any(moved(cells))
        ]
        told.append(f"{backend} {dtype}: {', '.join(when) or 'the same in all'}.")
    return f"Other bits than in the release before, at: {' '.join(told)}"


def moved(cells: Iterable[Cell | None]) -> Iterable[bool]:
    """Whether each is not as in the release before."""
    return (bool(cell and (cell.changed or cell.missing)) for cell in cells)

"""The ledger as a picture: a panel a format, a strip an equation, a column a release.

A strip is cut where bits changed: what is in one piece has the same bits in all its releases.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from crossgrad.comparisons.commands.compare.ledger import Cell, Ledger
from crossgrad.comparisons.commands.compare.releases import axis
from crossgrad.comparisons.equations.walk import COMPARED
from crossgrad.comparisons.reports.drawing import GREY, INK, VERMILION, bare, described, settings
from crossgrad.comparisons.reports.numbers import residual_text

#: Inches of a cell; in a narrower picture than that, the legend has several lines.
WIDE, HIGH = 0.48, 0.27
NARROW = 11.0
#: Longer names of releases stand at a slant.
LONGEST = 8
#: Light enough for black numbers at the bound; darker is more in grey too.
SHADES = LinearSegmentedColormap.from_list("residual", ["#f3f7fb", "#6aaed6"])
#: Its hatching tells it in grey.
BEYOND = VERMILION
#: The shortest bar that can be seen, as a part of a cell's height.
LEAST = 0.08
PLAIN: dict[str, Any] = {"frameon": False, "fontsize": 8, "handlelength": 1.2, "columnspacing": 1.6}
#: A backend, and its equation; none for one that never changes.
Row = tuple[str, str]


def as_svg(ledger: Ledger) -> str:
    """The picture, with a title and a description for who cannot see it."""
    rows, formats = rows_of(ledger), sorted({dtype for _, dtype, _ in ledger.lines}, reverse=True)
    count, long = len(ledger.releases), too_long(release.short for release in ledger.releases)
    width = max(1.3 + len(formats) * (WIDE * count + 0.3), 7.5)
    ncols = 5 if width > NARROW else 3
    height = HIGH * len(rows) + 0.9 + 0.9 * long + 0.2 * (5 // ncols)
    title = f"Largest residual of each equation by {axis(ledger.releases)}, and where bits changed"
    with settings({"hatch.linewidth": 0.6}):
        figure = Figure(figsize=(width, height), layout="constrained")
        panels = figure.subplots(1, len(formats), sharey=True, squeeze=False)[0]
        for axes, dtype in zip(panels, formats, strict=True):
            draw_panel(axes, ledger, rows, dtype)
        panels[0].set_yticks(range(len(rows)), row_labels(rows))
        figure.legend(handles=legend(ledger), loc="outside lower center", ncols=ncols, **PLAIN)
        return described(figure, "crossgrad compare", title, description(ledger))


def too_long(texts: Iterable[str]) -> bool:
    """Whether they do not stand side by side."""
    return max(map(len, texts)) > LONGEST


def rows_of(ledger: Ledger) -> list[Row]:
    """A row for each equation of a backend, or one for a backend that never changes."""
    moving = {backend for backend, _, _ in ledger.changing}
    rows = {(b, check if b in moving else "") for b, _, check in ledger.lines}
    checks = ("", *COMPARED)
    return sorted(rows, key=lambda row: (row[0] not in moving, row[0], checks.index(row[1])))


def row_labels(rows: Sequence[Row]) -> list[str]:
    """The backend is named at the first of its rows."""
    firsts = dict(reversed(rows))
    return [" · ".join(filter(None, row)) if firsts[row[0]] == row[1] else row[1] for row in rows]


def draw_panel(axes: Axes, ledger: Ledger, rows: Sequence[Row], dtype: str) -> None:
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


# ------------------------------------------------------------------ a strip
def draw_strip(axes: Axes, cells: Sequence[Cell | None], y: int) -> None:
    """A line of the table: its pieces, and a mark at the head of each."""
    for x, length in pieces(cells):
        cell = cells[x]
        if cell is None:
            axes.text(x, y, "·", ha="center", va="center", color=GREY)
            continue
        number = f"{'✗' * cell.beyond}{residual_text(cell.residual)}"
        draw_piece(axes, (x, y, length), cell.residual, number, beyond=cell.beyond)
        if cell.differs:
            draw_gauge(axes, x, y, cell)
        if cell.conventions:
            axes.plot(x + 0.38, y - 0.3, "D", color=BEYOND, markersize=4, markeredgecolor=INK)


def draw_steady(axes: Axes, ledger: Ledger, own: tuple[str, str], y: int) -> None:
    """A backend with the same bits in all releases."""
    cells = [cell for line, cells in ledger.lines.items() if line[:2] == own for cell in cells]
    most = max((cell.residual for cell in cells if cell), default=None)
    if most is not None:
        told = f"the same bits in all, residual at most {residual_text(most)}"
        draw_piece(axes, (0, y, len(ledger.releases)), most, told, beyond=False)


def pieces(cells: Sequence[Cell | None]) -> list[tuple[int, int]]:
    """Where each piece begins, and how many releases it is of."""
    starts = [x for x, cell in enumerate(cells) if x == 0 or cuts(cells[x - 1], cell)]
    return [(x, end - x) for x, end in pairwise([*starts, len(cells)])]


def cuts(before: Cell | None, now: Cell | None) -> bool:
    """Whether a release is not one piece with the one before."""
    if before is None or now is None:
        return True
    return now.differs or now.beyond != before.beyond


def draw_piece(
    axes: Axes, where: tuple[int, int, int], residual: float, told: str, *, beyond: bool
) -> None:
    """Of so many releases: the residual as a shade, and a text."""
    x, y, length = where
    style: dict[str, Any] = {"facecolor": SHADES(min(residual, 1.0)), "edgecolor": "none"}
    if beyond:
        style = {"facecolor": BEYOND, "edgecolor": "white", "hatch": "////"}
    axes.add_patch(Rectangle((x - 0.47, y - 0.45), length - 0.06, 0.9, **style))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1} if beyond else None
    centre = x + (length - 1) / 2 + 0.04
    axes.text(centre, y, told, ha="center", va="center", fontsize=7, color=INK, bbox=box)


def draw_gauge(axes: Axes, x: int, y: int, cell: Cell) -> None:
    """At the head of a piece: the share of entries with other bits; all, where it is not known."""
    share = 1.0 if cell.moved < 0 else cell.moved / max(cell.entries, 1)
    for colour, part in (("white", 1.0), (INK, max(share, LEAST))):
        corner = (x - 0.49, y + 0.45 - 0.9 * part)
        axes.add_patch(Rectangle(corner, 0.12, 0.9 * part, facecolor=colour, edgecolor="none"))


# ------------------------------------------------------------------ in words
def legend(ledger: Ledger) -> list[Patch | Line2D]:
    """What shades and marks say; marks that are in the picture only."""
    cells = [cell for line in ledger.lines.values() for cell in line if cell]
    handles: list[Patch | Line2D] = [
        Patch(facecolor=SHADES(shade), label=label)
        for shade, label in ((0.0, "residual 0"), (1.0, "1, the bound"))
    ]
    if any(cell.differs for cell in cells):
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


def description(ledger: Ledger) -> str:
    """For each backend and format, the releases with other bits than the one before."""
    told = []
    for own in dict.fromkeys(line[:2] for line in ledger.lines):
        lines = [cells for line, cells in ledger.lines.items() if line[:2] == own]
        when = [
            release.label
            for release, *cells in zip(ledger.releases, *lines, strict=True)
            if any(cell and cell.differs for cell in cells)
        ]
        told.append(f"{' '.join(own)}: {', '.join(when) or 'the same in all'}.")
    return f"Other bits than in the release before, at: {' '.join(told)}"

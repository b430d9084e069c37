"""The strips of the picture: the pieces with the same bits, and a mark at the head of each."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from crossgrad.comparisons.drawing import GREY, INK, VERMILION
from crossgrad.comparisons.ledger.collect import Cell
from crossgrad.comparisons.report.residuals import residual_text

#: Light enough for black numbers at the bound; darker is more in grey too.
SHADES = LinearSegmentedColormap.from_list("residual", ["#f3f7fb", "#6aaed6"])
#: Its hatching tells it in grey.
BEYOND = VERMILION
#: The shortest bar that can be seen, as a part of a cell's height.
LEAST = 0.08


def draw_strip(axes: Axes, cells: Sequence[Cell | None], y: int) -> None:
    """A line of the table: its pieces, and a mark at the head of each."""
    for x, length in pieces(cells):
        cell = cells[x]
        if cell is None:
            axes.text(x, y, "·", ha="center", va="center", color=GREY)
            continue
        number = f"{'✗' * cell.beyond}{residual_text(cell.residual)}"
        draw_piece(axes, (x, y, length), cell.residual, number, beyond=cell.beyond)
        if cell.changed or cell.missing:
            draw_gauge(axes, x, y, max(share(cell), LEAST))
        if cell.conventions:
            axes.plot(x + 0.38, y - 0.3, "D", color=BEYOND, markersize=4, markeredgecolor=INK)


def pieces(cells: Sequence[Cell | None]) -> list[tuple[int, int]]:
    """Where each piece begins, and how many releases it is of."""
    starts = [x for x, cell in enumerate(cells) if x == 0 or cuts(cells[x - 1], cell)]
    return [(x, end - x) for x, end in pairwise([*starts, len(cells)])]


def cuts(before: Cell | None, now: Cell | None) -> bool:
    """Whether a release is not one piece with the one before."""
    if before is None or now is None:
        return True
    return bool(now.changed or now.missing) or now.beyond != before.beyond


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


def draw_gauge(axes: Axes, x: int, y: int, height: float) -> None:
    """At the head of a piece: how much of it has other bits."""
    for colour, part in (("white", 1.0), (INK, height)):
        corner = (x - 0.49, y + 0.45 - 0.9 * part)
        axes.add_patch(Rectangle(corner, 0.12, 0.9 * part, facecolor=colour, edgecolor="none"))


def share(cell: Cell) -> float:
    """Of the entries with other bits; all, where that is not known."""
    return 1.0 if cell.moved < 0 else cell.moved / max(cell.entries, 1)

"""Pictures as SVG inside a page: text as text, colours that follow the page's, nothing random.

Matplotlib draws in stand-in colours; each becomes a variable of the page's style, so that one
picture serves light, dark and paper.
"""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossgrad.comparisons.reports import drawing

#: Stand-in → the page's variable: ink, what is less important, hair lines, paper, three series.
INK, MUTED, LINE, PAPER = "#010101", "#020202", "#030303", "#040404"
SERIES = ("#050505", "#060606", "#070707", "#080808")
BAD = "#090909"
NAMES = {INK: "ink", MUTED: "muted", LINE: "line", PAPER: "paper", BAD: "bad"}
NAMES |= {colour: f"s{i}" for i, colour in enumerate(SERIES, start=1)}
#: Colour is never alone: each series has its mark and its stroke.
MARKS = ("o", "^", "s", "D", "v", "P", "X", "<")
STROKES: tuple[Any, ...] = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (5, 1.5, 1, 1.5)))
#: Inches: a picture is as wide as a phone shows without making it smaller.
WIDTH = 3.6
SETTINGS: dict[Any, Any] = {"font.size": 8.5, "axes.edgecolor": LINE, "axes.labelcolor": INK}
SETTINGS |= {"text.color": INK, "xtick.major.size": 0, "ytick.major.size": 0}
SETTINGS |= {"xtick.color": MUTED, "ytick.color": MUTED, "axes.linewidth": 0.8}
SETTINGS |= {"xtick.major.width": 0.6, "ytick.major.width": 0.6, "axes.titlesize": 9}
SETTINGS |= {"path.simplify": False, "lines.solid_capstyle": "round", "axes.unicode_minus": False}


def settings() -> AbstractContextManager[None]:
    return drawing.settings(SETTINGS)


def canvas(height: float, width: float = WIDTH) -> Figure:
    """An empty picture, in inches; to be called, and drawn on, within ``settings``."""
    return Figure(figsize=(width, height))


def axes_at(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes, placed in inches, so that nothing depends on how wide a text turns out."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h))


def draw_title(figure: Figure, title: str) -> None:
    place = 1 - 0.1 / figure.get_figheight()
    figure.text(0.01, place, title, va="center", color=INK, weight="bold")


def draw_legend(figure: Figure, handles: Sequence[Artist], columns: int = 2) -> None:
    place = 1 - 0.19 / figure.get_figheight()
    figure.legend(
        handles=handles, ncols=columns, loc="upper left", bbox_to_anchor=(0, place), frameon=False,
        fontsize=7.5, handlelength=2.2, columnspacing=1.4, borderpad=0, borderaxespad=0.2,
        labelspacing=0.25,
    )  # fmt: skip


# ------------------------------------------------------------------ as text
def as_svg(figure: Figure, name: str, title: str, description: str) -> Markup:
    """One element of a page; ``name`` keeps its ids apart from those of other pictures."""
    svg = drawing.svg_of(figure, transparent=True)
    return Markup(inlined(svg, name, title, description))  # noqa: S704 - it is ours


def inlined(svg: str, name: str, title: str, description: str) -> str:
    """Without the head of a file, with a title and a description for who cannot see it."""
    width, height = re.findall(r'(?:width|height)="([\d.]+)pt"', svg)[:2]
    body = svg[svg.index("<defs>") :]
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"<[^>]*>", lambda tag: compact(tag.group(), name), body)
    body = re.sub(r">\s+<", "><", body.strip())
    labels = f'role="img" aria-labelledby="{name}-t {name}-d"'
    size = f'viewBox="0 0 {width} {height}" style="--wide: {float(width) / 0.75:.0f}px"'
    told = f'<title id="{name}-t">{escape(title)}</title>'
    told += f'<desc id="{name}-d">{escape(description)}</desc>'
    return f"<svg {size} {labels}>{told}{body}"


def compact(tag: str, name: str) -> str:
    """A tag with the page's colours and font, its own ids, and no more digits than can be seen."""
    tag = re.sub(r"(?<=[\s\"(,])(-?\d+\.\d\d)\d+", r"\1", tag)
    tag = re.sub(r"; font-family: [^;\"]*|font-family: [^;\"]*; ", "", tag)
    tag = re.sub(r"#(0[1-9])\1\1\b", lambda m: f"var(--{NAMES[m.group()]})", tag)
    tag = re.sub(r'transform="rotate\(-0 [^"]*"', "", tag).replace("xlink:href", "href")
    if tag.startswith("<g"):
        tag = re.sub(r' id="[^"]*"', "", tag)
    tag = re.sub(r'(id="|url\(#|href="#)', rf"\1{name}-", tag)
    return " ".join(tag.split())

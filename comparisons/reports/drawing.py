"""Pictures by matplotlib, as SVG: the same for the same figures, whatever the user's settings are.

To be drawn, and made a text of, within ``settings``.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from crossgrad.comparisons.arithmetic.superscripts import superscript

#: Okabe & Ito's colours, which everybody can tell apart.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
BLUE, ORANGE, GREEN, PINK, SKY, VERMILION = PALETTE
INK, GREY = "#1a1a1a", "#6b6b6b"
#: No random names; text as text, and a dollar in it, as in a file's name, is a dollar.
SETTINGS: dict[Any, Any] = {"svg.hashsalt": "crossgrad", "svg.fonttype": "none", "font.size": 9}
SETTINGS |= {"text.parse_math": False}


@contextmanager
def settings(own: Mapping[Any, Any] | None = None) -> Iterator[None]:
    """Matplotlib's defaults, ours, and a picture's own."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS | dict(own or {}))
        yield


# ------------------------------------------------------------------ axes
def bare(axes: Axes, *sides: str) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)


def ruled(axes: Axes, colour: str, width: float, axis: Any = "both") -> None:  # noqa: ANN401
    axes.grid(axis=axis, color=colour, linewidth=width)
    axes.set_axisbelow(True)


def label_powers(axis: Axis) -> None:
    """A logarithmic axis is labelled by powers of ten."""
    axis.set_major_formatter(Powers())
    axis.set_minor_formatter(Powers())


class Powers(LogFormatter):
    """1, 10⁻³, 2×10⁻³, as text; where there is a label, matplotlib decides."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        if not super().__call__(x, pos):
            return ""
        factor, _, exponent = f"{x:.0e}".partition("e")
        power = f"10{superscript(int(exponent))}" if int(exponent) else ""
        return "×".join(part for part in (factor.removesuffix("1"), power) if part) or "1"


# ------------------------------------------------------------------ as text
def svg_of(figure: Figure, *, transparent: bool = False, **metadata: str) -> str:
    text = io.StringIO()
    told = {"Date": None} | metadata
    figure.savefig(text, format="svg", transparent=transparent, metadata=told)
    return text.getvalue()


def described(figure: Figure, creator: str, title: str, description: str) -> str:
    """The same, with a title and a description for who cannot see it."""
    end = "</title>\n"
    told = f"{end} <desc>{escape(description)}</desc>\n"
    return svg_of(figure, Creator=creator, Title=title).replace(end, told, 1)

"""One figure of a page: what it shows in words, its pictures, and its numbers as a table."""

from typing import NamedTuple

from markupsafe import Markup

from comparisons.histogram import ULP_EDGES


class Sheet(NamedTuple):
    """A table; what follows the first ``left`` columns are numbers."""

    headings: list[str]
    lines: list[list[str]]
    left: int


class Exhibit(NamedTuple):
    """``finding`` says what is to be seen, in words; ``reading`` how to read the pictures."""

    name: str
    title: str
    finding: str
    reading: str
    pictures: list[Markup]
    sheet: Sheet
    #: As pictures are laid out: one beside the other, or as wide as the page.
    wide: bool = False


LAST_EDGE = ULP_EDGES[-1]
#: What a picture has room for.
LONGEST = 15


def brief(name: str) -> str:
    """A backend's or pair's name, as long as a picture has room for; its end says most."""
    name = name.rpartition("/")[2]
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST:]}"


def number(value: float) -> str:
    """Three digits; what is within its bound does not become 1 by that."""
    return "0.999…" if 0.9995 <= value < 1 else f"{value:.3g}"  # noqa: PLR2004


def percent(share: float) -> str:
    """Never rounded to none or to all."""
    least = 0.001
    if share in (0, 1):
        return f"{share:.0%}"
    return "<0.1%" if share < least else ">99.9%" if share > 1 - least else f"{share:.1%}"


def power(edge: float) -> str:
    """A power of two, as people write it."""
    halves = {0.5: "½", 0.25: "¼", 0.125: "⅛"}
    if edge == 0 or 1 <= edge < 1024:  # noqa: PLR2004
        return f"{edge:.0f}"
    exponent = edge.hex().partition("p")[2].lstrip("+")
    return halves.get(edge) or f"2{exponent.translate(RAISED)}"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def upper(edge: float) -> str:
    """An edge below which a share of the entries lies, as a number; more than the last is not known."""
    return f"more than {power(LAST_EDGE)}" if edge == float("inf") else power(edge)


def at_most(edge: float) -> str:
    """An edge below which a share of the entries lies."""
    return f"> {power(LAST_EDGE)}" if edge == float("inf") else f"≤ {power(edge)}" if edge else "0"

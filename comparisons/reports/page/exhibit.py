"""One figure of a page: what it shows in words, its pictures, and its numbers as a table."""

import math
from typing import NamedTuple

from markupsafe import Markup

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES
from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.reports.residuals import residual_text


class Sheet(NamedTuple):
    """A table; what follows the first ``left`` columns are numbers."""

    headings: list[str]
    lines: list[list[str]]
    left: int


class Exhibit(NamedTuple):
    """One section of a page.

    ``short``: its name in the contents; ``finding``: what is to be seen, in sentences;
    ``reading``: how to read the pictures.
    """

    name: str
    short: str
    title: str
    finding: list[str]
    reading: str
    pictures: list[Markup]
    sheet: Sheet


#: The last edge of residuals.
BOUND = RESIDUAL_EDGES[-1]
#: No line ends there.
BLANK = "\N{NO-BREAK SPACE}"


def number(value: float, digits: int = 3) -> str:
    """Few digits, as people write them; nothing becomes 1 by that."""
    if not math.isfinite(value) or value == 0 or 1e-3 <= value < 1e5:  # noqa: PLR2004
        text = residual_text(value, digits)
        return f"{value:,.0f}" if "e" in text else text
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}{BLANK}×{BLANK}10{superscript(int(exponent))}"


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
    return halves.get(edge) or f"2{superscript(int(math.log2(edge)))}"


def upper(edge: float, last: float = ULP_EDGES[-1]) -> str:
    """An edge below which a share of the entries lies; ``last``: beyond it only that is known."""
    return f"> {power(last)}" if edge == math.inf else power(edge)


def at_most(edge: float, last: float = ULP_EDGES[-1]) -> str:
    return f"≤ {power(edge)}" if 0 < edge < math.inf else upper(edge, last)


def within(edge: float, last: float = ULP_EDGES[-1]) -> str:
    return f"more than {power(last)}" if edge == math.inf else f"at most {power(edge)}"

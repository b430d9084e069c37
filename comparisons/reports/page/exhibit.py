"""One figure of a page: what it shows in words, its pictures, and its numbers as a table."""

import math
from typing import NamedTuple

from markupsafe import Markup

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES
from crossgrad.comparisons.reports.numbers import power


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


def upper(edge: float, last: float = ULP_EDGES[-1]) -> str:
    """An edge below which a share of the entries lies; ``last``: beyond it only that is known."""
    return f"> {power(last)}" if edge == math.inf else power(edge)


def at_most(edge: float, last: float = ULP_EDGES[-1]) -> str:
    return f"≤ {power(edge)}" if 0 < edge < math.inf else upper(edge, last)


def within(edge: float, last: float = ULP_EDGES[-1]) -> str:
    return f"more than {power(last)}" if edge == math.inf else f"at most {power(edge)}"

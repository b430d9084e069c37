"""How numbers are written: with few digits, and never as what they are not.

A residual that is not 1 does not become 1 by being rounded, and a share is not rounded to none or
to all.
"""

import math

from crossgrad.comparisons.arithmetic.superscripts import superscript

#: Where there is no number.
NOTHING = "·"
#: No line ends there.
BLANK = "\N{NO-BREAK SPACE}"
#: With so many digits every number of float64 is told from 1.
ALL = 17
#: From here on, and below, a number has an exponent.
LARGE, SMALL = 1e5, 1e-3
#: A smaller share, or one so near to all, is not told from it by a tenth of a percent.
LEAST_SHARE = 1e-3


def residual_text(residual: float, digits: int = 2) -> str:
    """With few digits, but 1 is the bound alone: 0.99… is within it, and 1.0004 is not."""
    text = f"{residual:.{digits}g}"
    if text != "1" or residual == 1:
        return text
    if residual < 1:
        return f"0.{'9' * digits}…"
    more = (f"{residual:.{n}g}" for n in range(digits + 1, ALL + 1))
    return next(text for text in more if text != "1")


def brief(residual: float) -> str:
    """A residual or an error in ulps: two digits say enough, and one below a tenth."""
    if 100 <= residual < 1000:  # noqa: PLR2004 - 123, not 1.2e+02
        return f"{residual:.0f}"
    return residual_text(residual, 1 if residual < 0.1 else 2)  # noqa: PLR2004


def number(value: float, digits: int = 3) -> str:
    """Few digits; ∞, and a dot for what is not known."""
    return NOTHING if math.isnan(value) else f"{value:.{digits}g}".replace("inf", "∞")


def three_digits(value: float) -> str:
    """Three digits, zeros too: in a column, 1.50 stands below 1.47."""
    if abs(value) < SMALL or not math.isfinite(value):
        return f"{value:.3g}"
    exponent = int(f"{value:.2e}".partition("e")[2])  # of what is printed: 0.9999 has that of 1
    return f"{value:,.{max(0, 2 - exponent)}f}"


def typeset(value: float, digits: int = 3) -> str:
    """On a page: 1.2×10⁻⁵."""
    if not math.isfinite(value) or value == 0 or SMALL <= value < LARGE:
        text = residual_text(value, digits)
        return f"{value:,.0f}" if "e" in text else text
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}{BLANK}×{BLANK}10{superscript(int(exponent))}"


def count(many: int) -> str:
    """All digits, unless they are too many to be read."""
    return f"{many:,}" if many < 1_000_000 else f"{many:.1e}"  # noqa: PLR2004


def percent(share: float) -> str:
    """Of one, to a tenth; never rounded to none or to all."""
    if math.isnan(share):
        return NOTHING
    if share in (0, 1):
        return f"{share:.0%}"
    if share < LEAST_SHARE:
        return "<0.1%"
    return ">99.9%" if share > 1 - LEAST_SHARE else f"{share:.1%}"


def power(edge: float) -> str:
    """A power of two, as people write it."""
    halves = {0.5: "½", 0.25: "¼", 0.125: "⅛"}
    if edge == 0 or 1 <= edge < 1024:  # noqa: PLR2004
        return f"{edge:.0f}"
    return halves.get(edge) or f"2{superscript(int(math.log2(edge)))}"

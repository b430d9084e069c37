"""docs/numerics.md as a text, as a program, and as tables."""

import re
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace

from crossgrad.comparisons.arithmetic.pairs import ERROR
from crossgrad.comparisons.arithmetic.rounding import CHECKER, FORMATS, SLACK, share
from crossgrad.comparisons.arithmetic.wide import TRAILING

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "numerics.md").read_text(encoding="utf-8")
PROGRAM = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
#: SLACK's 2⁻³⁰ of the checks, and as much for the rounding of the two evaluations.
ROUNDED = SLACK * SLACK - 1


def rebuilt(text: str = "", other: str = "") -> SimpleNamespace:
    """What the page defines, with a text of it, which must be there, replaced."""
    assert text in PROGRAM
    names: dict[str, object] = {}
    program = PROGRAM.replace(text, other) if text else PROGRAM
    exec(compile(program, "docs/numerics.md", "exec"), names)  # noqa: S102 - it is ours
    return SimpleNamespace(**names)


def added(check: str, dtype: str) -> float:
    """The share of a bound that the checker adds at most: section 6 of the page."""
    fmt = FORMATS[dtype]
    sums = 4 * TRAILING if dtype == "float64" else 2 * CHECKER.u / fmt.u
    if check in ("a", "cost"):
        return share(fmt)
    return sums if check in ("z", "BP3", "BP4") else 3 * max(share(fmt), sums) + ERROR / fmt.u


def allowed(check: str, dtype: str) -> float:
    """How far a check's bound may be from the page's: what is added, and rounding."""
    return (1 + added(check, dtype)) * (1 + ROUNDED) - 1


def section(number: int) -> str:
    return PAGE.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def table(heading: str, text: str = PAGE) -> list[list[str]]:
    """The rows of the first table whose first column has this heading, as lists of cells."""
    lines = text.split(f"\n| {heading} |", 1)[1].splitlines()[2:]
    rows = takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]

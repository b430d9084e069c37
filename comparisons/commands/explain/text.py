"""The explanation for a terminal: in colour there, and 80 columns wide where there is none.

Everything is folded to the width; the columns of the backends stand side by side as far as there
is room, and the others below.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from crossgrad.comparisons.commands.explain.cells import Piece, capital
from crossgrad.comparisons.commands.explain.columns import (
    GAP,
    STYLES,
    Columns,
    hanging,
    styled,
    wrapped,
)
from crossgrad.comparisons.commands.explain.entries import Quantity
from crossgrad.comparisons.commands.explain.explanation import Explanation, Shown
from crossgrad.comparisons.commands.explain.footer import legend, outcome
from crossgrad.comparisons.commands.explain.terms import Say
from crossgrad.comparisons.commands.explain.wording import (
    backends,
    definitions,
    equation,
    given_title,
    headlines,
    remarks,
    rest_text,
    subject,
    title,
    which,
)

#: Where there is no terminal; and the least that a line is folded to.
WIDTH, NARROWEST = 80, 40


def as_text(explanation: Explanation, say: Say) -> str:
    """For the terminal that standard output is, or for a file."""
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, width=WIDTH)
    width = max(console.width, NARROWEST)
    with console.capture() as capture:
        for line in lines(explanation, say, width):
            console.print(line, soft_wrap=True)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def lines(explanation: Explanation, say: Say, width: int) -> Iterator[Text]:
    yield heading(title(explanation.problem, say), width)
    yield from folded(headlines(explanation, say), width)
    yield from folded(backends(explanation, say), width)
    yield from (Text(), heading(given_title(explanation, say), width))
    for given in explanation.given:
        yield from given_lines(given, say, width)
    columns = Columns(explanation, say, width)
    for name, quantities in groupby(explanation.quantities, key=which):
        yield from (Text(), heading(say(name), width))
        if name == "backward":
            yield from folded([capital(say("chain rule"))], width)
        for quantity in quantities:
            yield Text()
            yield from quantity_lines(explanation, quantity, columns)
    yield from below(explanation, say, width)


def below(explanation: Explanation, say: Say, width: int) -> Iterator[Text]:
    """How to read it, and what came of it."""
    if explanation.quantities:
        yield from (Text(), heading(say("how to read"), width))
        signs = list(legend(explanation, say))
        indent = max(len(sign) for sign, _ in signs) + 2
        for sign, told in signs:
            yield from hanging(sign.ljust(indent), told, width)
    yield from (Text(), heading(say("outcome"), width))
    yield from folded(outcome(explanation, say), width)


# ------------------------------------------------------------------ lines
def heading(text: str, width: int) -> Text:
    text = f" {capital(text)} "
    return styled(text.ljust(width) if len(text) < width else text.strip()[:width], "heading")


def folded(texts: Iterable[str], width: int, indent: str = "  ") -> Iterator[Text]:
    """Each text over as many lines as it needs."""
    for text in texts:
        for line in wrapped(text, width, "", indent):
            yield styled(line)


def given_lines(given: Shown, say: Say, width: int) -> Iterator[Text]:
    cells = [f"{name} = {value}" for name, value in given.entries]
    if given.left_out:
        cells.append(say("more", count=given.left_out))
    each = max(map(len, cells)) + len(GAP)
    per_line = max(1, (width - 5) // each)
    for start in range(0, len(cells), per_line):
        name = given.name if not start else ""
        row = "".join(cell.ljust(each) for cell in cells[start : start + per_line])
        yield styled(f"{name:5}{row}".rstrip())


# ------------------------------------------------------------------ a quantity
def quantity_lines(
    explanation: Explanation, quantity: Quantity, columns: Columns
) -> Iterator[Text]:
    say, width = columns.say, columns.width
    told = subject(explanation, quantity, say)
    head = styled(equation(quantity.check, say), "equation")
    together = len(head) + len(told) + len(GAP) <= width
    yield head.append(f"{GAP}{told}", STYLES["plain"]) if together else head
    if not together:
        yield from folded([told], width)
    yield from folded(filter(None, [definitions(explanation, quantity)]), width)
    if not quantity.entries:
        yield styled(f"  {say('nobody')}", "dim")
        return
    yield from columns.table("", [[[Piece(name, "dim")]] for name in columns.names])
    for entry in quantity.entries:
        yield from columns.entry(entry)
    if quantity.rest:
        yield from folded([f"  {rest_text(quantity.rest, say)}"], width, "    ")
    yield from folded((f"  {remark}" for remark in remarks(quantity, say)), width, "    ")

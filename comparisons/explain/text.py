"""The explanation for a terminal: in colour there, and 80 columns wide where there is none.

Everything is folded to the width; the columns of the backends stand side by side as far as there
is room, and the others below.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from comparisons.explain.cells import Piece, capital, lines_of, short
from comparisons.explain.entries import Entry, Quantity
from comparisons.explain.explanation import Explanation, Given
from comparisons.explain.numbers import full
from comparisons.explain.terms import Say
from comparisons.explain.wording import (
    FORWARD,
    backends,
    definitions,
    equation,
    headlines,
    legend,
    outcome,
    remarks,
    rest_text,
    subject,
    title,
)

#: Where there is no terminal; and the least that a line is folded to.
WIDTH, NARROWEST = 80, 40
GAP = "  "
STYLES = {
    "heading": "bold reverse",
    "equation": "bold cyan",
    "plain": "",
    "dim": "dim",
    "value": "",
    "same": "green",
    "differs": "bold yellow",
    "judged": "dim",
    "fails": "bold red",
    "known": "magenta",
    "nothing": "dim",
}


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
    """All of it."""
    yield heading(title(explanation.problem, say), width)
    yield from folded(headlines(explanation, say), width)
    yield from folded(backends(explanation, say), width)
    yield Text()
    yield heading(say("given"), width)
    for given in explanation.given:
        yield from given_lines(given, say, width)
    columns = Columns(explanation, say, width)
    before = ""
    for quantity in explanation.quantities:
        which = "forward" if quantity.check in FORWARD else "backward"
        if which != before:
            yield from (Text(), heading(say(which), width))
        before = which
        yield Text()
        yield from quantity_lines(explanation, quantity, columns)
    yield from closing(explanation, say, width)


def closing(explanation: Explanation, say: Say, width: int) -> Iterator[Text]:
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
def styled(text: str, kind: str = "plain") -> Text:
    """In the style of its kind."""
    return Text(text, STYLES[kind])


def heading(text: str, width: int) -> Text:
    """Over the whole width."""
    text = f" {capital(text)} "
    return styled(text.ljust(width) if len(text) < width else text.strip()[:width], "heading")


def folded(texts: Iterable[str], width: int, indent: str = "  ") -> Iterator[Text]:
    """Each text over as many lines as it needs."""
    for text in texts:
        for line in wrapped(text, width, "", indent):
            yield styled(line)


def wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """Lines that are no longer; a word that is, is cut."""
    return wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def hanging(sign: str, told: str, width: int, kind: str = "plain") -> Iterator[Text]:
    """A sign, and text that stays to the right of it."""
    for line in wrapped(told, width, sign, " " * len(sign)):
        yield styled(line, kind)


def given_lines(given: Given, say: Say, width: int) -> Iterator[Text]:
    """Names and numbers in columns."""
    cells = [f"{name} = {full(value)}" for name, value in given.entries]
    if given.left_out:
        cells.append(say("more", count=given.left_out))
    each = max(map(len, cells)) + len(GAP)
    per_line = max(1, (width - 5) // each)
    for start in range(0, len(cells), per_line):
        name = given.name if not start else ""
        row = "".join(cell.ljust(each) for cell in cells[start : start + per_line])
        yield styled(f"{name:5}{row}".rstrip())


# ------------------------------------------------------------------ a quantity
class Columns:
    """Where the columns of the backends stand: the same in all tables."""

    def __init__(self, explanation: Explanation, say: Say, width: int) -> None:
        """As wide as what stands in them."""
        self.say, self.width = say, width
        self.names = [short(answer.name) for answer in explanation.answers]
        entries = [entry for quantity in explanation.quantities for entry in quantity.entries]
        self.label = max((len(entry.label) for entry in entries), default=0) + 2 + len(GAP)
        self.widths = [
            max([len(name), *(long(line) for entry in entries for line in self.lines(entry, i))])
            + len(GAP)
            for i, name in enumerate(self.names)
        ]
        self.rows = list(self.packed())

    def lines(self, entry: Entry, i: int) -> list[list[Piece]]:
        """Of the i-th backend."""
        return lines_of(entry.cells[i], self.say)

    def packed(self) -> Iterator[list[int]]:
        """Which columns stand side by side."""
        row: list[int] = []
        for i, width in enumerate(self.widths):
            taken = self.label + sum(self.widths[j] for j in row)
            if row and taken + width - len(GAP) > self.width:
                yield row
                row = []
            row.append(i)
        yield row

    def table(self, label: str, cells: Sequence[list[list[Piece]]]) -> Iterator[Text]:
        """Lines of cells; the label stands at the first."""
        for row in self.rows:
            for pieces in zip_longest(*(cells[i] for i in row), fillvalue=[]):
                line = styled(f"  {label}".ljust(self.label))
                for i, some in zip(row, pieces, strict=True):
                    line.append_text(self.cell(some, self.widths[i]))
                line.rstrip()
                yield line
                label = ""

    def cell(self, pieces: Sequence[Piece], width: int) -> Text:
        """Pieces side by side."""
        text = Text(GAP).join([styled(*piece) for piece in pieces])
        text.pad_right(max(0, width - len(text)))
        return text

    def entry(self, entry: Entry) -> Iterator[Text]:
        """Written out, then everybody's value."""
        if entry.written:
            name = f"  {entry.label} "
            yield from hanging(f"{name}= ", entry.written.symbols, self.width, "equation")
            if entry.written.numbers:
                sign = " " * len(name) + "≈ "
                yield from hanging(sign, entry.written.numbers, self.width)
        yield from self.table(entry.label, [self.lines(entry, i) for i in range(len(self.names))])


def long(pieces: Sequence[Piece]) -> int:
    """How many columns they take."""
    return sum(len(piece.text) + len(GAP) for piece in pieces) - len(GAP)


def quantity_lines(
    explanation: Explanation, quantity: Quantity, columns: Columns
) -> Iterator[Text]:
    """The equation, and its entries."""
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

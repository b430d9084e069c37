"""Lines of a terminal: styles, folding, and tables whose columns are the backends."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from rich.text import Text

from crossgrad.comparisons.commands.explain.cells import Piece, lines_of, short
from crossgrad.comparisons.commands.explain.entries import Entry
from crossgrad.comparisons.commands.explain.explanation import Explanation
from crossgrad.comparisons.commands.explain.terms import Say

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


# ------------------------------------------------------------------ lines
def styled(text: str, kind: str = "plain") -> Text:
    return Text(text, STYLES[kind])


def wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """Lines that are no longer; a word that is, a path say, stays whole."""
    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )


def hanging(sign: str, told: str, width: int, kind: str = "plain") -> Iterator[Text]:
    """A sign, and text that stays to the right of it."""
    for line in wrapped(told, width, sign, " " * len(sign)):
        yield styled(line, kind)


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
        return lines_of(entry.cells[i], self.say)

    def packed(self) -> Iterator[list[int]]:
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
        text = Text(GAP).join([styled(*piece) for piece in pieces])
        text.pad_right(max(0, width - len(text)))
        return text

    def entry(self, entry: Entry) -> Iterator[Text]:
        if entry.written:
            name = f"  {entry.label} "
            yield from hanging(f"{name}= ", entry.written.symbols, self.width, "equation")
            if entry.written.numbers:
                sign = " " * len(name) + "≈ "
                yield from hanging(sign, entry.written.numbers, self.width)
        yield from self.table(entry.label, [self.lines(entry, i) for i in range(len(self.names))])


def long(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) + len(GAP) for piece in pieces) - len(GAP)

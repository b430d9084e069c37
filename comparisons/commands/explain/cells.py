"""A value and its judgement as short pieces of text, each with what it says; for any page."""

from typing import NamedTuple

from crossgrad.comparisons.commands.explain.entries import Cell, Judgement
from crossgrad.comparisons.commands.explain.numbers import full, signed
from crossgrad.comparisons.commands.explain.terms import Say
from crossgrad.comparisons.reports.numbers import NOTHING, brief

#: A residual from 0 to 1 in eight steps.
BARS = "▁▂▃▄▅▆▇█"
BEYOND, KNOWN, BLIND, SAME = "✗", "†", "?", "="
#: A judgement that is longer takes two lines: so three columns have room in 80.
BRIEF = 20
#: A name that is longer is cut from the left: its end tells more.
LONGEST = 24


class Piece(NamedTuple):
    """Text, and what kind of thing it says: the names of the styles."""

    text: str
    kind: str


def value_pieces(cell: Cell | None, say: Say) -> list[Piece]:
    """The first column in full; of the others what differs."""
    if cell is None:
        return [Piece(NOTHING, "nothing")]
    if cell.first:
        return [Piece(full(cell.value), "value")]
    if cell.apart is None:
        return [Piece(SAME, "same")]
    steps = cell.apart.steps
    far = say("step" if abs(steps) == 1 else "steps", steps=signed(steps))
    return [Piece(cell.apart.digits, "differs"), *([Piece(far, "differs")] if steps else [])]


def judgement_lines(judgement: Judgement, say: Say) -> list[list[Piece]]:
    """Ulps, residual, a mark, and whether end to end; in a line where it is short."""
    told = brief(judgement.ulps)
    ulps = say("ulp" if told == "1" else "ulps", ulps=told)
    residual = f"{brief(judgement.residual)} {mark(judgement)}"
    kind = "fails" if judgement.fails else "known" if judgement.divergence else "judged"
    together = f"{ulps} · {residual}"
    lines = [together] if len(together) <= BRIEF else [ulps, residual]
    if judgement.end_to_end:
        lines.append(say("end to end"))
    return [[Piece(line, kind)] for line in lines]


def mark(judgement: Judgement) -> str:
    """A bar as high as the residual, or why there is none."""
    if judgement.fails:
        return BEYOND
    if judgement.divergence:
        return KNOWN
    if judgement.blind:
        return BLIND
    return BARS[min(int(judgement.residual * len(BARS)), len(BARS) - 1)]


def lines_of(cell: Cell | None, say: Say) -> list[list[Piece]]:
    """The value, how far from the first one's (beside it where there is room), each judgement."""
    value = value_pieces(cell, say)
    long = sum(len(piece.text) + 2 for piece in value) > BRIEF + 2
    lines = [[piece] for piece in value] if long else [value]
    for judgement in cell.judgements if cell else ():
        lines += judgement_lines(judgement, say)
    return lines


def short(name: str) -> str:
    """Of a backend, for the head of a column."""
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"


def capital(text: str) -> str:
    """With a capital letter; the others as they are."""
    return text[:1].upper() + text[1:]

"""Binades: 2ᵏ ≤ |z| < 2ᵏ⁺¹, of both signs; what is found in each, and neighbours that are alike.

What is found is a class: a whole number, or a word. Of a whole range they are written as runs, so
that a difference of two records can be read: ``-126..-13 5, -12 6`` says 5 from 2⁻¹²⁶ on, and 6 at
2⁻¹².
"""

from collections.abc import Iterable, Mapping
from itertools import groupby

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.commands.atlas.arguments import limits
from crossgrad.reference.parameters import Array

#: Numbers of a binade: between these exponents, where functions bend, and elsewhere.
BENT, MANY, FEW = (-24, 31), 16, 3
#: The sign and the exponent of a binade.
Binade = tuple[int, int]
#: A class each; None where nothing is to be said.
Classes = dict[Binade, int | str | None]


def arguments(fmt: Format) -> dict[Binade, Array]:
    """Of each binade some numbers of the format, from its smallest on, as float64."""
    found = {}
    for exponent in range(int(limits(fmt).minexp), int(limits(fmt).maxexp)):
        count = MANY if BENT[0] <= exponent < BENT[1] else FEW
        size = np.ldexp(1 + np.arange(count) / count, exponent)
        last = np.ldexp(1.0, exponent - int(limits(fmt).nmant))
        size = np.round(size / last) * last  # thirds are no numbers of any format
        for sign in (-1, 1):
            found[sign, exponent] = sign * size
    return found


def largest(values: Array, binades: Mapping[Binade, Array]) -> dict[Binade, float]:
    """Of values at all arguments, one after the other, the largest in each binade."""
    ends = np.cumsum([len(z) for z in binades.values()])[:-1]
    return {b: float(part.max()) for b, part in zip(binades, np.split(values, ends), strict=True)}


# ------------------------------------------------------------------ as text
def as_text(classes: Classes) -> str:
    return "; ".join(
        f"{'-' if sign < 0 else '+'} {runs((e, c) for (s, e), c in classes.items() if s == sign)}"
        for sign in sorted({sign for sign, _ in classes})
    )


def runs(classes: Iterable[tuple[int, int | str | None]]) -> str:
    """Neighbours of one class are one run."""
    in_order = enumerate(sorted(classes, key=lambda one: one[0]))
    told = []
    for (_, found), members in groupby(in_order, lambda one: (one[1][0] - one[0], one[1][1])):
        ends = [exponent for _, (exponent, _) in members]
        span = f"{ends[0]}..{ends[-1]}" if len(ends) > 1 else f"{ends[0]}"
        told.append(f"{span} {'·' if found is None else found}")
    return ", ".join(told)


def from_text(text: str) -> Classes:
    """What ``as_text`` has written."""
    classes: Classes = {}
    for part in filter(None, text.split("; ")):
        sign = -1 if part[0] == "-" else 1
        for run in part[2:].split(", "):
            span, _, found = run.partition(" ")
            first, _, last = span.partition("..")
            for exponent in range(int(first), int(last or first) + 1):
                classes[sign, exponent] = class_of(found)
    return classes


def class_of(text: str) -> int | str | None:
    if text == "·":
        return None
    return int(text) if text.removeprefix("-").isdigit() else text

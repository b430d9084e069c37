"""The text of a failure: what, where, by how much, why most likely, and how to see it again."""

import shlex
from collections.abc import Iterable

from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.equations.walk import EVERY_CHECK, data_order
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine.location import run_from_here
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import Change
from crossgrad.comparisons.reports.numbers import residual_text

EQUATIONS = {name: check.equation for name, check in EVERY_CHECK.items()} | {
    "dW": "∂C/∂Wˡ, end to end",
    "db": "∂C/∂bˡ, end to end",
    "dalpha": "∂C/∂αˡ, end to end",
}
SYMBOLS = {"z": "z", "a": "a", "cost": "C", "BP1": "δ", "BP2": "δ", "BP3": "∂C/∂b", "BP4": "∂C/∂W"}
SYMBOLS |= {"dW": "∂C/∂W", "db": "∂C/∂b", "alpha": "∂C/∂α", "dalpha": "∂C/∂α"}


def failure_text(
    rows: list[Row], command: str, changes: list[Change] | None = None, when: str = ""
) -> str:
    """The first failure in the order of the data, whole; the others, in it too, in a line each.

    ``changes``: what has changed since a baseline; ``when``: at which step, of rows that are of no
    draw.
    """
    first, *others = failures(rows)
    lines = [
        headline(first),
        f"  equation      {first.check}: {EQUATIONS[first.check]}",
        f"  worst entry   {place(first, when)}",
        f"  reported      {first.value!r}",
        f"  expected      {first.expected!r}",
        f"  residual      {residual_text(first.residual, 3)} times the bound of {first.bound:.3g}",
        f"  apart         {first.ulps:.3g} ulps",
    ]
    if first.cause:
        lines.append(f"  likely cause  {first.cause}")
    lines += [f"  before        {then}" for then in before(first, changes or [])]
    lines += [f"  also          {brief(row)}" for row in others[:MOST_OTHERS]]
    if len(others) > MOST_OTHERS:
        lines.append(f"                and {len(others) - MOST_OTHERS} more")
    return "\n".join([*lines, f"  reproduce     {command}"])


MOST_OTHERS = 6


def failures(rows: Iterable[Row]) -> list[Row]:
    """Those that fail, in the order of the data: what others are computed from stands first."""
    return sorted((row for row in rows if row.status == "fail"), key=along)


def along(row: Row) -> tuple[int, int, int]:
    """A row's place in the order of the data: the gradients end to end come last."""
    if row.check in EVERY_CHECK:
        return data_order((row.check, row.layer))
    return 2, -row.layer, list(EQUATIONS).index(row.check) if row.check else -1


def headline(row: Row) -> str:
    if row.against:
        return f"{row.backend} and {row.against} disagree on {where(row)} in {row.scenario}"
    return f"{row.backend} fails {where(row)} in {row.scenario}"


def where(row: Row) -> str:
    return f"{row.check} at layer {row.layer}"


def brief(row: Row) -> str:
    cause = f": {row.cause}" if row.cause else ""
    return f"{where(row)}, residual {residual_text(row.residual, 3)}{cause}"


def place(row: Row, when: str = "") -> str:
    """The symbol with its layer and entry, and the draw, or when else."""
    symbol = SYMBOLS[row.check]
    symbol += "" if row.check == "cost" else superscript(row.layer)
    entry = f"[{', '.join(map(str, row.entry))}]" if row.entry else ""
    regime = Scenario.parse(row.scenario).regime
    return f"{symbol}{entry} {when or f'in draw {row.draw} ({regime(row.draw)})'}"


def before(row: Row, changes: list[Change]) -> list[str]:
    """What a baseline says of the same place."""
    return [
        ", ".join(filter(None, [f"residual {residual_text(change.before, 3)}", change.convention]))
        for change in changes
        if (change.check, change.layer) == (row.check, row.layer)
    ]


def properties(rows: list[Row], changes: list[Change]) -> list[tuple[str, object]]:
    """Of an item that fails, for machines: where, and by how much; JUnit's XML has them."""
    found: list[Row | Change] = [*failures(rows), *changes]
    for first in found[:1]:
        told = ("backend", "check", "layer", "draw", "entry", "residual", "verdict", "scenario")
        return [(name, getattr(first, name)) for name in told if hasattr(first, name)]
    return []


def alarm_text(rows: list[Row]) -> str:
    """What was seen in one scenario of one backend or pair, and how to see it again."""
    first = rows[0]
    names = [first.backend, first.against] if first.against else [first.backend]
    command = reproduction(names, first.scenario)
    if first.status == "error":
        return f"{first.backend} gives no answer: {first.cause}\n  reproduce     {command}"
    return failure_text(rows, command)


def reproduction(backends: list[str], scenario: str) -> str:
    """The one line that shows it again."""
    options = " ".join(f"--backend {shlex.quote(name)}" for name in backends)
    return f"{run_from_here()} {options} --scenario {scenario}"

"""The text of a failure: what, where, by how much, why most likely, and how to see it again."""

import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.backends.own import USUAL, Layout
from crossgrad.comparisons.equations.walk import EVERY_CHECK, data_order
from crossgrad.comparisons.judging.row import Entry, Row
from crossgrad.comparisons.machine.location import command as command_of
from crossgrad.comparisons.machine.location import run_from_here
from crossgrad.comparisons.problems.arrays import ARRAYS
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import Change
from crossgrad.comparisons.reports.numbers import residual_text
from crossgrad.comparisons.reports.words import OR, cause_in, labelled, said

EQUATIONS = {name: check.equation for name, check in EVERY_CHECK.items()} | {
    "dW": "∂C/∂Wˡ, end to end",
    "db": "∂C/∂bˡ, end to end",
    "dalpha": "∂C/∂αˡ, end to end",
}
#: The quantity that each check is about.
QUANTITIES = {"z": "z", "a": "a", "cost": "cost", "BP1": "delta", "BP2": "delta", "BP3": "db"}
QUANTITIES |= {"BP4": "dW", "dW": "dW", "db": "db", "alpha": "dalpha", "dalpha": "dalpha"}
SYMBOLS = {"z": "z", "a": "a", "cost": "C", "BP1": "δ", "BP2": "δ", "BP3": "∂C/∂b", "BP4": "∂C/∂W"}
SYMBOLS |= {"dW": "∂C/∂W", "db": "∂C/∂b", "alpha": "∂C/∂α", "dalpha": "∂C/∂α"}


class Telling(NamedTuple):
    """How a failure is told.

    ``when``: at which step, of rows that are of no draw; ``notes``: what of a program's arrays was
    taken as what; ``layout``: that in which entries are counted; ``language``: ``en`` or ``vi``.
    """

    when: str = ""
    notes: tuple[str, ...] = ()
    layout: Layout = USUAL
    language: str = "en"

    def line(self, label: str, text: str) -> str:
        """A line of a report."""
        return labelled(label, text, self.language)

    def sentence(self, key: str, **values: object) -> str:
        return said("sentences", key, self.language, **values)


USUALLY = Telling()


def failure_text(
    rows: list[Row],
    command: str,
    changes: list[Change] | None = None,
    telling: Telling = USUALLY,
) -> str:
    """The first failure in the order of the data, whole; the others, in it too, in a line each.

    ``changes``: what has changed since a baseline.
    """
    first, *others = failures(rows)
    line = telling.line
    lines = [headline(first, telling), *(line("taken", note) for note in telling.notes)]
    lines += [*entry_lines(first, telling), *cause_lines(first, telling), *look(first, telling)]
    lines += [line("before", then) for then in before(first, changes or [])]
    lines += [line("also", brief(row, telling)) for row in others[:MOST_OTHERS]]
    if len(others) > MOST_OTHERS:
        more = telling.sentence("more", number=len(others) - MOST_OTHERS)
        lines.append(f"{'':<16}{more}")
    if len(rows) > 1 and {row.check for row in (first, *others)} == {"cost"}:
        lines.append(line("rest", telling.sentence("rest")))
    return "\n".join([*lines, line("again", command)])


MOST_OTHERS = 6


def entry_lines(row: Row, telling: Telling) -> Iterator[str]:
    """The equation, and the entry that is shown: what was reported, what was expected, how far."""
    line, at = telling.line, row.shown or row.worst
    yield line("equation", f"{row.check}: {equation(row.check, telling)}")
    yield line("entry" if row.shown else "worst_entry", place(row, at, telling))
    yield line("reported", repr(at.value))
    yield line("expected", repr(at.expected))
    times = {"residual": residual_text(at.residual, 3), "bound": f"{at.bound:.3g}"}
    yield line("residual", telling.sentence("times", **times))
    yield line("apart", f"{at.ulps:.3g} ulps")
    if row.shown and row.residual > at.residual:
        where = {
            "residual": residual_text(row.residual, 3),
            "place": place(row, row.worst, telling),
        }
        yield line("worst", telling.sentence("times_at", **where))


def cause_lines(row: Row, telling: Telling) -> Iterator[str]:
    """Why most likely; of one cause, what was computed then, and what should be."""
    if not row.cause:
        return
    cause = cause_in(row.cause, row.check, EQUATIONS[row.check], telling.language)
    yield telling.line("cause", cause.text)
    if cause.computed:
        yield telling.line("computed", cause.computed)
        yield telling.line("right", cause.right)


#: Of a network with so many numbers each can be followed with a calculator.
FEW = 80


def look(row: Row, telling: Telling) -> Iterator[str]:
    """The line that shows every number of a small network beside its equation."""
    by_file = ".py:" in row.backend and not row.against
    if not by_file or row.scenario == ARRAYS or numbers_of(row.scenario) > FEW:
        return
    at = row.shown or row.worst
    draw = f" --draw {at.draw}" if at.draw else ""
    options = f"{draw} --backend {shlex.quote(row.backend)}{' --vi' * (telling.language == 'vi')}"
    yield telling.line("by_hand", f"{command_of('crossgrad')} explain {row.scenario}{options}")


def equation(check: str, telling: Telling) -> str:
    return EQUATIONS[check].replace("end to end", telling.sentence("end_to_end"))


def failures(rows: Iterable[Row]) -> list[Row]:
    """Those that fail, in the order of the data: what others are computed from stands first."""
    return sorted((row for row in rows if row.status == "fail"), key=along)


def along(row: Row) -> tuple[int, int, int]:
    """A row's place in the order of the data: the gradients end to end come last."""
    return data_order((row.check, row.layer)) if row.check else (2, -row.layer, -1)


def headline(row: Row, telling: Telling) -> str:
    given = row.scenario == ARRAYS
    scenario = telling.sentence("given") if given else row.scenario
    who = {"backend": row.backend, "where": where(row, telling), "scenario": scenario}
    return telling.sentence("disagree" if row.against else "fails", against=row.against, **who)


def where(row: Row, telling: Telling = USUALLY) -> str:
    return telling.sentence("where", check=row.check, layer=row.layer)


def brief(row: Row, telling: Telling) -> str:
    residual = residual_text(row.residual, 3)
    told = telling.sentence("brief", where=where(row, telling), residual=residual)
    cause = cause_in(row.cause, row.check, "", telling.language).text
    return f"{told}: {cause}" if cause else told


def place(row: Row, at: Entry, telling: Telling = USUALLY) -> str:
    """The symbol with its layer and entry, and the draw, or when else."""
    symbol = SYMBOLS[row.check]
    symbol += "" if row.check == "cost" else superscript(row.layer)
    indices = telling.layout.entry(QUANTITIES[row.check], at.entry)
    entry = f"[{', '.join(map(str, indices))}]" if indices else ""
    return f"{symbol}{entry} {telling.when or drawn(row.scenario, at.draw, telling)}".rstrip()


def drawn(scenario: str, draw: int, telling: Telling) -> str:
    """The draw and its regime; arrays that were given are of none."""
    if scenario == ARRAYS:
        return ""
    regime = Scenario.parse(scenario).regime(draw)
    if telling.language != "en":
        regime = said("regimes", regime, telling.language)
    return telling.sentence("draw", draw=draw, regime=regime)


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


def smallest(rows: Iterable[Row], telling_of: Callable[[str], Telling]) -> Iterator[str]:
    """Of each backend that fails several networks by itself, the one that is easiest to follow.

    The smallest of those that fail in an ordinary draw, or of all. ``telling_of`` its name.
    """
    failing: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        if row.status == "fail" and not row.against:
            failing.setdefault(row.backend, {}).setdefault(row.scenario, []).append(row)
    for backend, networks in failing.items():
        if len(networks) > 1:
            first = min(networks, key=lambda scenario: size_of(scenario, networks[scenario]))
            telling = telling_of(backend)
            yield telling.sentence("smallest", networks=len(networks), backend=backend)
            yield failure_text(networks[first], reproduction([backend], first), telling=telling)


def size_of(scenario: str, rows: list[Row]) -> tuple[bool, bool, bool, int, bool, str]:
    """What makes it easy to follow, first to last.

    That an ordinary draw fails, that its numbers are few, that one cause explains it, that they are
    fewer still, and float64.
    """
    numbers, single = numbers_of(scenario), Scenario.parse(scenario).dtype != "float64"
    shown = any(row.shown for row in rows)
    return not shown, numbers > FEW, not is_told(rows), numbers, single, scenario


def is_told(rows: list[Row]) -> bool:
    """Whether one cause explains the first that fails."""
    first, *_ = failures(rows)
    return bool(first.cause) and OR not in first.cause


def numbers_of(scenario: str) -> int:
    """How many a draw has."""
    known = Scenario.parse(scenario)
    return known.numbers // known.draws


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

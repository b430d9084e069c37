"""What has changed since a baseline: the environment, a line an equation, where changes begin."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from textwrap import fill
from typing import TypeVar

from crossgrad.comparisons.equations.walk import COMPARED
from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.changes import (
    FAILING,
    IDENTICAL,
    MISSING,
    NEW,
    VERDICTS,
    Change,
)
from crossgrad.comparisons.reports.columns import in_columns, in_markdown
from crossgrad.comparisons.reports.numbers import count, residual_text

#: Name → value before, value now.
Differences = Mapping[str, tuple[str, str]]
#: Backend, format, equation; no equation where there was no answer.
Line = tuple[str, str, str]
Lined = TypeVar("Lined", Change, Record)

HEADINGS = ["backend", "format", "equation", "verdict", "places", "entries", "ulps"]
HEADINGS += ["closer", "further", "residual"]
LEFT = 4
LEGEND = """\
places: layers of scenarios; entries: those with other bits; ulps: by how many, the median and the
most; closer, further: how many came closer to what the equation gives, or went further from it;
residual: the largest, before and now"""
MOST_FAILURES = 6
BEGINS = "begins, in so many places (entries closer/further), in"
#: Columns of a note.
WIDTH = 100
scenario_of = cache(Scenario.parse)


def as_text(changes: Sequence[Change], different: Differences) -> str:
    lines = table(changes)
    told = [lines, LEGEND, ""] if lines else []
    return "\n".join([*environment(different), "", *told, *notes(changes)])


def as_markdown(changes: Sequence[Change], different: Differences) -> str:
    lines = cells(changes)
    table = [in_markdown(HEADINGS, lines, LEFT), LEGEND] if lines else []
    told = "\n".join(f"- {line}" for line in [*environment(different), *notes(changes)])
    return "\n\n".join(["### crossgrad: what has changed", *table, told])


def environment(different: Differences) -> list[str]:
    """In what it ran, before and now."""
    if not different:
        return ["environment: the same"]
    told = [f"{name} {before} → {now}" for name, (before, now) in different.items()]
    return [f"environment: not the same: {told[0]}", *(f"  {line}" for line in told[1:])]


# ------------------------------------------------------------------ the table
def table(changes: Sequence[Change]) -> str:
    """For a terminal; nothing where all bits are identical."""
    lines = cells(changes)
    return in_columns(HEADINGS, lines, LEFT) if lines else ""


def cells(changes: Iterable[Change]) -> list[list[str]]:
    """A line for each backend, format, equation and verdict but identical bits."""
    return [
        [*line, verdict, *figures(group, len(all_of_line))]
        for line, all_of_line in by_line(changes).items()
        for verdict in VERDICTS
        if verdict != IDENTICAL
        and (group := [change for change in all_of_line if change.verdict == verdict])
    ]


def by_line(several: Iterable[Lined]) -> dict[Line, list[Lined]]:
    """Changes or records of each line of a table."""
    lines: dict[Line, list[Lined]] = defaultdict(list)
    for one in several:
        lines[one.backend, scenario_of(one.scenario).dtype, one.check].append(one)
    return {line: lines[line] for line in in_order(lines)}


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Equations stand in the order of the data."""
    checks = (*COMPARED, "")
    return sorted(lines, key=lambda line: (*line[:2], checks.index(line[2])))


def figures(group: Sequence[Change], places: int) -> list[str]:
    """What a line tells of its changes; its equation has so many places."""
    known = [change for change in group if change.changed > 0]
    told = ["·"] * 4
    if known:
        total = totals(known)
        moved = sorted((change.typical, change.changed) for change in known)
        told = [
            f"{total['changed']:,}/{total['entries']:,}",
            f"{count(weighted_median(moved))}, {count(total['ulps'])}",
            f"{total['closer']:,}",
            f"{total['further']:,}",
        ]
    before, now = (
        "·" if group[0].verdict == gone else residual_text(max(getattr(c, side) for c in group))
        for side, gone in (("before", NEW), ("now", MISSING))
    )
    return [f"{len(group)}/{places}", *told, f"{before} → {now}"]


def totals(changes: Sequence[Change]) -> dict[str, int]:
    """How many places and entries, how many of these changed, and by how many ulps at most."""
    counted = ("entries", "changed", "closer", "further")
    sums = {name: sum(getattr(change, name) for change in changes) for name in counted}
    return {"places": len(changes)} | sums | {"ulps": max(change.ulps for change in changes)}


def weighted_median(values: list[tuple[int, int]]) -> int:
    """Of sorted values that occur so many times each."""
    occurred = list(accumulate(times for _, times in values))
    return values[bisect_right(occurred, occurred[-1] // 2)][0]


# ------------------------------------------------------------------ what stands below the table
def notes(changes: Sequence[Change]) -> list[str]:
    """What fails, which conventions changed, where changes begin, and what is as it was."""
    return [*events(changes), *uncounted(changes), *identical(changes)]


def events(changes: Sequence[Change]) -> list[str]:
    """What fails, which conventions changed, and where changes begin."""
    return [*failures(changes), *conventions(changes), *beginnings(changes)]


def failures(changes: Iterable[Change]) -> list[str]:
    """The first of them, one by one."""
    failed = [change for change in changes if change.verdict in FAILING]
    lines = [f"{c.backend}, {outlined(c)} in {c.scenario}" for c in failed[:MOST_FAILURES]]
    rest = len(failed) - len(lines)
    return lines + ([f"and {rest:,} more"] if rest else [])


def outlined(change: Change) -> str:
    """One change, where backend and scenario are known."""
    place = f"{change.check} at layer {change.layer}: " if change.check else ""
    line = f"{place}{change.verdict}"
    if change.changed > 0:
        ulps = f"{count(change.ulps)} ulp{'s' * (change.ulps != 1)}"
        line += f", {change.changed:,} of {change.entries:,} entries by up to {ulps}"
    if change.before != change.now:
        before, now = (residual_text(residual, 3) for residual in (change.before, change.now))
        line += f", residual {before} → {now}"
    return f"{line}, {change.convention}" if change.convention else line


def conventions(changes: Iterable[Change]) -> list[str]:
    """Each change of a convention, and how often it was seen."""
    seen = Counter((c.backend, c.convention) for c in changes if c.convention)
    return [
        f"convention changed: {backend}, {convention}, in {counted(count)}"
        for (backend, convention), count in sorted(seen.items())
    ]


def beginnings(changes: Iterable[Change]) -> list[str]:
    """For each backend, its equations in the order of the data, with the functions they evaluate.

    Bits changed there although all that the equation takes its numbers from had not.
    """
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (backend, check, name), group in begun(changes).items():
        seen = "{places:,} ({closer:,}/{further:,})".format(**totals(group))
        told[backend][f"{check} of " if name else f"{check} "].append(f"{name} {seen}")
    lines = []
    for backend, checks in told.items():
        parts = (check + ", ".join(names).lstrip() for check, names in checks.items())
        lines.append(fill(f"{BEGINS} {backend}: {'; '.join(parts)}", WIDTH, subsequent_indent="  "))
    return lines


def begun(changes: Iterable[Change]) -> dict[tuple[str, str, str], list[Change]]:
    """Backend, equation and function → changes, most first where the equation is the same."""
    seen: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.first:
            seen[change.backend, change.check, subject(change)].append(change)

    def order(item: tuple[tuple[str, str, str], list[Change]]) -> tuple[str, int, int, str]:
        (backend, check, name), group = item
        return backend, COMPARED.index(check), -len(group), name

    return dict(sorted(seen.items(), key=order))


def subject(change: Change) -> str:
    network = scenario_of(change.scenario).architecture
    if change.check in ("a", "BP2"):
        return network.activations[change.layer - 1]
    if change.check == "cost":
        return network.cost
    return f"{network.activations[-1]} × {network.cost}" if change.check == "BP1" else ""


def counted(places: int) -> str:
    return f"{places:,} place{'s' * (places != 1)}"


def uncounted(changes: Iterable[Change]) -> list[str]:
    """How many places could not be rebuilt: as where this machine rounds otherwise."""
    unknown = sum(change.changed < 0 for change in changes)
    return [f"not counted, as they could not be rebuilt: {counted(unknown)}"] if unknown else []


def identical(changes: Iterable[Change]) -> list[str]:
    """How many places of each backend and format have identical bits."""
    same = Counter(
        (c.backend, scenario_of(c.scenario).dtype) for c in changes if c.verdict == IDENTICAL
    )
    told = [f"{name} {dtype} {count:,}" for (name, dtype), count in sorted(same.items())]
    return [f"identical bits, in so many places: {', '.join(told)}"] if told else []

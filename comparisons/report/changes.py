"""What has changed since a baseline: the environment, a line an equation, where changes begin."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate
from textwrap import fill

from crossgrad.comparisons.baseline.changes import (
    FAILING,
    IDENTICAL,
    MISSING,
    NEW,
    VERDICTS,
    Change,
)
from crossgrad.comparisons.report.columns import in_columns, in_markdown
from crossgrad.comparisons.report.residuals import residual_text
from crossgrad.comparisons.report.table import EVERY_COLUMN
from crossgrad.comparisons.scenario import Scenario

#: Name → value before, value now.
Differences = Mapping[str, tuple[str, str]]

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


def as_text(changes: list[Change], different: Differences) -> str:
    """For a terminal."""
    lines = cells(changes)
    table = [in_columns(HEADINGS, lines, LEFT), LEGEND, ""] if lines else []
    return "\n".join([*environment(different), "", *table, *notes(changes)])


def as_markdown(changes: list[Change], different: Differences) -> str:
    """For a summary page."""
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
def cells(changes: list[Change]) -> list[list[str]]:
    """A line for each backend, format, equation and verdict but identical bits."""
    groups: dict[tuple[str, str, int], dict[int, list[Change]]] = defaultdict(dict)
    for change in changes:
        check = EVERY_COLUMN.index(change.check) if change.check else len(EVERY_COLUMN)
        verdicts = groups[change.backend, dtype_of(change), check]
        verdicts.setdefault(VERDICTS.index(change.verdict), []).append(change)
    return [
        [backend, dtype, (*EVERY_COLUMN, "")[check], VERDICTS[verdict], *figures(group, verdicts)]
        for (backend, dtype, check), verdicts in sorted(groups.items())
        for verdict, group in sorted(verdicts.items())
        if VERDICTS[verdict] != IDENTICAL
    ]


def dtype_of(change: Change) -> str:
    """The format of its scenario."""
    return scenario_of(change.scenario).dtype


def figures(group: list[Change], verdicts: Mapping[int, list[Change]]) -> list[str]:
    """Of the changes of a line, which are some of all of an equation's."""
    places = sum(map(len, verdicts.values()))
    known = [change for change in group if change.changed > 0]
    entries = sum(change.entries for change in known)
    told = [f"{len(group)}/{places}", "·", "·", "·", "·"]
    if known:
        moved = sorted((change.typical, change.changed) for change in known)
        told[1:] = [
            f"{sum(n for _, n in moved):,}/{entries:,}",
            f"{brief(weighted_median(moved))}, {brief(max(change.ulps for change in known))}",
            f"{sum(change.closer for change in known):,}",
            f"{sum(change.further for change in known):,}",
        ]
    before, now = (
        "·" if group[0].verdict == gone else residual_text(max(getattr(c, side) for c in group))
        for side, gone in (("before", NEW), ("now", MISSING))
    )
    return [*told, f"{before} → {now}"]


def brief(ulps: int) -> str:
    """Few digits of a large number."""
    return f"{ulps:,}" if ulps < 1_000_000 else f"{ulps:.1e}"  # noqa: PLR2004


def weighted_median(values: list[tuple[int, int]]) -> int:
    """Of sorted values that occur so many times each."""
    totals = list(accumulate(times for _, times in values))
    return values[bisect_right(totals, totals[-1] // 2)][0]


# ------------------------------------------------------------------ what stands below the table
def notes(changes: list[Change]) -> list[str]:
    """What fails, which conventions changed, where changes begin, and what is as it was."""
    return [
        *failures(changes),
        *conventions(changes),
        *beginnings(changes),
        *uncounted(changes),
        *identical(changes),
    ]


def failures(changes: list[Change]) -> list[str]:
    """The first of them, one by one."""
    failed = [change for change in changes if change.verdict in FAILING]
    lines = [described(change) for change in failed[:MOST_FAILURES]]
    rest = len(failed) - len(lines)
    return lines + ([f"and {rest:,} more"] if rest else [])


def described(change: Change) -> str:
    """One change, in a line."""
    return f"{change.backend}, {outlined(change)} in {change.scenario}"


def outlined(change: Change) -> str:
    """One change, where backend and scenario are known."""
    place = f"{change.check} at layer {change.layer}: " if change.check else ""
    line = f"{place}{change.verdict}"
    if change.changed > 0:
        ulps = f"{brief(change.ulps)} ulp{'s' * (change.ulps != 1)}"
        line += f", {change.changed:,} of {change.entries:,} entries by up to {ulps}"
    if change.before != change.now:
        before, now = (residual_text(residual, 3) for residual in (change.before, change.now))
        line += f", residual {before} → {now}"
    return f"{line}, {change.convention}" if change.convention else line


def conventions(changes: list[Change]) -> list[str]:
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
        told[backend][f"{check} of " if name else f"{check} "].append(f"{name} {tally(group)}")
    return [listed(backend, checks) for backend, checks in told.items()]


def listed(backend: str, checks: Mapping[str, list[str]]) -> str:
    """Of one backend, in lines that a terminal shows whole."""
    parts = (check + ", ".join(names).lstrip() for check, names in checks.items())
    return fill(f"{BEGINS} {backend}: {'; '.join(parts)}", WIDTH, subsequent_indent="  ")


def begun(changes: Iterable[Change]) -> dict[tuple[str, str, str], list[Change]]:
    """Backend, equation and function → changes, most first where the equation is the same."""
    seen: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.first:
            seen[change.backend, change.check, subject(change)].append(change)

    def order(item: tuple[tuple[str, str, str], list[Change]]) -> tuple[str, int, int, str]:
        (backend, check, name), group = item
        return backend, EVERY_COLUMN.index(check), -len(group), name

    return dict(sorted(seen.items(), key=order))


def tally(changes: Iterable[Change]) -> str:
    """Places, and entries that came closer or went further."""
    group = list(changes)
    closer, further = (sum(getattr(c, side) for c in group) for side in ("closer", "further"))
    return f"{len(group):,} ({closer:,}/{further:,})"


def subject(change: Change) -> str:
    """The function that the equation evaluates."""
    network = scenario_of(change.scenario).architecture
    if change.check in ("a", "BP2"):
        return network.activations[change.layer - 1]
    if change.check == "cost":
        return network.cost
    return f"{network.activations[-1]} × {network.cost}" if change.check == "BP1" else ""


def counted(places: int) -> str:
    """How many places."""
    return f"{places:,} place{'s' * (places != 1)}"


def uncounted(changes: Iterable[Change]) -> list[str]:
    """How many places could not be rebuilt: as where this machine rounds otherwise."""
    unknown = sum(change.changed < 0 for change in changes)
    return [f"not counted, as they could not be rebuilt: {counted(unknown)}"] if unknown else []


def identical(changes: Iterable[Change]) -> list[str]:
    """How many places of each backend and format have."""
    same = Counter((c.backend, dtype_of(c)) for c in changes if c.verdict == IDENTICAL)
    told = [f"{name} {dtype} {count:,}" for (name, dtype), count in sorted(same.items())]
    return [f"identical bits, in so many places: {', '.join(told)}"] if told else []

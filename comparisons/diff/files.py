"""Two files that were recorded: of two machines, or of one at two times."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from comparisons.baseline.changes import Change, changes
from comparisons.baseline.file import Baseline, read_baseline
from comparisons.baseline.record import Record
from comparisons.diff.found import Found
from comparisons.problem import Problem
from comparisons.scenario import Scenario
from comparisons.verification import drawn

#: A scenario and a backend.
Item = tuple[str, str]


def compared(old: Path, new: Path) -> Found:
    """What is in either; raises ``ValueError`` with one line, also if nothing is in both."""
    files = [read_baseline(path) for path in (old, new)]
    before, now = map(by_item, files)
    if not before.keys() & now.keys():
        raise ValueError(f"{old} and {new} have no scenario and backend in common")
    found: list[Change] = []
    for item in dict.fromkeys([*before, *now]):
        found += changes(before.get(item, []), now.get(item, []), problem_of(item[0]))
    facts = files[0].environment, files[1].environment
    return Found((str(old), str(new)), facts, found, [], [])


def by_item(baseline: Baseline) -> dict[Item, list[Record]]:
    """The records of each scenario and backend."""
    found: dict[Item, list[Record]] = {}
    for record in baseline.records:
        found.setdefault((record.scenario, record.backend), []).append(record)
    return found


def problem_of(scenario: str) -> Callable[[], Problem]:
    """All draws of it, should they be needed."""
    return partial(lambda name: drawn(Scenario.parse(name))[1], scenario)

"""Two files that were recorded: of two machines, or of one at two times."""

from functools import partial
from pathlib import Path

from crossgrad.comparisons.baseline.changes import Change, changes
from crossgrad.comparisons.baseline.file import read_baseline
from crossgrad.comparisons.diff.found import Found
from crossgrad.comparisons.verification import problem_of


def compared(old: Path, new: Path) -> Found:
    """What is in either; raises ``ValueError`` with one line, also if nothing is in both."""
    files = [read_baseline(path) for path in (old, new)]
    before, now = (file.answers() for file in files)
    if not before.keys() & now.keys():
        raise ValueError(f"{old} and {new} have no scenario and backend in common")
    found: list[Change] = []
    for item in dict.fromkeys([*before, *now]):
        found += changes(before.get(item, []), now.get(item, []), partial(problem_of, item[0]))
    facts = files[0].environment, files[1].environment
    return Found((str(old), str(new)), facts, found, [], [])

"""Several folders of one study as one: each block once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from comparisons.baseline.surroundings import differences
from comparisons.study.columns import Columns
from comparisons.study.folder import Folder, Header
from comparisons.study.keeper import Keeper


def merge(out: Path, folders: Sequence[Folder], form: str) -> tuple[Folder, int]:
    """The new folder, and how many blocks were in more than one; raises ``OSError``."""
    merged, numbers = Folder.create(out, header_of(folders, form)), set[int]()
    twice = 0
    with merged.locked(), Keeper(merged) as keeper:
        for block, rows in blocks_of(folders):
            if block in numbers:
                twice += 1
            else:
                numbers.add(block)
                keeper.add(rows)
    return merged, twice


def header_of(folders: Sequence[Folder], form: str) -> Header:
    """Of all together; raises ``ValueError``, with one line, where they are of other studies."""
    first, headers = folders[0], [folder.header for folder in folders]
    for other in folders[1:]:
        different = differences(first.header.plan.told(), other.header.plan.told())
        for name, (one, two) in different.items():
            raise ValueError(f"{first.path} and {other.path}: {name} is {one}, and {two}")
    machines = [machine for header in headers for machine in header.machines]
    distinct = [m for i, m in enumerate(machines) if m not in machines[:i]]
    cases = max(header.cases for header in headers)
    return Header(headers[0].plan, cases, form=form, machines=distinct)


def blocks_of(folders: Sequence[Folder]) -> Iterator[tuple[int, list[Columns]]]:
    """Of all of them, one folder after the other."""
    for folder in folders:
        yield from folder.blocks()

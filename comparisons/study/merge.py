"""Several folders of one study as one: each block once."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from crossgrad.comparisons.baseline.surroundings import differences
from crossgrad.comparisons.study.columns import Columns
from crossgrad.comparisons.study.folder import Folder, Header
from crossgrad.comparisons.study.keeper import keeper_of
from crossgrad.comparisons.study.parts import check_form
from crossgrad.comparisons.study.start import is_there


def merged(out: Path, sources: Sequence[Path], form: str | None) -> tuple[Folder, list[str]]:
    """The new folder, and what is to be said of it; it is there whole, or not at all.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    if is_there(out):
        raise ValueError(f"--out {out}: not empty: take another folder")
    folders = [Folder.open(path) for path in sources]
    header = header_of(folders, form or folders[0].header.form)
    check_form(header.form)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=out.parent, prefix=out.name, suffix=".part"))
    try:
        twice = put_together(Folder(beside, header).write_header(), folders)
        beside.chmod(0o755)
        beside.replace(out)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    told = f"{twice} blocks were in more than one folder: counted once"
    return Folder(out, header), [told] if twice else []


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


def put_together(folder: Folder, sources: Sequence[Folder]) -> int:
    """All blocks of the sources; how many were there before."""
    numbers, twice = set[int](), 0
    with keeper_of(folder) as keeper:
        for block, rows in blocks_of(sources):
            if block in numbers:
                twice += 1
            else:
                numbers.add(block)
                keeper.add(rows)
    return twice


def blocks_of(folders: Sequence[Folder]) -> Iterator[tuple[int, list[Columns]]]:
    """Of all of them, one folder after the other."""
    for folder in folders:
        yield from folder.blocks()

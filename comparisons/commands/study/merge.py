"""Several folders of one study as one: each block once."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from crossgrad.comparisons.commands.study.findings import Found
from crossgrad.comparisons.commands.study.folder import Folder, Header
from crossgrad.comparisons.commands.study.rows import check_form
from crossgrad.comparisons.commands.study.start import is_there
from crossgrad.comparisons.records.baseline.surroundings import differences


def merged(out: Path, sources: Sequence[Path], form: str | None) -> tuple[Folder, Found, list[str]]:
    """The new folder, what is in it, and what is to be said; it is there whole, or not at all.

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
        found, twice = put_together(Folder(beside, header).write_header(), folders)
        beside.chmod(0o755)
        beside.replace(out)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    told = f"{twice} blocks were in more than one folder: counted once"
    return Folder(out, header), found, [told] if twice else []


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


def put_together(folder: Folder, sources: Sequence[Folder]) -> tuple[Found, int]:
    """What all blocks of the sources come to, and how many were there before."""
    found, twice = Found(folder.header), 0
    with folder.keeping() as keep:
        for source in sources:
            for block, rows, columns in source.blocks():
                if block in found.blocks:
                    twice += 1
                else:
                    keep(columns)
                    found.add(block, rows, columns)
    return found, twice

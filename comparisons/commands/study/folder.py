"""The folder of a study: ``study.json``, what it is, and ``rows/``, what it has found so far.

A block is in one part or in none: parts are written whole, and hold whole blocks only. So a run
may be interrupted or killed at any time; what is missing is what is done when it goes on.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path

from crossgrad.comparisons.commands.study.columns import Columns, from_columns
from crossgrad.comparisons.commands.study.plan import Plan
from crossgrad.comparisons.commands.study.rows import FORMS, check_form, parts, write_part
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine import codec
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.records.baseline.surroundings import Facts, surroundings

#: Of the folder; another form of its files is another number.
VERSION = 1
HEADER = "study.json"
#: A part is written when so many seconds have passed since the last one: little is lost, and there
#: are few of them.
PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Header:
    """What is studied, how much of it was asked for last, and on which machines it was done."""

    plan: Plan
    cases: int
    shard: tuple[int, int] = (1, 1)
    form: str = "jsonl"
    machines: list[Facts] = field(default_factory=list)

    def as_json(self) -> str:
        values = {"study": VERSION, **asdict(self)}
        return codec.page(values)

    @classmethod
    def from_json(cls, text: str) -> "Header":
        """Raises one of several errors if it is none."""
        values = json.loads(text)
        if values.pop("study") != VERSION:
            raise ValueError("a folder of another version of crossgrad")
        plan = values["plan"]
        plan |= {key: tuple(plan.get(key, ())) for key in ("dtypes", "backends", "alone")}
        header = cls(**values | {"plan": Plan(**plan), "shard": tuple(values["shard"])})
        if header.form not in FORMS or not header.cases > 0:
            raise ValueError(f"form {header.form!r}, cases {header.cases!r}")
        return header

    def here(self) -> "Header":
        """The same, and this machine one of those that it is done on."""
        this = surroundings()
        return self if this in self.machines else replace(self, machines=[*self.machines, this])


class Folder:
    """A study on disk."""

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self.header = header

    @classmethod
    def open(cls, path: Path) -> "Folder":
        """One that is there; raises ``ValueError`` with one line that names the file."""
        file = path / HEADER
        try:
            folder = cls(path, Header.from_json(file.read_text(encoding="utf-8")))
        except OSError as error:
            raise ValueError(f"{path}: no study: {error.strerror}: {file}") from None
        except ValueError as error:
            raise ValueError(f"{file}: cannot go on: {error}") from None
        except (TypeError, KeyError, AttributeError):
            raise ValueError(f"{file}: cannot go on: not what a study is told by") from None
        check_form(folder.header.form)
        return folder

    def write_header(self) -> "Folder":
        """So that it can be opened; raises ``OSError``."""
        write_whole(self.path / HEADER, self.header.as_json())
        self.rows.mkdir(exist_ok=True)
        return self

    @property
    def rows(self) -> Path:
        return self.path / "rows"

    # -------------------------------------------------------------- read
    def blocks(self) -> Iterator[tuple[int, list[Row], list[Columns]]]:
        """Each finished block, once: its rows, and how they are written.

        Raises ``ValueError`` that names the file.
        """
        read = FORMS[self.header.form].read
        numbers = set[int]()
        for path in parts(self.rows, self.header.form):
            for block, group in groupby(read(path), key=lambda row: row["block"]):
                columns = list(group)
                if {row["scenario"] for row in columns} != {str(self.header.plan.scenario(block))}:
                    raise ValueError(f"{path}: block {block} is another scenario")
                if {row.get("rows") for row in columns} != {len(columns)}:
                    raise ValueError(f"{path}: block {block} is not whole: {len(columns)} rows")
                if block in numbers:
                    raise ValueError(f"{path}: block {block} is there twice")
                numbers.add(block)
                try:
                    rows = list(map(from_columns, columns))
                except ValueError as error:
                    raise ValueError(f"{path}: block {block}: no row: {error}") from None
                except (TypeError, KeyError, AttributeError):
                    raise ValueError(f"{path}: block {block}: no row of a study") from None
                yield block, rows, columns

    # -------------------------------------------------------------- written
    @contextmanager
    def keeping(self) -> Iterator[Callable[[list[Columns]], None]]:
        """What takes the rows of a finished block; all are written at the end, whatever ends it.

        What a killed run has left of a part is swept away. Raises ``OSError``: then there is no
        such part.
        """
        for left in self.rows.glob("*.part"):
            left.unlink()
        waiting: list[list[Columns]] = []
        last = time.monotonic()

        def write() -> None:
            nonlocal last
            blocks = sorted(waiting, key=lambda rows: rows[0]["block"])
            waiting.clear()  # what cannot be written is not tried again
            if blocks:
                write_part(self.rows, self.header.form, [row for rows in blocks for row in rows])
            last = time.monotonic()

        def keep(rows: list[Columns]) -> None:
            waiting.append(rows)
            if time.monotonic() - last > PAUSE:
                write()

        try:
            yield keep
        finally:
            write()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else writes to the folder; raises ``ValueError`` if somebody does."""
    import fcntl  # noqa: PLC0415 - not on every system

    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"{path}: another run is writing to it") from None
        yield
    finally:
        os.close(handle)

"""Rows in files: JSON lines, or Parquet. A part is written whole or not at all."""

import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from crossgrad.comparisons.commands.study.columns import Columns
from crossgrad.comparisons.judging.row import NUMBERS
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.machine.location import require

COUNTS = (
    *("block", "rows", "depth", "width", "batch", "draws", "layer"),
    *("entries", "uninformative", "draw"),
)


# ------------------------------------------------------------------ JSON lines
def as_jsonl(rows: list[Columns]) -> bytes:
    return "".join(f"{json.dumps(row, allow_nan=False)}\n" for row in rows).encode()


def from_jsonl(path: Path) -> Iterator[Columns]:
    """Line by line; raises ``ValueError`` that names file and line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: no row: {error}") from None
            if not is_row(row):
                raise ValueError(f"{path}, line {number}: no row of a block")
            yield row


def is_row(row: object) -> bool:
    """Whether it says of which block and scenario it is."""
    if not isinstance(row, dict):
        return False
    block, scenario = row.get("block"), row.get("scenario")
    return type(block) is int and 0 <= block < 1 << 62 and type(scenario) is str


# ------------------------------------------------------------------ Parquet
@cache
def schema() -> Any:  # noqa: ANN401 - pyarrow has no types
    """The same types in every part, whatever its rows are."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    texts = ("scenario", "dtype", "cost", "backend", "against", "check", "activation", "status")
    explained = {"divergence": pa.string(), "entries": pa.int64(), "residual": pa.float64()}
    counts = dict.fromkeys(COUNTS, pa.int64())
    numbers = dict.fromkeys((*NUMBERS, "seconds"), pa.float64())
    lists = dict.fromkeys(("entry", "residuals", "distances"), pa.list_(pa.int64()))
    types = dict.fromkeys((*texts, "regime", "cause"), pa.string()) | counts | numbers | lists
    types["explained"] = pa.list_(pa.struct(list(explained.items())))
    return types


def as_parquet(rows: list[Columns]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import parquet  # noqa: PLC0415

    file = io.BytesIO()
    types = pa.schema([(name, schema()[name]) for name in rows[0]])
    parquet.write_table(pa.Table.from_pylist(rows, types), file, compression="zstd")
    return file.getvalue()


def from_parquet(path: Path) -> Iterator[Columns]:
    """Some rows at a time; raises ``ValueError`` that names the file."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import parquet  # noqa: PLC0415

    try:
        file = parquet.ParquetFile(path)
        if set(file.schema_arrow.names) != set(schema()):
            raise ValueError(f"{path}: the columns are not those of a study")
        for batch in file.iter_batches(1024):
            rows = batch.to_pylist()
            if not all(map(is_row, rows)):
                raise ValueError(f"{path}: no rows of blocks")
            yield from rows
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path}: no rows: {' '.join(str(error).split())}") from None


class Form(NamedTuple):
    """How rows become the bytes of a file, and what reads them again."""

    write: Callable[[list[Columns]], bytes]
    read: Callable[[Path], Iterator[Columns]]


def check_form(form: str) -> None:
    """Raise ``ValueError``, with one line, unless it is known and can be read here."""
    if form not in FORMS:
        raise ValueError(f"--format {form}: known are {', '.join(FORMS)}")
    if form == "parquet":
        require("pyarrow", "--format parquet", "study")


FORMS = {"jsonl": Form(as_jsonl, from_jsonl), "parquet": Form(as_parquet, from_parquet)}


def write_part(folder: Path, form: str, rows: list[Columns]) -> None:
    """Named by its lowest block, which is in no other part."""
    lowest = min(row["block"] for row in rows)
    write_whole(folder / f"{lowest:09}.{form}", FORMS[form].write(rows))


def parts(folder: Path, form: str) -> list[Path]:
    """The files, in the order of their names."""
    return sorted(folder.glob(f"*.{form}"))

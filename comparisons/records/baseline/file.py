"""The file of a baseline: a header, then a line of JSON for each scenario, backend and equation.

Lines are sorted, so that equal runs give equal files, and a diff shows what has changed. Each line
ends with a digest of itself, and the header has one of those: whatever was cut off, edited or put
in later is found, with its line.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from crossgrad.comparisons.judging.record import Record
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.records.baseline.form import Json, check_header, check_line
from crossgrad.comparisons.records.baseline.surroundings import Facts

#: Of what is written here; a file of another is not read.
FORMAT = 1
PLACE = ("scenario", "backend", "inputs", "check", "layer")
LINE = re.compile(r'(\{.*),"sum":"([0-9a-f]{8})"\}')


@dataclass(frozen=True, slots=True)
class Baseline:
    """The outcome of a run: where it took place, what it was asked for, and what it found.

    ``generator`` is the digest of what the generator of scenarios drew; ``run`` has the options.
    """

    environment: Facts
    generator: str
    run: Json
    records: list[Record]

    def answers(self) -> dict[tuple[str, str], list[Record]]:
        """Scenario and backend → what was recorded of them."""
        found: dict[tuple[str, str], list[Record]] = {}
        for record in self.records:
            found.setdefault((record.scenario, record.backend), []).append(record)
        return found


# ------------------------------------------------------------------ write
def write_baseline(path: Path, baseline: Baseline) -> None:
    """The file is whole, old or new."""
    lines = list(map(signed, body(baseline.records)))
    header = {
        "baseline": FORMAT,
        "lines": len(lines),
        "body": checksum("".join(map(sum_of, lines))),
        "generator": baseline.generator,
        "run": baseline.run,
        "environment": baseline.environment,
    }
    write_whole(path, "".join(f"{line}\n" for line in [signed(header), *lines]))


def body(records: Iterable[Record]) -> Iterator[Json]:
    """A line for each scenario, backend and equation, with what was found at its layers."""

    def line(record: Record) -> tuple[str, ...]:
        return record.scenario, record.backend, record.check, record.inputs

    ordered = sorted(records, key=lambda record: (*line(record), record.layer))
    for (scenario, backend, check, inputs), layers in groupby(ordered, key=line):
        yield {
            "scenario": scenario,
            "backend": backend,
            "check": check,
            "inputs": inputs,
            "layers": {str(record.layer): found(record) for record in layers},
        }


def found(record: Record) -> Json:
    """What was found at one layer; what is as usual is left out."""
    values = {name: getattr(record, name) for name in FOUND}
    told = {name: value for name, value in values.items() if value != getattr(USUAL, name)}
    if record.residual == float("inf"):
        told["residual"] = "inf"  # JSON has no such number
    return told


#: A record that says nothing, and what one says besides its place.
USUAL = Record("", "", "", "", 0)
FOUND = [field.name for field in fields(Record) if field.name not in PLACE]


def signed(values: Json) -> str:
    """A line, with its own digest at the end."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"sum":"{checksum(text[:-1])}"}}'


def checksum(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def sum_of(line: str) -> str:
    return line[-10:-2]


# ------------------------------------------------------------------ read
def read_baseline(path: Path) -> Baseline:
    """Raises ``ValueError`` with one line that names the file and, of what is wrong, the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None
    lines = text.split("\n")
    if lines.pop():
        raise ValueError(f"{path}, line {len(lines) + 1}: breaks off: the file was cut short")
    if not lines:
        raise ValueError(f"{path}: empty, no baseline")
    header = header_of(path, lines[0])
    records = [
        record for n, line in enumerate(lines[1:], start=2) for record in records_of(path, n, line)
    ]
    if header["lines"] != len(lines) - 1:
        raise ValueError(
            f"{path}, line 1: {header['lines']} lines were recorded, {len(lines) - 1} are there"
        )
    if header["body"] != checksum("".join(map(sum_of, lines[1:]))):
        raise ValueError(f"{path}, line 1: its lines are not those that were recorded")
    if len({(r.scenario, r.backend, r.check, r.layer) for r in records}) < len(records):
        raise ValueError(f"{path}: a place is in it twice")
    return Baseline(header["environment"], header["generator"], header["run"], records)


def header_of(path: Path, line: str) -> Json:
    """The header, if it is one of this format."""
    try:
        header = json.loads(line)
        number = header["baseline"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(f"{path}, line 1: no header of a baseline") from None
    if number != FORMAT:
        raise ValueError(f"{path}, line 1: format {number!r}, this version reads {FORMAT}")
    header = verified(path, 1, line)
    try:
        check_header(header)
    except ValueError as error:
        raise ValueError(f"{path}, line 1: no header of a baseline: {error}") from None
    return header


def records_of(path: Path, number: int, line: str) -> list[Record]:
    values = verified(path, number, line)
    try:
        check_line(values)
        told = {name: values[name] for name in PLACE[:-1]}
        return [
            Record(**told, layer=int(l), **found | {"residual": float(found.get("residual", 0))})
            for l, found in values["layers"].items()
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path}, line {number}: no record: {error}") from None


def verified(path: Path, number: int, line: str) -> Json:
    """The object of a line that is as it was recorded."""
    match = LINE.fullmatch(line)
    if not match:
        raise ValueError(f"{path}, line {number}: no line of a baseline")
    if checksum(match[1]) != match[2]:
        raise ValueError(f"{path}, line {number}: changed since it was recorded")
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}, line {number}: no line of a baseline: {error}") from None

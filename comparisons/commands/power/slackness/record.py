"""What is recorded, as a file of this package: a line of σ or σ′ in a format, as JSON."""

import json
from collections.abc import Iterable
from pathlib import Path

from crossgrad.comparisons.commands.power.slackness.binades import as_text, from_text
from crossgrad.comparisons.commands.power.slackness.functions import Line

RECORD = Path(__file__).with_name("record.jsonl")


def as_jsonl(lines: Iterable[Line]) -> str:
    return "".join(f"{json.dumps(values(line), ensure_ascii=False)}\n" for line in lines)


def values(line: Line) -> dict[str, object]:
    return {
        "function": line.function,
        "quantity": line.quantity,
        "format": line.dtype,
        "bound": as_text(line.bound),
        "residuals": {program: as_text(found) for program, found in line.residuals.items()},
        "reasons": as_text(line.reasons),
    }


def read(path: Path = RECORD) -> dict[tuple[str, str, str], Line]:
    found = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        line = line_of(json.loads(text))
        found[line.key] = line
    return found


def line_of(told: dict[str, object]) -> Line:
    """What ``values`` has told."""
    residuals = told["residuals"]
    assert isinstance(residuals, dict)
    return Line(
        function=str(told["function"]),
        quantity=str(told["quantity"]),
        dtype=str(told["format"]),
        bound=from_text(str(told["bound"])),
        residuals={program: from_text(text) for program, text in residuals.items()},
        reasons=from_text(str(told["reasons"])),
    )

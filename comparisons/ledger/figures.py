"""The ledger as JSON: every cell of its table, and for each release what changed and where."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from crossgrad.comparisons.baseline.changes import Change
from crossgrad.comparisons.ledger.collect import Cell, Ledger, Line
from crossgrad.comparisons.ledger.releases import Release, differing
from crossgrad.comparisons.report.changes import HEADINGS, begun, cells


def as_json(ledger: Ledger) -> str:
    """All figures; an infinite residual is ``"inf"``, as in a baseline."""
    steps = zip(pairwise(ledger.releases), ledger.changes[1:], strict=True)
    values = {
        "releases": [release_values(release) for release in ledger.releases],
        "differing": differing(ledger.releases),
        "left out": ledger.left_out,
        "lines": [line_values(line, cells) for line, cells in ledger.lines.items()],
        "steps": [step_values(*releases, changes) for releases, changes in steps],
    }
    return f"{json.dumps(values, indent=1, ensure_ascii=False)}\n"


def release_values(release: Release) -> dict[str, Any]:
    """One file, and where it was recorded."""
    told = {"label": release.label, "file": release.path.name}
    return told | {"environment": release.environment}


def line_values(line: Line, cells: Sequence[Cell | None]) -> dict[str, Any]:
    """One line of the table, a cell for each release; null where there is no answer."""
    named = dict(zip(("backend", "format", "equation"), line, strict=True))
    return named | {"releases": [cell_values(cell) if cell else None for cell in cells]}


def cell_values(cell: Cell) -> dict[str, Any]:
    """One cell."""
    residual = cell.residual if math.isfinite(cell.residual) else str(cell.residual)
    return asdict(cell) | {"residual": residual}


def step_values(before: Release, now: Release, changes: Sequence[Change]) -> dict[str, Any]:
    """From one release to the next: the lines of its table, and where changes begin."""
    return {
        "before": before.label,
        "now": now.label,
        "changes": [dict(zip(HEADINGS, line, strict=True)) for line in cells([*changes])],
        "begins": [beginning(*place, group) for place, group in begun(changes).items()],
    }


def beginning(backend: str, check: str, name: str, changes: Sequence[Change]) -> dict[str, Any]:
    """Where changes begin, and by how much those places changed."""
    return {
        "backend": backend,
        "equation": check,
        "function": name,
        "places": len(changes),
        "entries": sum(change.entries for change in changes),
        "changed": sum(change.changed for change in changes),
        "closer": sum(change.closer for change in changes),
        "further": sum(change.further for change in changes),
        "ulps": max(change.ulps for change in changes),
    }

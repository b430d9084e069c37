"""A row as flat columns, for pandas, polars and DuckDB, and back.

The largest float stands for infinity, null for NaN: a column of texts and numbers is no column of
numbers, in JSON lines that a database reads. Of a failure its worst entry is there, and not
``shown``.
"""

import math
import sys
from typing import Any

from crossgrad.comparisons.equations.walk import COMPARED
from crossgrad.comparisons.judging.row import NUMBERS, PASSED, Row
from crossgrad.comparisons.problems.scenario import Scenario

Columns = dict[str, Any]
#: Written for infinity: what failed must be found by ``residual > 1``.
LARGEST = sys.float_info.max
#: What is the same in a row.
KEPT = (
    *("scenario", "backend", "against", "check", "layer", "status", "entries"),
    *("uninformative", "draw", "entry", "cause", "residuals", "distances"),
)


def as_columns(scenario: Scenario, row: Row, seconds: float) -> Columns:
    """What a query asks for comes first; ``seconds``: of the backend, or the checks of a pair."""
    network, answered = scenario.architecture, bool(row.check)
    return {
        "scenario": row.scenario,
        "dtype": scenario.dtype,
        "cost": network.cost,
        "depth": network.depth,
        "width": max(network.widths),
        "batch": scenario.batch,
        "draws": scenario.draws,
        "backend": row.backend,
        "against": row.against,
        "check": row.check,
        "layer": row.layer,
        "activation": network.activations[row.layer - 1] if answered else "",
        "status": row.status,
        **{name: finite(getattr(row, name)) for name in NUMBERS},
        "entries": row.entries,
        "uninformative": row.uninformative,
        "draw": row.draw,
        "regime": scenario.regime(row.draw) if answered else "",
        "entry": list(row.entry),
        "cause": row.cause,
        "explained": [
            {"divergence": name, "entries": entries, "residual": finite(residual)}
            for name, (entries, residual) in row.explained.items()
        ],
        "residuals": list(row.residuals),
        "distances": list(row.distances),
        "seconds": round(seconds, 6),
    }


def finite(number: float) -> float | None:
    return None if math.isnan(number) else max(-LARGEST, min(number, LARGEST))


def number(written: float | None) -> float:
    if written is None:
        return math.nan
    return math.copysign(math.inf, written) if abs(written) == LARGEST else written


def from_columns(columns: Columns) -> Row:
    """The row; raises one of several errors if it is none."""
    if columns["check"] not in ("", *COMPARED):
        raise ValueError(f"check {columns['check']!r}")
    if columns["check"] and (columns["residual"] <= 1) != (columns["status"] in PASSED):
        raise ValueError(f"residual {columns['residual']}, status {columns['status']}")
    explained = {
        e["divergence"]: (e["entries"], number(e["residual"])) for e in columns["explained"]
    }
    return Row.from_dict(
        {name: columns[name] for name in KEPT}
        | {name: number(columns[name]) for name in NUMBERS}
        | {"explained": explained}
    )

"""The atlas as JSON: every figure of its tables, the profiles, and the conventions."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from crossgrad.comparisons.commands.atlas.conventions import Change
from crossgrad.comparisons.commands.atlas.search import middles
from crossgrad.comparisons.commands.atlas.survey import Atlas


def as_json(atlas: Atlas, changes: Sequence[Change]) -> str:
    """An infinite number is ``"inf"``."""
    values = {
        "versions": atlas.versions,
        "quick": atlas.asked.quick,
        "profile at |z|": [*middles()],
        "lines": [asdict(line) | {"beyond": line.beyond} for line in atlas.lines],
        "conventions": atlas.answers,
        "changes": [change._asdict() for change in changes],
    }
    return f"{json.dumps(finite(values), indent=1, ensure_ascii=False)}\n"


def finite(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """Numbers that JSON does not have are texts; profiles have four digits."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value

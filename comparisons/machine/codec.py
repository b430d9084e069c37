"""JSON as everything here is written: what it has no number for is "inf", "-inf" or "nan"."""

import json
import math
from typing import Any


def line(values: Any) -> str:  # noqa: ANN401 - whatever JSON has
    """One line, in ASCII: nothing in it ends a line."""
    return json.dumps(plain(values), allow_nan=False) + "\n"


def page(values: Any) -> str:  # noqa: ANN401 - likewise
    return json.dumps(plain(values), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:  # noqa: ANN401 - likewise
    """The same in what JSON has; ``float`` reads a number back."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value

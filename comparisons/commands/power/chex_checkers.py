"""chex's tree assertions at their defaults; optional, as chex is."""

from typing import Any

import chex
import ml_dtypes
import numpy as np

from crossgrad.comparisons.commands.power.subject import Checker, Subject
from crossgrad.comparisons.problems.problem import QUANTITIES


def trees(subject: Subject) -> tuple[Any, Any]:
    """Both answers; bfloat16, which NumPy programs hold in float32, as such."""
    sides = ({q: side[q] for q in QUANTITIES} for side in (subject.answer, subject.trusted))
    one, other = sides
    if subject.problem.dtype == "bfloat16":
        return as_bfloat16(one), as_bfloat16(other)
    return one, other


def as_bfloat16(value: Any) -> Any:  # noqa: ANN401 - an array or a nest of them
    """In bfloat16."""
    if isinstance(value, dict):
        return {key: as_bfloat16(v) for key, v in value.items()}
    if isinstance(value, list):
        return [as_bfloat16(v) for v in value]
    return np.asarray(value, ml_dtypes.bfloat16)


def close(subject: Subject) -> bool:
    """rtol 1e-6, atol 0, whatever the format."""
    chex.assert_trees_all_close(*trees(subject))
    return True


def close_in_ulps(subject: Subject) -> bool:
    """At most one unit in the last place."""
    chex.assert_trees_all_close_ulp(*trees(subject))
    return True


CHECKERS = (
    Checker(
        "chex all_close",
        "whole trace, rtol 1e-6",
        ("float64", "float32", "bfloat16"),
        QUANTITIES,
        close,
    ),
    Checker(
        "chex all_close_ulp",
        "whole trace, 1 ulp",
        ("float64", "float32"),
        QUANTITIES,
        close_in_ulps,
    ),
)

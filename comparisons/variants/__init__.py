"""Correct programs that are not the reference: what the judge must never call wrong.

Each is a ``gradients(problem)`` as anybody's own backend is, over all activations and costs, in
NumPy and with formulas of its own; ``--backend comparisons.variants:textbook`` judges one of them.
"""

from collections.abc import Callable

from comparisons.problem import Problem
from comparisons.variants.passes import Answer
from comparisons.variants.programs import (
    fused,
    gradients_only,
    higher_precision,
    higher_precision_gradients_only,
    per_example,
    reversed_sums,
    row_layout,
    textbook,
)

#: All of them, and a name for each.
VARIANTS: dict[str, Callable[[Problem], Answer]] = {
    function.__name__: function
    for function in (
        reversed_sums,
        row_layout,
        per_example,
        higher_precision,
        higher_precision_gradients_only,
        gradients_only,
        fused,
        textbook,
    )
}
__all__ = [
    "VARIANTS",
    "fused",
    "gradients_only",
    "higher_precision",
    "higher_precision_gradients_only",
    "per_example",
    "reversed_sums",
    "row_layout",
    "textbook",
]

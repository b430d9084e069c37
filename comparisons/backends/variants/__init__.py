"""Correct programs that are not the reference: what the judge must never call wrong.

Each is a ``gradients(problem)`` as anybody's own backend is, in NumPy and with formulas of its own;
``--backend comparisons.backends.variants:textbook`` judges one of them. What one cannot do, as
another softmax cannot do the other costs, it refuses by ``NotImplementedError``.
"""

from collections.abc import Callable

from crossgrad.comparisons.backends.variants.forward import complex_step, dual_numbers
from crossgrad.comparisons.backends.variants.passes import Answer
from crossgrad.comparisons.backends.variants.programs import (
    cost_from_logits,
    divided_last,
    fused,
    gradients_only,
    higher_precision,
    higher_precision_gradients_only,
    logits_by_logaddexp,
    loss_scaled_by_3,
    loss_scaled_by_1000,
    loss_scaled_dynamically,
    micro_batches,
    micro_batches_divided_last,
    per_example,
    reversed_sums,
    row_layout,
    separate_orders,
    slope_in_another_order,
    softmax_by_log_softmax,
    softmax_by_logsumexp,
    softmax_by_unshifted_sum,
    textbook,
)
from crossgrad.comparisons.problems.problem import Problem

#: How one is asked for by its name, as anybody's own backend is.
VARIANT = f"{__name__}:"
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
        slope_in_another_order,
        separate_orders,
        dual_numbers,
        complex_step,
        cost_from_logits,
        softmax_by_logsumexp,
        softmax_by_unshifted_sum,
        softmax_by_log_softmax,
        logits_by_logaddexp,
        loss_scaled_by_1000,
        loss_scaled_by_3,
        loss_scaled_dynamically,
        divided_last,
        micro_batches,
        micro_batches_divided_last,
    )
}

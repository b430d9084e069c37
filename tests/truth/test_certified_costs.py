"""C and ∇ₐC of the reference, of torch and of JAX against the truth, over each cost's domain."""

import numpy as np
import pytest
from ball_costs import true_cost, true_cost_gradient
from balls import within
from cost_cases import cases
from framework_functions import FRAMEWORKS

from comparisons.definitions import COST_DEFINITIONS
from comparisons.divergences import divergences_of
from comparisons.rounding import FORMATS, SLACK
from reference.architecture import COSTS

formats = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
#: Batches of one number, where nothing averages out, and of 3 outputs and 5 samples.
BATCHES = {(1, 1): 600, (3, 5): 80}


def true_costs(name, a, y):
    """C and ∇ₐC of stacked batches."""
    batches = list(zip(a, y, strict=True))
    costs = np.array([true_cost(name, *batch) for batch in batches], object)
    return costs, np.stack([true_cost_gradient(name, *batch) for batch in batches])


def beyond(framework, name, given, true, fmt, share=1):
    """Where C, and where ∇ₐC, is beyond a share of its bound, and not known to be."""
    a, y = (array.astype(np.float64) for array in given)
    definition, found = COST_DEFINITIONS[name], FRAMEWORKS[framework][1](name, *given)
    bounds = definition.value_error(a, y, fmt), definition.gradient_error(a, y, fmt)
    for check, value, t, bound in zip(("cost", "BP1"), found, true, bounds, strict=True):
        assert value.dtype == fmt.name
        yield ~(within(value, t, bound * SLACK * share) | elsewhere(framework, check, name, a))


def elsewhere(framework, check, name, a):
    """Where a framework is registered to compute something else."""
    known = np.zeros(a.shape, bool)
    for entry in divergences_of(framework, check, "", name):
        known |= entry.where(a)
    return known.any(axis=(-2, -1)) if check == "cost" else known


@formats
@pytest.mark.parametrize("name", COSTS)
def test_costs_and_their_gradients_are_within_their_errors(name, fmt):
    """With logits up to 1024, and probabilities as close to 0 and 1 as the format has any."""
    for shape, count in BATCHES.items():
        given = cases(name, fmt.name, shape, count)
        true = true_costs(name, *given)
        for framework in FRAMEWORKS:
            for far in beyond(framework, name, given, true, fmt):
                assert not far.any(), f"{framework}: {given[0][far]} {given[1][far]}"


@formats
@pytest.mark.parametrize("name", COSTS)
def test_smaller_errors_are_noticed(name, fmt):
    """A 64th of either bound is too small for NumPy somewhere."""
    given = cases(name, fmt.name, (3, 5), 80)
    for far in beyond("numpy", name, given, true_costs(name, *given), fmt, share=2.0**-6):
        assert far.any()

"""C and ∇ₐC of the reference, of torch and of JAX against the truth, over each cost's domain."""

import numpy as np
import pytest
from ball_costs import true_costs
from cost_cases import cases, ends
from framework_functions import FRAMEWORKS

from crossgrad.comparisons.arithmetic.balls.balls import within
from crossgrad.comparisons.arithmetic.rounding import FORMATS, SLACK
from crossgrad.comparisons.divergences import divergences_of
from crossgrad.comparisons.parts.costs import COSTS

formats = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
#: Batches of one number, where nothing averages out, and of 3 outputs and 5 samples.
BATCHES = {(1, 1): 260, (3, 5): 52}


def beyond(framework, name, given, true, fmt, share=1):
    """Where C, and where ∇ₐC, is beyond a share of its bound, and not known to be."""
    a, y = (array.astype(np.float64) for array in given)
    definition, found = COSTS[name], FRAMEWORKS[framework][1](name, *given)
    with np.errstate(all="ignore"):
        bounds = definition.value_error(a, y, fmt), definition.gradient_error(a, y, fmt)
    for check, value, t, bound in zip(("cost", "BP1"), found, true, bounds, strict=True):
        assert value.dtype == fmt.name
        yield ~(within(value, t, bound * SLACK * share) | elsewhere(framework, check, name, a))


#: Torch clamps the logarithms of its binary cross-entropy here, as its documentation says
#: (https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html). No scenario has such an
#: a, which could show it: ``regimes`` keeps the last layer's biases within 32.
TORCH_SMALLEST_LOGARITHM = -100


def elsewhere(framework, check, name, a):
    """Where a framework is known to compute something else."""
    known = np.zeros(a.shape, bool)
    if (framework, check, name) == ("torch", "cost", "binary_cross_entropy"):
        known |= np.log(a) < TORCH_SMALLEST_LOGARITHM
    for entry in divergences_of(framework, check, "", name):
        known |= entry.where(a)
    return known.any(axis=(-2, -1)) if check == "cost" else known


@formats
@pytest.mark.parametrize("name", COSTS)
def test_costs_and_their_gradients_are_within_their_errors(name, fmt):
    """With logits up to 1024 and probabilities anywhere; and at the ends of what there is."""
    batches = [cases(name, fmt.name, shape, count) for shape, count in BATCHES.items()]
    for given in (*batches, ends(name, fmt.name)):
        true = true_costs(name, *given)
        for framework in FRAMEWORKS:
            for far in beyond(framework, name, given, true, fmt):
                assert not far.any(), f"{framework}: {given[0][far]} {given[1][far]}"


def test_what_torch_clamps_it_still_does():
    """If it no longer does, nothing is to be said of it."""
    a = np.array([[[1e-50]]])
    cost, _ = FRAMEWORKS["torch"][1]("binary_cross_entropy", a, np.ones_like(a))
    assert cost == -TORCH_SMALLEST_LOGARITHM


@formats
@pytest.mark.parametrize("name", COSTS)
def test_smaller_errors_are_noticed(name, fmt):
    """A 64th of either bound is too small for NumPy somewhere: 1/21 is not near a float."""
    given = cases(name, fmt.name, (3, 7), 80)
    for far in beyond("numpy", name, given, true_costs(name, *given), fmt, share=2.0**-6):
        assert far.any()


@formats
def test_a_bound_of_softmax_says_something_of_far_logits(fmt):
    """A few roundings, even where u times a difference is beyond what exp can take.

    And as many as log Σ eᵃ has, where that has a digit after the point.
    """
    a, y = (array.astype(np.float64) for array in ends("softmax_cross_entropy", fmt.name))
    assert fmt.u * np.ptp(a) > np.log(np.finfo(float).max)
    with np.errstate(all="ignore"):
        bound = COSTS["softmax_cross_entropy"].gradient_error(a, y, fmt)
    size = fmt.u * fmt.kappa.log * (1 + np.abs(a).max(axis=-2, keepdims=True))
    assert (bound <= 64 * fmt.u + np.where(size < 1, 2 * size, 0)).all()

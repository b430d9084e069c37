"""σ, σ′, σ″ and ∇ₐC from power series: against what textbooks say, and central differences."""

import ball_costs
import numpy as np
import pytest
from cost_cases import cases
from flint import arb, ctx
from float_grids import grid
from textbook_derivatives import ACTIVATION, COST_SLOPE

from crossgrad.comparisons.arithmetic.balls.balls import balls, is_sharp, sharp
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.parts.activations import ELEMENTWISE as PARTS
from crossgrad.comparisons.parts.balls import derivatives, true_sigma, value
from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS

names = pytest.mark.parametrize("name", PARTS)
#: A central difference errs by STEP² times the next derivatives: 2⁻⁸⁰⁰, and these are moderate.
BITS, STEP, AGREEMENT = 2600, arb(2) ** -400, arb(2) ** -700
#: Not at a kink, where a difference takes the mean of both sides.
POINTS = [*np.linspace(-39.7, 39.3, 80).tolist(), 1e-3, -1e-3, 2.0**-60, -(2.0**-60)]


def test_the_tables_are_of_what_there_is():
    """A second opinion on all that was there first; central differences are one on any."""
    first = GENERATIONS[2]
    assert {*first.activations} <= {*ACTIVATION} <= {*ACTIVATIONS}
    assert {*first.costs} <= {*COST_SLOPE} <= {*COSTS}


@pytest.mark.parametrize("name", ACTIVATION)
def test_series_agree_with_the_textbook(name):
    """σ and σ′ over all magnitudes of float64: two sharp balls that overlap."""
    z = grid(FORMATS["float64"], points=30)
    for number, *series in zip(z.tolist(), *true_sigma(name, z), strict=True):
        book = sharp(lambda number=number: [f(arb(number)) for f in ACTIVATION[name]])
        assert all(one.overlaps(other) for one, other in zip(series, book, strict=True)), number


@pytest.mark.parametrize("name", COST_SLOPE)
def test_slopes_of_costs_agree_with_the_textbook(name):
    """∂C/∂a_j of each output and sample."""
    for a, y in zip(*cases(name, "float64", (3, 2), 40), strict=True):
        series = ball_costs.true_cost_gradient(name, a, y)
        for j, i in np.ndindex(a.shape):
            p, q = balls(a[:, i]).tolist(), balls(y[:, i]).tolist()
            book = sharp(lambda p=p, q=q, j=j: [COST_SLOPE[name](p, q, j) / 2])[0]
            assert is_sharp(series[j, i])
            assert book.overlaps(series[j, i])


def agrees(name, number, found):
    """σ′ and σ″ are what central differences of σ are."""
    with ctx.workprec(BITS):
        below, at, above = (value(name, number + step) for step in (-STEP, arb(0), STEP))
        first, second = (above - below) / (2 * STEP), (above - 2 * at + below) / STEP**2
        return abs(found[1] - first) < AGREEMENT and abs(found[2] - second) < AGREEMENT


@names
def test_series_agree_with_central_differences(name):
    """To 700 bits after the point; a sign that is wrong, of either derivative, is noticed."""
    noticed = {1: False, 2: False}
    for number in map(arb, POINTS):
        with ctx.workprec(BITS):
            found = derivatives(name, number)
        assert agrees(name, number, found), number
        for order in noticed:
            wrong = tuple(-d if k == order else d for k, d in enumerate(found))
            noticed[order] |= not agrees(name, number, wrong)
    assert noticed[1]
    assert noticed[2] != PARTS[name].piecewise_linear

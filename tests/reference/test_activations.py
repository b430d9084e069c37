"""Each σ and σ′ as the module promises: its digits in the tails, numbers everywhere, its kinks.

That both are within e0 and e1 of the truth is `tests/truth/test_certified_functions.py`'s.
"""

import numpy as np
import pytest
from float_grids import grid, without_overflow

from crossgrad.comparisons.arithmetic.balls.balls import floats, within
from crossgrad.comparisons.arithmetic.rounding import FORMATS, KAPPA, gamma
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.balls import true_sigma
from crossgrad.reference.activations import ACTIVATIONS

#: Relative error of σ′ in units of u, where the textbook form has no digit left. With κ for
#: e = e^{-|z|}, one for each operation and twice as many for what is squared:
UNITS = {
    "sigmoid": KAPPA.exp + 4,  # e / (1 + e)²: κ; 1 + e twice; square; quotient
    "tanh": 2 * KAPPA.exp + 5,  # with e²: 2κ and a square more; 4 is exact
    "softplus": KAPPA.exp + 2,  # e / (1 + e): κ; 1 + e; quotient
    "log_sigmoid": KAPPA.exp + 2,  # the same
    "elu": KAPPA.exp,  # eᶻ
    "softsign": 5,  # (1 / q)², q = 1 + |z|: two, doubled, and the square
    # s (1 + w), w = z s(-z): s has κ + 2, w has κ + 3, which 1 + w hands on |w| / |1 + w| times:
    # less than twice beyond |z| = 3; and two more.
    "silu": (KAPPA.exp + 2) + 2 * (KAPPA.exp + 3) + 2,
}
TAILS = {"float64": (3, 9, 19, 37, 300, 700), "float32": (3, 8, 19, 37, 80)}
formats = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
names = pytest.mark.parametrize("name", ELEMENTWISE)


@formats
@pytest.mark.parametrize("name", UNITS)
def test_derivative_has_all_its_digits_in_the_tails(name, fmt):
    """There 1 - a is 0 and the textbook derivative lost; a result may only be flushed to zero."""
    z = np.array([sign * t for t in TAILS[fmt.name] for sign in (-1, 1)], fmt.name)
    true = true_sigma(name, z)[1]
    bound = gamma(UNITS[name], fmt.u) * np.abs(floats(true).astype(np.float64)) + fmt.omega
    assert within(ACTIVATIONS[name].sigma_prime(z), true, bound).all()


@formats
@names
def test_every_finite_input_gives_a_number_of_its_format(name, fmt):
    """No NaN, no other dtype or shape, no change of the input; a warning would be an error."""
    z = without_overflow(name, grid(fmt))[:, None]
    given = z.copy()
    for f in ACTIVATIONS[name]:
        result = f(z)
        assert np.isfinite(result).all()
        assert (result.dtype, result.shape) == (z.dtype, z.shape)
        assert not np.shares_memory(result, z)
    assert z.tobytes() == given.tobytes()


@names
def test_kinks_are_taken_from_the_left(name):
    """σ′(±0) and σ′(±1) as the module says: relu and leaky_relu from the left, hardtanh 0."""
    at_kinks = {"relu": (0, 0, 1, 0), "leaky_relu": (0.01, 0.01, 1, 0.01), "hardtanh": (1, 1, 0, 0)}
    smooth = ACTIVATIONS[name].sigma_prime(np.array([0.0, 0.0, 1.0, -1.0]))
    derivative = ACTIVATIONS[name].sigma_prime(np.array([-0.0, 0.0, 1.0, -1.0]))
    assert tuple(derivative) == at_kinks.get(name, tuple(smooth))

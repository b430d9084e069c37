"""σ and σ′ as pairs: within what the checker claims of them, from one end of float64 to the other.

That share of the bound is also shown to be what a checker of such a precision may claim.
"""

from functools import cache

import numpy as np
import pytest
from float_grids import dense_grid, grid, without_overflow

from crossgrad.comparisons.arithmetic.balls.balls import pair_within, within
from crossgrad.comparisons.arithmetic.pairs import lift, sum_of
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, CHECKERS, FORMATS, SLACK, share
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise
from crossgrad.comparisons.parts.balls import true_sigma

FLOAT64 = FORMATS["float64"]
#: Judged by the reference in float64.
LESS = [fmt for fmt in ALL_FORMATS.values() if fmt.name != "float64"]
Z = dense_grid(FLOAT64)
activations = pytest.mark.parametrize("name", ELEMENTWISE)
#: In the order of e0 and e1.
QUANTITIES = ("sigma", "sigma_prime")
quantities = pytest.mark.parametrize("quantity", QUANTITIES)
grid_of = cache(lambda name: without_overflow(name, Z))
true_values = cache(lambda name: true_sigma(name, grid_of(name)))


# ------------------------------------------------------------------ what is claimed
@pytest.mark.parametrize("dtype", FORMATS)
def test_the_checker_is_far_better_than_what_it_judges(dtype):
    """At most a thousandth of a bound, in the normal range and where numbers end."""
    fmt, checker = FORMATS[dtype], CHECKERS[dtype]
    assert share(fmt) < 1e-3
    assert checker.u == share(fmt) * fmt.u
    assert checker.omega <= share(fmt) * fmt.omega


@activations
def test_a_share_of_the_bound_is_the_bound_of_the_checker(name):
    """Errors are convex in (u, ω) and vanish with it; but where a function has settled."""
    sigma, z = ELEMENTWISE[name], grid(FLOAT64, 50)
    for fmt in ALL_FORMATS.values():
        checker = CHECKERS[fmt.name]
        with np.errstate(all="ignore"):
            a, d = (np.abs(value(z)) for value in sigma.float64)
            own = sigma.errors(z, a, d, checker, unsettled(z))
            bounds = sigma.errors(z, a, d, fmt, unsettled(z))
        for e, bound in zip(own, bounds, strict=True):
            assert (e <= share(fmt) * bound * SLACK).all()


def unsettled(z):
    """Taken for 0, z is where nothing has settled."""
    return np.zeros_like(z)


@activations
@pytest.mark.parametrize("fmt", LESS, ids=lambda fmt: fmt.name)
def test_what_judges_less_than_float64_is_within_a_share_of_the_bound(name, fmt):
    """The reference in float64, at every z; of float64 itself the test below says it of pairs."""
    sigma = ELEMENTWISE[name]
    z = dense_grid(FORMATS["float32"]).astype(float)
    with np.errstate(all="ignore"):
        both = tuple(value(z) for value in sigma.float64)
        errors = sigma.errors(z, *map(np.abs, both), fmt)
    for value, true, e in zip(both, true_sigma(name, z), errors, strict=True):
        own = 0.0 if ELEMENTWISE[name].selects else share(fmt) * e * SLACK
        well = within(value, true, np.where(np.isnan(own), 0, own))
        assert well.all(), f"{(~well).sum()}, the first at z = {z[~well][0]!r}"


# ------------------------------------------------------------------ σ and σ′
def bounds(name, z):
    """e0 and e1, as the checks take them."""
    sigma = ELEMENTWISE[name]
    with np.errstate(all="ignore"):
        a, d = (np.abs(value(z)) for value in sigma.float64)
        return sigma.errors(z, a, d, FLOAT64)


def inside(name, quantity, spoil=lambda pair: pair):
    """Where a pair is within what is claimed; what chooses is exact."""
    with np.errstate(all="ignore"):
        pair = spoil(getattr(ELEMENTWISE[name], quantity)(grid_of(name)))
    own = (
        0.0
        if ELEMENTWISE[name].selects
        else share(FLOAT64) * bounds(name, grid_of(name))[QUANTITIES.index(quantity)] * SLACK
    )
    return pair_within(pair, true_values(name)[QUANTITIES.index(quantity)], own)


@activations
@quantities
def test_activation_is_within_its_own_bound(name, quantity):
    """Thousands of z, subnormal ones and the largest too."""
    well = inside(name, quantity)
    assert well.all(), f"{(~well).sum()}, the first at z = {grid_of(name)[~well][0]!r}"


@activations
@quantities
def test_a_worse_activation_would_be_noticed(name, quantity):
    """As float64, but for those that are numbers of it; off by 8 u, all of them."""
    in_float64 = inside(name, quantity, lambda pair: lift(pair.nearest))
    with np.errstate(all="ignore"):
        pair = lift(getattr(ELEMENTWISE[name], quantity)(grid_of(name)))
        beyond = (pair - pair.nearest).nearest
    assert in_float64.all() == (not beyond.any())
    off = sum_of(1.0, np.float64(8 * FLOAT64.u))
    assert not inside(name, quantity, lambda pair: pair * off).all()


@activations
def test_pairs_and_float64_are_the_same_function(name):
    """The one that judges, and the one whose values scale the bounds: kinks and all."""
    sigma, z = ELEMENTWISE[name], grid_of(name)
    with np.errstate(all="ignore"):
        both = [value(z) for value in sigma.float64]
        pairs = [sigma.sigma(z), sigma.sigma_prime(z)]
    for value, pair, e in zip(both, pairs, bounds(name, z), strict=True):
        assert (np.abs(pair.nearest - value) <= 2 * e).all()


# ------------------------------------------------------------------ divergences
REPLACED = [d for d in DIVERGENCES if isinstance(d.part, Elementwise)]
REPLACED = [d for d in REPLACED if "float64" in d.dtypes and "sigma_prime" in vars(d.part)]


@pytest.mark.parametrize("entry", REPLACED, ids=lambda d: d.name)
def test_a_replaced_activation_is_replaced_in_both(entry):
    """As pairs and in float64, where it diverges; and only there."""
    usual = ELEMENTWISE[entry.subject]
    with np.errstate(all="ignore"):
        a, d = (value(Z) for value in entry.part.float64)
        errors = usual.errors(Z, np.abs(a), np.abs(d), FLOAT64)
        pairs = entry.part.sigma(Z), entry.part.sigma_prime(Z)
        for value, pair, e in zip((a, d), pairs, errors, strict=True):
            near = np.abs(pair.nearest - value) <= 2 * e
            assert (near | np.isinf(value)).all()  # as a pair ∞ is no number
        changed = (a != usual.float64.sigma(Z)) | (d != usual.float64.sigma_prime(Z))
    assert changed.any()
    assert not changed[~entry.where(Z)].any()

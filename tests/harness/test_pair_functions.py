"""exp, expm1, log, log1p and the normal distribution as pairs, against ball arithmetic."""

import sys
from pathlib import Path

import numpy as np
import pytest
from flint import arb, ctx

from comparisons import pair_tables, rounding
from comparisons.pair_functions import exp, expm1, log, log1p, normal_cdf, normal_density
from comparisons.pairs import Pair, lift, sum_of
from comparisons.rounding import PAIRS
from reference.parameters import raw_bits, uniform

sys.path.append(str(Path(__file__).parents[1] / "reference"))
from oracle import truth

BITS = 1400
COUNT = 1500
#: The smallest subnormals, of which a function may lose a few.
LOST = 2.0**-1070
UNIFORM = uniform(raw_bits((COUNT,), 1, 2, 3), "float64")
POWERS = 10.0 ** (-150 - 150 * UNIFORM)
NEGATIVE = np.concatenate([[0.0, -0.0, -5e-324], 400 * (UNIFORM - 1), UNIFORM - 1, -POWERS])
MIDDLE = np.concatenate([[0.0, 1.0, -0.5], (1 + 3 * UNIFORM) / 4, POWERS, -POWERS / 4])
POSITIVE = np.concatenate([[5e-324, 1.0], (1 + UNIFORM) / 2, POWERS, 1 - POWERS, 1e3 * POWERS])
NORMAL = np.concatenate([[0.0, 9.96875, 10.0], 11 * UNIFORM, 45 * UNIFORM, POWERS])


def distance(pair, true):
    """|hi + lo - truth|: the first two differences are exact where all is well."""
    return np.abs(((pair.hi - true[0]) + pair.lo) - true[1])


def phi(z):
    """The density."""
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def density_kappa(z):
    """φ's argument is rounded, and comes as a pair of a square."""
    return rounding.KAPPA_EXP + z * z


#: The function, the truth, its arguments, and what it may err by: κ, relative to the truth.
FUNCTIONS = {
    "exp": (exp, arb.exp, NEGATIVE, rounding.KAPPA_EXP),
    "expm1": (expm1, arb.expm1, NEGATIVE, rounding.KAPPA_EXPM1),
    "log1p": (log1p, arb.log1p, MIDDLE, rounding.KAPPA_LOG1P),
    "log": (log, arb.log, POSITIVE, rounding.KAPPA_LOG),
    "density": (lambda x: normal_density(x.hi + x.lo), phi, NORMAL, density_kappa(NORMAL)),
}
names = pytest.mark.parametrize("name", FUNCTIONS)


def judged(name, spoil=lambda pair: pair):
    """Each error, as a share of what is claimed."""
    function, ball, z, kappa = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        pair = spoil(function(lift(z)))
    true = truth(ball, z, BITS)
    return distance(pair, true) / (kappa * PAIRS.u * np.abs(true[0]) + LOST)


@names
def test_within_an_eighth_of_kappa(name):
    """In units of 2⁻⁶³: the margin that ``rounding`` speaks of."""
    assert (judged(name) <= 1 / 8).all()


@names
def test_without_lo_it_would_be_noticed(name):
    """The same functions, as good as float64 can be."""
    assert (judged(name, lambda pair: lift(pair.nearest)) > 1).any()


@names
@pytest.mark.parametrize("bits", [62, 60])
def test_a_worse_function_would_be_noticed(name, bits):
    """Off by a few of the units in which κ counts."""
    off = sum_of(1.0, np.float64(8 * 2.0**-bits))
    assert (judged(name, lambda pair: pair * off) > 1 / 8).any()


def test_arguments_may_be_pairs():
    """What lo adds to an argument counts."""
    x = sum_of(-UNIFORM - 2, 2.0**-60 * UNIFORM[::-1])
    with ctx.workprec(BITS):
        balls = [arb(float(hi)) + arb(float(lo)) for hi, lo in zip(x.hi, x.lo, strict=True)]
        for function, ball in ((exp, arb.exp), (expm1, arb.expm1)):
            pair = function(x)
            for hi, lo, z in zip(pair.hi, pair.lo, balls, strict=True):
                off = abs(arb(float(hi)) + arb(float(lo)) - ball(z))
                assert off <= rounding.KAPPA_EXP * PAIRS.u * abs(ball(z)) / 8


def test_normal_distribution_is_as_good_absolutely():
    """Half of κ of erf, in units of 2⁻⁶³."""
    true = truth(lambda z: (-z / arb(2).sqrt()).erfc() / 2, NORMAL, BITS)
    bound = rounding.KAPPA_ERF / 2 * PAIRS.u
    assert (distance(normal_cdf(NORMAL), true) <= bound / 8).all()
    assert (distance(lift(normal_cdf(NORMAL).nearest), true) > bound).any()


# ------------------------------------------------------------------ limits
def test_exponentials_far_out():
    """Whatever the argument: 0 and -1 at the limit."""
    x = lift(np.array([-745.2, -1e4, -1e300, -np.finfo(float).max]))
    assert exp(x).nearest.tolist() == [0.0] * 4
    assert expm1(x).nearest.tolist() == [-1.0] * 4


def test_the_distribution_far_out():
    """0 and 1, and no density."""
    z = np.array([-1e300, -11.0, 11.0, 1e300])
    assert normal_cdf(z).nearest.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert normal_density(1e300 * np.ones(1)).nearest == 0


def test_nan_stays_nan():
    """It must fail wherever it comes from."""
    x = np.array([np.nan])
    with np.errstate(all="ignore"):
        results = [*(f(lift(x)) for f in (exp, expm1, log1p, log)), normal_cdf(x)]
        assert all(np.isnan(pair.nearest) for pair in [*results, normal_density(x)])


# ------------------------------------------------------------------ tables
@pytest.mark.parametrize(
    ("constant", "true"),
    [
        (pair_tables.LN2, lambda: arb(2).log()),
        (pair_tables.SQRT_2PI, lambda: arb(2).sqrt() * arb.pi().sqrt()),
        (pair_tables.LINEAR, lambda: 2 * (2 / arb.pi()).sqrt()),
        (pair_tables.CUBIC, lambda: 2 * (2 / arb.pi()).sqrt() * arb("0.044715")),
        (pair_tables.SLOPE, lambda: arb("0.01")),
    ],
)
def test_constants(constant: Pair, true):
    """To the last of 78 bits."""
    with ctx.workprec(BITS):
        off = abs(arb(float(constant.hi)) + arb(float(constant.lo)) - true())
        assert off <= abs(true()) * arb(2) ** -78

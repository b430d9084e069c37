"""exp, expm1, log, log1p and the normal distribution as pairs, against the truth."""

from functools import cache

import numpy as np
import pytest
from flint import arb, ctx

from crossgrad.comparisons.arithmetic import rounding
from crossgrad.comparisons.arithmetic.balls.balls import BITS, balls, floats, pair_within, sharp
from crossgrad.comparisons.arithmetic.pairs import lift, sum_of, tables
from crossgrad.comparisons.arithmetic.pairs.functions import (
    exp,
    expm1,
    log,
    log1p,
    normal_cdf,
    normal_density,
)
from crossgrad.comparisons.arithmetic.rounding import PAIRS
from crossgrad.reference.parameters import raw_bits, uniform

#: The smallest subnormals, of which a function may lose a few.
LOST = 2.0**-1070
#: The margin that ``rounding`` speaks of: errors are below an eighth of what is declared.
EIGHTH = 1 / 8
UNIFORM = uniform(raw_bits((1500,), 1, 2, 3), "float64")
POWERS = 10.0 ** (-150 - 150 * UNIFORM)
NEGATIVE = np.concatenate([[0.0, -0.0, -5e-324], 400 * (UNIFORM - 1), UNIFORM - 1, -POWERS])
MIDDLE = np.concatenate([[0.0, 1.0, -0.5], (1 + 3 * UNIFORM) / 4, POWERS, -POWERS / 4])
POSITIVE = np.concatenate([[5e-324, 1.0], (1 + UNIFORM) / 2, POWERS, 1 - POWERS, 1e3 * POWERS])
NORMAL = np.concatenate([[0.0, 9.96875, 10.0], 11 * UNIFORM, 45 * UNIFORM, POWERS])


def phi(z):
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


#: The function, the truth, its arguments, and what it may err by: κ, relative to the truth. The
#: argument of φ is rounded, and comes as a pair of a square.
FUNCTIONS = {
    "exp": (exp, arb.exp, NEGATIVE, rounding.KAPPA.exp),
    "expm1": (expm1, arb.expm1, NEGATIVE, rounding.KAPPA.expm1),
    "log1p": (log1p, arb.log1p, MIDDLE, rounding.KAPPA.log1p),
    "log": (log, arb.log, POSITIVE, rounding.KAPPA.log),
    "density": (
        lambda x: normal_density(x.hi + x.lo),
        phi,
        NORMAL,
        rounding.KAPPA.exp + NORMAL * NORMAL,
    ),
}
names = pytest.mark.parametrize("name", FUNCTIONS)


def true_values(f, z):
    return np.frompyfunc(lambda number: sharp(lambda: [f(arb(number))])[0], 1, 1)(z)


@cache
def truth_of(name):
    """At all of its arguments, and in float64."""
    true = true_values(FUNCTIONS[name][1], FUNCTIONS[name][2])
    return true, np.abs(floats(true).astype(np.float64))


def all_within(name, share, spoil=lambda pair: pair):
    """Whether each error is within a share of what is claimed."""
    function, _, z, kappa = FUNCTIONS[name]
    true, size = truth_of(name)
    with np.errstate(all="ignore"):
        pair = spoil(function(lift(z)))
    return pair_within(pair, true, share * (kappa * PAIRS.u * size + LOST)).all()


@names
def test_within_an_eighth_of_kappa(name):
    """In units of 2⁻⁶³."""
    assert all_within(name, EIGHTH)


@names
def test_without_lo_it_would_be_noticed(name):
    """The same functions, as good as float64 can be."""
    assert not all_within(name, 1, lambda pair: lift(pair.nearest))


@names
@pytest.mark.parametrize("bits", [62, 60])
def test_a_worse_function_would_be_noticed(name, bits):
    """Off by a few of the units in which κ counts."""
    off = sum_of(1.0, np.float64(8 * 2.0**-bits))
    assert not all_within(name, EIGHTH, lambda pair: pair * off)


@pytest.mark.parametrize(("function", "ball"), [(exp, arb.exp), (expm1, arb.expm1)])
def test_arguments_may_be_pairs(function, ball):
    """What lo adds to an argument counts."""
    x = sum_of(-UNIFORM - 2, 2.0**-60 * UNIFORM[::-1])
    with ctx.workprec(BITS[0]):
        true = true_values(ball, balls(x.hi) + balls(x.lo))
    bound = EIGHTH * rounding.KAPPA.exp * PAIRS.u * np.abs(floats(true).astype(np.float64))
    assert pair_within(function(x), true, bound).all()
    assert not pair_within(function(lift(x.hi)), true, bound).any()


def test_normal_distribution_is_as_good_absolutely():
    """Half of κ of erf, in units of 2⁻⁶³; a worse one is noticed."""
    true = true_values(lambda z: (-z / arb(2).sqrt()).erfc() / 2, NORMAL)
    bound = rounding.KAPPA.erf / 2 * PAIRS.u
    assert pair_within(normal_cdf(NORMAL), true, EIGHTH * bound).all()
    assert not pair_within(lift(normal_cdf(NORMAL).nearest), true, bound).all()


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
CONSTANTS = {
    "LN2": lambda: arb(2).log(),
    "SQRT_2PI": lambda: arb(2).sqrt() * arb.pi().sqrt(),
    "LINEAR": lambda: 2 * (2 / arb.pi()).sqrt(),
    "CUBIC": lambda: 2 * (2 / arb.pi()).sqrt() * arb("0.044715"),
    "SLOPE": lambda: arb("0.01"),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants(name):
    """To the last of 78 bits."""
    true = sharp(lambda: [CONSTANTS[name]()])[0]
    assert pair_within(getattr(tables, name), true, 2.0**-78 * abs(float(true)))

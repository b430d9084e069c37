"""Functions reach their limits, and what is wrong far out is caught there, in every binade.

The first is what the bounds take for granted (docs/numerics.md, "Where functions have settled");
the second is what it is for.
"""

import numpy as np
import pytest

from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.arithmetic.limits import (
    erf_settles,
    sigmoid_settles,
    softplus_settles,
    tanh_settles,
)
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.commands.atlas import arguments
from crossgrad.comparisons.commands.atlas.probes import PROBES, offers, values
from crossgrad.comparisons.equations.walk import compare
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.activations import ACTIVATIONS, gelu_cubic
from crossgrad.reference.architecture import Architecture

formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)
activations = pytest.mark.parametrize("name", ELEMENTWISE)
#: Of the chunks of float32 and float64 one in so many.
EVERY = 8

# ------------------------------------------------------------------ what is taken for granted
#: Elementary function → from which z on it is at its limit, and what that is.
LIMITS = {
    "tanh": (tanh_settles, np.sign, abs),
    "erf": (lambda fmt: erf_settles(fmt) / np.sqrt(2), np.sign, abs),
    "sigmoid": (sigmoid_settles, np.ones_like, np.positive),
    "expm1": (sigmoid_settles, lambda z: -np.ones_like(z), np.negative),
    "softplus": (softplus_settles, np.positive, np.positive),
}


def chunks(fmt):
    """All numbers of 16 bits; of the others some."""
    found = [*arguments.chunks(fmt, quick=True)]
    return found if len(found) == 2 else found[::EVERY]


@formats
@pytest.mark.parametrize("name", LIMITS)
def test_a_function_is_at_its_limit_from_where_it_is_said_to_be(name, fmt):
    """Exactly, with everybody who has one; torch's linear softplus is as well."""
    settles, limit, outwards = LIMITS[name]
    asked = [probe for probe in PROBES if not missing(probe) and offers(probe, name)]
    assert len(asked) >= 3
    for z in chunks(fmt):
        far = z[outwards(z.astype(float)) >= settles(fmt)]
        for probe in asked if len(far) else ():
            (given,) = values(probe, name, far)
            short = given != limit(far.astype(float))
            assert not short.any(), f"{probe}: at {far[short][:3]}"


# ------------------------------------------------------------------ what it is for
def every_binade(fmt):
    """Numbers of both signs, three a binade, from the smallest normal one to the largest."""
    digits, exponents = np.array([1.0, 1.25, 1.625]), arguments.limits(fmt)
    powers = np.ldexp(1.0, np.arange(exponents.minexp, exponents.maxexp))
    size = (powers[:, None] * digits).ravel()
    return np.concatenate([-size[::-1], size])


def residuals(name, fmt, z, sigma_prime):
    """Of BP2 for W = δ = 1: what is reported as δ of the layer below is σ′ itself."""
    held = np.float64 if fmt.name == "float64" else np.float32
    ones = np.ones((z.size, 1, 1), held)
    layers = Architecture((1, 1, 1), (name, "identity"), "quadratic")
    problem = Problem(layers, fmt.name, (ones, ones), (ones, ones), ones, ones)
    at_z, delta = ((part.astype(held).reshape(-1, 1, 1), ones) for part in (z, sigma_prime))
    trace = Trace(dW=(), db=(), z=at_z, delta=delta)
    return compare("BP2", 1, problem, trace, fmt).residual.ravel()


def true_slopes(name, fmt):
    """z and σ′(z), of which twice, and a little more, is a number of the format too."""
    z = every_binade(fmt)
    with np.errstate(all="ignore"):
        d = ACTIVATIONS[name].sigma_prime(z)
    fits = np.abs(d) <= float(arguments.limits(fmt).max) / 4
    return z[fits], d[fits]


@formats
@activations
def test_the_right_slope_passes_in_every_binade(name, fmt):
    """Rounded to the format: else nothing below says anything."""
    z, d = true_slopes(name, fmt)
    rounded = d.astype(arguments.types(fmt)[0]).astype(float)
    assert (residuals(name, fmt, z, rounded) <= 1).all()


@formats
@activations
def test_a_slope_with_the_wrong_sign_is_caught_in_every_binade(name, fmt):
    """-1, and 1 where it is negative: whatever has cancelled, and however far out.

    But for z of which ω z is not small: softsign′ may be v |z| · 1/q², with 1/q² flushed to 0.
    """
    z, d = true_slopes(name, fmt)
    there = (name != "softsign") | (fmt.omega * np.abs(z) < 1 / 2)
    assert (residuals(name, fmt, z, np.where(d > 0, -1.0, 1.0)) > 1)[there].all()


#: Below this, in u, σ′ may be 0: forms that cancel, as 1 - a², 1 + erf, 1/q - |z|/q², have no more.
CANCELLED = 80
#: Where every softplus is z, in all formats.
FAR = 2.0**10


@formats
@activations
def test_a_dead_unit_is_caught_in_every_binade(name, fmt):
    """σ′ = 0, and twice σ′, wherever σ′ is not below what the algebra of some form leaves of it."""
    z, d = true_slopes(name, fmt)
    there = np.abs(d) > CANCELLED * fmt.u
    for factor in (0, 2):
        assert (residuals(name, fmt, z[there], factor * d[there]) > 1).all()


#: Activation → from where on what cancels in its σ′ has settled.
SETTLED = {
    "sigmoid": lambda z, fmt: z >= sigmoid_settles(fmt),
    "tanh": lambda z, fmt: np.abs(z) >= tanh_settles(fmt),
    "elu": lambda z, fmt: z <= -sigmoid_settles(fmt),
    "log_sigmoid": lambda z, fmt: z >= sigmoid_settles(fmt),
    "gelu": lambda z, fmt: z <= -erf_settles(fmt),
    "gelu_tanh": lambda z, fmt: gelu_cubic(-z) * (1 - 6 * fmt.u) >= tanh_settles(fmt),
}
#: In ω: a product of three with z² that is flushed to 0 may lose so much.
LOST = 4096


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", SETTLED)
def test_a_settled_slope_has_its_sign(name, fmt):
    """-σ′ is caught however small σ′ is, where 0 is not: it is twice as far from the truth.

    In 16 bits the exponent of gelu_tanh may be off by more than that; float16 has no such numbers.
    """
    z = np.linspace(-64, 64, 8193)
    d = ACTIVATIONS[name].sigma_prime(z)
    there = SETTLED[name](z, fmt) & (np.abs(d) > LOST * fmt.omega)
    assert there.sum() > 100
    assert (residuals(name, fmt, z, -d) > 1)[there].all()
    assert (residuals(name, fmt, z, 0 * d) <= 1)[there].all()


@formats
@activations
def test_sixteen_units_are_caught_far_out(name, fmt):
    """σ′ (1 + 16u) from 2¹⁰ on, if it is not small: no term is left that grows with z."""
    z, d = true_slopes(name, fmt)
    there = (np.abs(z) >= FAR) & (np.abs(d) > 1 / 2)
    assert (residuals(name, fmt, z[there], d[there] * (1 + 16 * fmt.u)) > 1).all()

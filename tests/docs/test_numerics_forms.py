"""Every form of σ′ that docs/numerics.md speaks of is within its bound; each term is for somebody.

In NumPy, in both formats, as reverse mode has it: times v, before its terms are combined or after.
"""

import math

import numpy as np
import pytest
from float_grids import grid
from numerics_page import rebuilt

from crossgrad.comparisons.arithmetic.rounding import FORMATS, SLACK
from crossgrad.comparisons.parts.activations import ACTIVATIONS as TRUE
from crossgrad.reference.activations import ACTIVATIONS, gelu_cubic, gelu_cubic_prime

#: Beyond, squares overflow in float32, which no bound on rounding is about.
FURTHEST = 1e12
V = (1 / 3, -0.7, 1e-3)
#: A form of which the page says that it is wrong from 1/u on.
LOSES_ALL = ("silu, from a",)
erf = np.frompyfunc(math.erf, 1, 1)


def s(z):
    """The quotient as textbooks have it: where e⁻ᶻ overflows it is 0."""
    return 1 / (1 + np.exp(-z))


def root_half(z):
    """z/√2 in the format of z."""
    return z * z.dtype.type(math.sqrt(0.5))


def from_erf(z):
    """Φ, with an erf that is rounded to the format."""
    return (1 + erf(root_half(z).astype(float)).astype(float).astype(z.dtype)) / 2


def density(z):
    """φ, of the square of the rounded z/√2."""
    return np.exp(-(root_half(z) ** 2)) * z.dtype.type(1 / math.sqrt(2 * math.pi))


def tanh_of_softplus(z):
    return np.tanh(np.logaddexp(z.dtype.type(0), z))


def half_last(z, v=1):
    """½ tanh g, then what sech² is a factor of, then ½: in the left tail -½ + x + ½, times v."""
    t, x = np.tanh(gelu_cubic(z)), z / 2 * gelu_cubic_prime(z) / np.cosh(gelu_cubic(z)) ** 2
    return v * t / 2 + v * x + v * z.dtype.type(1 / 2)


def q(z):
    return 1 + abs(z)


#: Of v, z and a = σ(z), all in one format.
FORMS = {
    "sigmoid, from a": lambda v, _, a: v * a * (1 - a),
    "sigmoid, a product": lambda v, z, _: v * (s(z) * s(-z)),
    "tanh, from a": lambda v, _, a: v * (1 - a * a),
    "tanh, two factors": lambda v, _, a: (v + v * a) * (1 - a),
    "tanh, from cosh": lambda v, z, _: v * (1 / np.cosh(z)) ** 2,
    "softplus, sigmoid": lambda v, z, _: v * s(z),
    "softplus, from a": lambda v, z, a: v * np.exp(z - a),
    "log_sigmoid, one minus": lambda v, z, _: v * (1 - s(z)),
    "log_sigmoid, from a": lambda v, z, a: v * np.exp(a - z),
    "elu, from a": lambda v, z, a: v * np.where(z > 0, z.dtype.type(1), a + 1),
    "softsign, a quotient": lambda v, z, _: v / q(z) - (v * abs(z)) * q(z) ** -2,
    "softsign, two quotients": lambda v, z, _: v / q(z) - v * abs(z) / q(z) / q(z),
    "softsign, from a": lambda v, _, a: v * (1 - abs(a)) ** 2,
    "silu, a sum": lambda v, z, _: v * s(z) + (v * z) * (s(z) * (1 - s(z))),
    "silu, factors": lambda v, z, _: v * (s(z) * (1 + z * (1 - s(z)))),
    "silu, from a": lambda v, z, a: v * (a + s(z) * (1 - a)),
    "mish, a sum": lambda v, z, _: (
        v * tanh_of_softplus(z) + v * z * (1 - tanh_of_softplus(z) ** 2) * s(z)
    ),
    "gelu, a sum": lambda v, z, _: v * from_erf(z) + v * z * density(z),
    "gelu_tanh, a sum": lambda v, z, _: (
        v * (1 + np.tanh(gelu_cubic(z))) / 2
        + v * z / 2 * (1 - np.tanh(gelu_cubic(z)) ** 2) * gelu_cubic_prime(z)
    ),
    "gelu_tanh, a half last": lambda v, z, _: v * half_last(z),
    "gelu_tanh, terms, a half last": lambda v, z, _: half_last(z, v),
}


#: Where x is about u in either format: a part of an interval that a grid of the format misses.
BESIDE_HALF = np.linspace(-9, -4, 20001)


def beyond(form, fmt, page):
    """Whether the form is beyond the page's bound of v σ′ for some z and v."""
    name = form.partition(",")[0]
    z = np.unique(grid(fmt, 1500))
    if name == "gelu_tanh":
        z = np.unique(np.concatenate([z, BESIDE_HALF.astype(z.dtype)]))
    z = z[np.abs(z) < (1 / fmt.u if form in LOSES_ALL else FURTHEST)]
    a, wide = ACTIVATIONS[name].sigma(z), z.astype(float)
    for number in V:
        v = z.dtype.type(number)
        with np.errstate(all="ignore"):
            found = FORMS[form](v, z, a)
            expected = float(v) * TRUE[name].sigma_prime(wide)
            bound = page.bound_hadamard(name, wide, np.full_like(wide, v), 0, fmt.u, fmt.omega)
        assert found.dtype == fmt.name
        error = np.abs((found - expected.hi) - expected.lo)
        if not (error <= (1 + 2.0**-10) * bound * SLACK).all():
            return True
    return False


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("form", FORMS)
def test_textbook_form_is_within_the_bound(form, fmt):
    """From the smallest subnormal number to where squares overflow."""
    assert not beyond(form, fmt, rebuilt())


#: A term of the page without which a form is called wrong.
TERMS = {
    "sigmoid, from a": ("e * abs(1 - 2 * a) + e * e", "0"),
    "tanh, from a": ("2 * e * a + e * e + u * a * a", "0"),
    "softplus, from a": ('KAPPA["softplus"] * (u * a) + rounded', "0 * u * z"),
    "log_sigmoid, one minus": ('u * (KAPPA["sigmoid"] * s(z) + d)', "0 * z"),
    "elu, from a": ("e1 = e + np.where", "e1 = np.where"),
    "softsign, a quotient": ("gamma(9, u) / (1 + abs(z))", "9 * u * d"),
    "silu, a sum": ("+ (k + 1) * rise\n", "\n"),
    "gelu, a sum": ('KAPPA["erf"] / 2 + 1.5 +', ""),
    "gelu_tanh, a sum": ("(e_rest + 8 * u * rest)", "(8 * u * rest)"),
    "gelu_tanh, a half last": ("X - abs(z) / 2 * (g1(z) * rest) + lost", "0 * X"),
    "gelu_tanh, terms, a half last": ("X - abs(z) / 2 * (g1(z) * rest) + lost", "0 * X"),
}


@pytest.mark.parametrize(("form", "change"), TERMS.items(), ids=TERMS)
def test_each_term_is_for_somebody(form, change):
    """Without it a right derivative is beyond its bound."""
    assert any(beyond(form, fmt, rebuilt(*change)) for fmt in FORMATS.values())

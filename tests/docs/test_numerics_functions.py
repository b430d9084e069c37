"""The functions of docs/numerics.md against the code's, where no network comes: ends, far tails.

With ω = 0 and with a u that is nearly 0, so that the terms of both are held against each other
apart.
"""

import numpy as np
import pytest
from cost_cases import cases, ends
from float_grids import grid
from numerics_page import ROUNDED, rebuilt

from crossgrad.comparisons.arithmetic.exactness import quantum
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import FORMATS, Format
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.parts.activations import ACTIVATIONS as PARTS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.softmax_errors import softmax_error
from crossgrad.reference.activations import ACTIVATIONS, softmax

PAGE = rebuilt()
Z = np.concatenate([grid(FORMATS["float64"], 60), np.linspace(-8, 8, 97), [1e5, -1e5]])
#: Errors of z, from a rounding to beyond what e^E can take.
E = np.array([0.0, 1e-16, 1e-8, 1e-3, 0.1, 0.5, 1.0, 10.0, 49.0, 51.0, 300.0])[:, None]
units = pytest.mark.parametrize(
    "fmt",
    [Format("float32", 2.0**-24, 0.0), Format("float32", 2.0**-990, 2.0**-126), FORMATS["float64"]],
    ids=["rounding", "flushing", "both"],
)
activations = pytest.mark.parametrize("name", PAGE.SIGMA)
costs = pytest.mark.parametrize("name", PAGE.COST)


def same(page, code):
    """Whether the numbers are the same but for rounding; where neither is one, there is none."""
    page, code = np.broadcast_arrays(page, code)
    finite = np.isfinite(code) & (code != 0)
    close = np.abs(page[finite] / code[finite] - 1) <= ROUNDED
    return close.all() and np.array_equal(page[~finite], code[~finite], equal_nan=True)


@units
@activations
@pytest.mark.parametrize("near", [Z, 0 * Z, 0.9 * Z], ids=["known", "anywhere", "within a tenth"])
def test_local_errors(name, near, fmt):
    """From the smallest subnormal to the largest float, and what a flush is multiplied by."""
    with np.errstate(all="ignore"):
        a, d = (np.abs(f(Z)) for f in ACTIVATIONS[name])
        ours = PARTS[name].errors(Z, a, d, fmt, near)
        theirs = PAGE.errors(name, Z, a, d, fmt.u, fmt.omega, near)
        assert same(PAGE.flush_gain(name, Z), PARTS[name].gain(Z))
    for e, other in zip(theirs, ours, strict=True):
        assert same(e, other)


@pytest.mark.parametrize("name", [n for n in PAGE.SIGMA if not PARTS[n].piecewise_linear])
def test_suprema(name):
    """L₁ and L₂, from an interval that is a point to one that has everything."""
    z = np.clip(Z, -1e6, 1e6)
    with np.errstate(all="ignore"):
        interval = z + 0 * E, E + 0 * z
        theirs, ours = PAGE.suprema(name, *interval), PARTS[name].steepest(*interval)
    assert all(same(*both) for both in zip(theirs, ours, strict=True))


@units
@activations
def test_what_activations_hand_on(name, fmt):
    """E(a) and E(σ′), with what lies within reach of a kink and what does not."""
    z = np.concatenate([np.linspace(-3, 3, 61), 1e-3 * np.linspace(-3, 3, 25)]) + 0 * E
    with np.errstate(all="ignore"):
        ours = PARTS[name].propagated(z, E + 0 * z, fmt)
        theirs = PAGE.errors_a(name, z, E + 0 * z, fmt.u, fmt.omega)
    assert all(same(*both) for both in zip(theirs, ours, strict=True))


@units
@costs
def test_errors_of_costs(name, fmt):
    """Of C and ∇ₐC; far logits, and probabilities as near to 0 and 1 as can be."""
    for a, y in (cases(name, "float64", (3, 5), 40), ends(name, "float64")):
        with np.errstate(all="ignore"):
            ours = COSTS[name].value_error(a, y, fmt), COSTS[name].gradient_error(a, y, fmt)
            theirs = [
                f(name, a, y, fmt.u, fmt.omega) for f in (PAGE.bound_cost, PAGE.gradient_error)
            ]
        assert all(same(*both) for both in zip(theirs, ours, strict=True))


@units
@costs
@pytest.mark.parametrize("moved", [0.0, 1e-8, 0.01, 0.4, 30.0, 800.0])
def test_what_costs_hand_on(name, fmt, moved):
    """E(∇ₐC) of outputs that may move little, far, and out of the domain."""
    for a, y in (cases(name, "float64", (3, 5), 40), ends(name, "float64")):
        with np.errstate(all="ignore"):
            reach = np.full_like(a, moved)
            ours = COSTS[name].propagated(a, y, reach, fmt)
            theirs = PAGE.error_gradient(name, a, y, reach, fmt.u, fmt.omega)
        assert same(theirs, ours)


# ------------------------------------------------------------------ what came later
def many(*shape):
    """Numbers of all sizes and both signs."""
    bits = np.random.default_rng(7).normal(size=(2, *shape))
    return bits[0] * np.exp(4 * bits[1])


@units
@pytest.mark.parametrize("extra", [0, 4])
def test_the_gradient_of_alpha(extra, fmt):
    """Sums that cancel, and v that is known well or not at all."""
    z, v, E = many(5, 9), many(5, 9)[::-1], abs(many(5, 9)) * fmt.u
    below = np.minimum(z, 0)
    s = (v * below).sum(-1, keepdims=True)
    for of_v in (0 * E, E, E / fmt.u):
        ours = PARTS["prelu"].summed(-below, abs(v), of_v, fmt, extra, abs(s))
        assert same(PAGE.bound_alpha(z, v, of_v, s, extra, fmt.u, fmt.omega), ours)


@units
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_what_is_made_of_all_units(name, fmt):
    """Near and far logits; σ, and what is pulled back through it."""
    sigma, E = PARTS[name], abs(many(4, 9)) * fmt.u
    for z in (many(4, 9), 1e4 + many(4, 9), 1e6 * many(4, 9)):
        v = many(4, 9)[:, ::-1]
        p, E_p = softmax(z), softmax_error(z, fmt) + 2 * fmt.omega
        with np.errstate(all="ignore"):
            ours = sigma.error(z, fmt) + 2 * fmt.omega
            assert same(PAGE.bound_over_units(name, z, fmt.u, fmt.omega), ours)
            d = abs(sigma.factor(p, v))
            ours = sigma.delta_error(p, abs(v), E_p, E, d, fmt)
            assert same(PAGE.bound_pulled_back(name, z, v, E, fmt.u, fmt.omega), ours)


# ------------------------------------------------------------------ exact sums
def test_exact_sums():
    """The quantum of arrays, and the claim that no order rounds, up to the last digit."""
    stack = np.array([[[1.5, 8.0]], [[0.0, -6.0]], [[0.0, 0.0]], [[2.0**-149, 1.0]]])
    assert np.array_equal(PAGE.quantum(stack), quantum(stack))
    one, found = np.ones((1, 1)), set()
    for fmt in FORMATS.values():
        for W in (one / fmt.u - 2, one / fmt.u, fmt.omega * one, 0.5 * fmt.omega * one):
            sums = Sum(Term("ji,im->jm", *map(Number, (W, one))), Term("j->jm", Number(W)))
            ours = sums.is_exact(2 * W, fmt)
            assert PAGE.is_exact([(W, one)], [W], 2 * W, fmt.u, fmt.omega) == ours
            found.add(bool(ours.item()))
    assert found == {True, False}

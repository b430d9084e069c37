"""σ, σ′, C and ∇ₐC as pairs: within what the checker claims of them, against ball arithmetic."""

import sys
from pathlib import Path

import numpy as np
import pytest
from flint import arb, ctx

from comparisons.definitions import ACTIVATION_DEFINITIONS, COST_DEFINITIONS
from comparisons.divergences import DIVERGENCES
from comparisons.local_errors import SELECTING
from comparisons.pairs import lift
from comparisons.rounding import CHECKERS, FORMATS, SLACK, share
from reference.activations import ACTIVATIONS
from reference.costs import COSTS
from reference.parameters import raw_bits, uniform

sys.path.append(str(Path(__file__).parents[1] / "reference"))
from oracle import COST_TRUTHS, TRUTHS, grid, mean_cost, split, truth

FLOAT64 = FORMATS["float64"]
BITS = 2600
activations = pytest.mark.parametrize("name", ACTIVATION_DEFINITIONS)
costs = pytest.mark.parametrize("name", COST_DEFINITIONS)


def quietly():
    """As the checks run."""
    return np.errstate(all="ignore")


def distance(pair, true):
    """|hi + lo - truth|: the first two differences are exact where all is well."""
    return np.abs(((pair.hi.ravel() - true[0]) + pair.lo.ravel()) - true[1])


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
    """Errors are convex in (u, ω) and vanish with it."""
    definition, z = ACTIVATION_DEFINITIONS[name], grid(FLOAT64, 50)
    for dtype, checker in CHECKERS.items():
        fmt = FORMATS[dtype]
        with quietly():
            arguments = z, np.abs(definition.sigma(z)), np.abs(definition.sigma_prime(z))
            own, bounds = definition.errors(*arguments, checker), definition.errors(*arguments, fmt)
        for e, bound in zip(own, bounds, strict=True):
            assert (e <= share(fmt) * bound * SLACK).all()


@costs
def test_so_it_is_for_costs(name):
    """The same of C and ∇ₐC."""
    definition = COST_DEFINITIONS[name]
    for a, y in map(drawn(name), range(3)):
        for dtype, checker in CHECKERS.items():
            for error in (definition.value_error, definition.gradient_error):
                bound = share(FORMATS[dtype]) * error(a, y, FORMATS[dtype])
                assert (error(a, y, checker) <= bound * SLACK).all()


# ------------------------------------------------------------------ σ and σ′
def judged(name, quantity, spoil=lambda pair: pair):
    """The distances to the truth, and what is claimed."""
    definition, true, z = ACTIVATION_DEFINITIONS[name], TRUTHS[name], grid(FLOAT64)
    with quietly():
        pair = spoil(definition.pairs[quantity](z))
        a, d = np.abs(definition.sigma(z)), np.abs(definition.sigma_prime(z))
        own = share(FLOAT64) * definition.errors(z, a, d, FLOAT64)[quantity]
    return distance(pair, truth(true[quantity], z, true.bits)), own * SLACK


@activations
@pytest.mark.parametrize("quantity", [0, 1], ids=["sigma", "prime"])
def test_activation_is_within_its_own_bound(name, quantity):
    """From one end of the format to the other; what chooses is exact."""
    far, own = judged(name, quantity)
    assert (far <= (0 if name in SELECTING else own)).all()


@activations
def test_an_activation_without_lo_would_be_noticed(name):
    """Float64 would not do, but for those that do not compute."""
    far, own = judged(name, 0, lambda pair: lift(pair.nearest))
    assert (far > own).any() == (name not in SELECTING)


@activations
def test_pairs_and_float64_are_the_same_function(name):
    """The one that judges, and the one whose values scale the bounds: kinks and all."""
    definition, z = ACTIVATION_DEFINITIONS[name], grid(FLOAT64)
    with quietly():
        a, d = ACTIVATIONS[name].sigma(z), ACTIVATIONS[name].sigma_prime(z)
        errors = definition.errors(z, np.abs(a), np.abs(d), FLOAT64)
        for value, function, e in zip((a, d), definition.pairs, errors, strict=True):
            assert (np.abs(function(z).nearest - value) <= 2 * e).all()


# ------------------------------------------------------------------ divergences
def near(value, other, error):
    """Where one of the two is float64's, so that twice the error is all there can be."""
    return (np.abs(value - other) <= 2 * error).all()


@pytest.mark.parametrize("entry", [d for d in DIVERGENCES if d.sigma], ids=lambda d: d.name)
def test_a_replaced_activation_is_replaced_in_both(entry):
    """As pairs and in float64, where it diverges; and only there."""
    z, usual = grid(FLOAT64), ACTIVATION_DEFINITIONS[entry.subject]
    with quietly():
        a, d = entry.sigma.sigma(z), entry.sigma.sigma_prime(z)
        errors = usual.errors(z, np.abs(a), np.abs(d), FLOAT64)
        for value, function, e in zip((a, d), entry.sigma.pairs, errors, strict=True):
            assert near(function(z).nearest, value, e)
        changed = (a != usual.sigma(z)) | (d != usual.sigma_prime(z))
    assert changed.any()
    assert not changed[~entry.where(z)].any()


@pytest.mark.parametrize("entry", [d for d in DIVERGENCES if d.cost], ids=lambda d: d.name)
def test_a_replaced_cost_is_replaced_in_both(entry):
    """Likewise, near 1, where the clamp is."""
    a = np.array([[0.3, 0.9, 1 - 1e-11, 1 - 1e-13, 1 - 2.0**-53]])
    y = np.array([[0.0, 1.0, 0.5, 1.0, 0.0]])
    gradient = entry.cost.pairs.gradient(a, y).nearest
    assert near(gradient, entry.cost.gradient(a, y), entry.cost.gradient_error(a, y, FLOAT64))
    value = entry.cost.pairs.value(a, y).nearest
    assert near(value, entry.cost.value(a, y), entry.cost.value_error(a, y, FLOAT64))


# ------------------------------------------------------------------ C and ∇ₐC
SHAPE = 3, 5
LOGITS = ("sigmoid_cross_entropy", "softmax_cross_entropy")
#: Beyond differences of 10¹⁸ the bound of a softmax is no number.
ENDS = np.array([[700, -700.0, 5e-324, 1e15, -0.0], [-745, 3, 0, -1e15, 38], [1, 2, 3, 4, 5]])
PROBABILITY_ENDS = np.array([2.0**-1022, 1e-9, 0.5, 1 - 1e-9, 1 - 2.0**-53])


def drawn(name):
    """Outputs in the cost's domain, wider from draw to draw, then its ends; and targets."""

    def draw(number):
        a, y = (uniform(raw_bits(SHAPE, 9, number, stream), "float64") for stream in (0, 1))
        if name in LOGITS:
            a = np.ldexp(a, 3 * number) if number < 3 else ENDS
        if name == "binary_cross_entropy":
            a = (1 + a) / 2 if number < 3 else np.stack([PROBABILITY_ENDS] * 3)
        if name == "softmax_cross_entropy":
            return a, np.eye(3)[:, raw_bits((5,), 9, number, 2) % 3]
        return a, (np.round(2 * y) / 2 + 1) / 2 if "entropy" in name else y

    return draw


def columns(array):
    """Each sample's column as balls."""
    return [[arb(value) for value in column] for column in array.T.tolist()]


def true_cost(name, a, y):
    """C, and ∇ₐC entry by entry, rows first."""
    samples = list(zip(columns(a), columns(y), strict=True))
    slope, m = COST_TRUTHS[name].slope, len(samples)
    with ctx.workprec(BITS):
        C = split(mean_cost(name, columns(a), columns(y)))
        g = [split(slope(p, q, j) / m) for j in range(len(a)) for p, q in samples]
    return np.array(C), np.array(g).T


def cost_errors(name, number, spoil=lambda pair: pair):
    """Distances to the truth and what is claimed: of C, then of ∇ₐC."""
    definition, (a, y) = COST_DEFINITIONS[name], drawn(name)(number)
    C, g = true_cost(name, a, y)
    with quietly():
        own = [definition.value_error(a, y, FLOAT64), definition.gradient_error(a, y, FLOAT64)]
        pairs = [spoil(function(a, y)) for function in definition.pairs]
    for pair, true, bound in zip(pairs, (C, g), own, strict=True):
        yield distance(pair, true), share(FLOAT64) * np.ravel(bound) * SLACK


@costs
@pytest.mark.parametrize("number", range(4))
def test_cost_and_gradient_are_within_their_own_bounds(name, number):
    """Ordinary, wide, and at the ends of the domain."""
    for far, own in cost_errors(name, number):
        assert (far <= own).all()


@costs
def test_a_cost_without_lo_would_be_noticed(name):
    """C and ∇ₐC alike."""
    drop = [cost_errors(name, number, lambda pair: lift(pair.nearest)) for number in range(3)]
    for quantity in zip(*drop, strict=True):
        assert any((far > own).any() for far, own in quantity)


@costs
def test_stacks_are_judged_draw_by_draw(name):
    """A leading axis changes nothing."""
    a, y = zip(*map(drawn(name), range(3)), strict=True)
    for function in COST_DEFINITIONS[name].pairs:
        stacked = function(np.stack(a), np.stack(y)).nearest
        single = [function(*pair).nearest for pair in zip(a, y, strict=True)]
        assert np.array_equal(stacked, np.stack(single))


@costs
def test_pairs_and_float64_are_the_same_cost(name):
    """The one that judges, and the reference's."""
    definition = COST_DEFINITIONS[name]
    for a, y in map(drawn(name), range(3)):
        C, g = definition.pairs
        far = np.abs(C(a, y).nearest - COSTS[name].value(a, y))
        assert far <= 2 * definition.value_error(a, y, FLOAT64)
        far = np.abs(g(a, y).nearest - COSTS[name].gradient(a, y))
        assert (far <= 2 * definition.gradient_error(a, y, FLOAT64)).all()

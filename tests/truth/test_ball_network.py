"""The truth about networks is confirmed by central differences of the cost, without a chain rule.

In 1536 bits, with steps of 2⁻⁴⁰⁰: a difference quotient errs by 2⁻⁸⁰⁰ times third derivatives,
and so agrees to 700 bits after the point. Along a random direction every ∂C/∂w counts; along a
single weight or bias one stands alone. Kinks are left out: there a quotient takes the mean of
both sides.
"""

import ball_network
import numpy as np
import pytest
from ball_network import QUOTIENT_BITS, backpropagate, change_along, entries, only, trace
from flint import arb, ctx
from small_networks import NETWORKS, network

from crossgrad.comparisons.arithmetic.balls.balls import is_sharp
from crossgrad.comparisons.parts import balls as ball_activations
from crossgrad.comparisons.problems.generations import GENERATIONS, REGIMES_1
from crossgrad.comparisons.problems.regimes import draw_problem

AGREEMENT = arb(2) ** -700
SMOOTH = [list(REGIMES_1).index(name) for name in ("ordinary", "saturated", "large", "tiny")]
PARTS = 7  # wider networks come in each of them
parts = pytest.mark.parametrize("part", range(PARTS))


def drawn(index, seed=0):
    """A network's problem, in regimes that rotate."""
    regime = SMOOTH[index % len(SMOOTH)]
    return draw_problem(network(index), "float64", 1 + index % 5, seed, regime)


def direction(index):
    """Every weight and bias moves, by ordinary numbers."""
    return draw_problem(network(index), "float64", 1 + index % 5, 99, 0)


def somewhere(problem, index):
    """A weight and a bias of each layer; other ones in other networks."""
    for l, array in enumerate(problem.W):
        rows, columns = array.shape
        yield only(problem, "W", l, (index % rows, index % columns))
        yield only(problem, "b", l, (index % rows, 0))


def precise(problem):
    """The truth in as many bits as the quotients have."""
    with ctx.workprec(QUOTIENT_BITS):
        return backpropagate(problem)


def disagreement(problem, truth, ways):
    """The largest |gradient - quotient| along some directions, and the largest |gradient|."""
    pairs = [change_along(problem, truth, way) for way in ways]
    return (max((abs(g - q) for g, q in pairs), key=float_of), max(abs(g) for g, _ in pairs))


def float_of(ball):
    return float(ball.abs_upper())


# ------------------------------------------------------------------ confirmed
@parts
def test_gradients_agree_with_central_differences(part, record_testsuite_property):
    """Along a random direction, and along a weight and a bias of each layer.

    Networks whose cost changes nowhere, saturated or dead, agree too, but are told apart.
    """
    found, telling = [], 0
    for index in NETWORKS[part::PARTS]:
        problem = drawn(index)
        ways = [direction(index), *somewhere(problem, index)]
        apart, steepest = disagreement(problem, precise(problem), ways)
        assert apart < AGREEMENT, f"network {index}"
        telling += bool(steepest > 2.0**-100)
        found.append(float_of(apart))
    assert telling >= 0.9 * len(found)
    record_testsuite_property(f"agreement of part {part}, in bits", -np.log2(max(found)).round())


@parts
def test_every_ball_is_sharp(part):
    """128 bits relative to it, or known within 2⁻¹²⁰⁰, around what was confirmed."""
    for index in NETWORKS[part::PARTS]:
        problem = drawn(index)
        pairs = zip(entries(trace(problem)), entries(precise(problem)), strict=True)
        assert all(is_sharp(ball) and ball.overlaps(confirmed) for ball, confirmed in pairs)


# ------------------------------------------------------------------ the confirmation itself
def test_a_wrong_derivative_is_noticed(monkeypatch):
    """σ′ with the wrong sign, of one activation after the other."""
    right = ball_activations.value_and_slope
    for name in GENERATIONS[1].activations:

        def wrong(asked, z, name=name):
            value, slope = right(asked, z)
            return value, -slope if asked == name else slope

        monkeypatch.setattr(ball_network, "value_and_slope", wrong)
        assert any(apart(index) > AGREEMENT for index in NETWORKS[:60] if uses(index, name)), name


def uses(index, name):
    return name in network(index).activations


def apart(index):
    problem = drawn(index)
    return disagreement(problem, precise(problem), [direction(index)])[0]


def test_one_wrong_entry_is_noticed():
    """A gradient that is wrong by 2⁻⁶⁰⁰ in one entry, along a random direction and alone."""
    problem = drawn(5)
    right = precise(problem)
    dW = [array.copy() for array in right.dW]
    with ctx.workprec(QUOTIENT_BITS):
        dW[1][0, 0] += arb(2) ** -600
    wrong = right._replace(dW=dW)
    for way in (direction(5), only(problem, "W", 1, (0, 0))):
        assert disagreement(problem, right, [way])[0] < AGREEMENT
        assert disagreement(problem, wrong, [way])[0] > AGREEMENT


def test_a_wrong_cost_gradient_is_noticed(monkeypatch):
    """Without the mean's 1/m."""
    right = ball_network.cost_gradient
    monkeypatch.setattr(ball_network, "cost_gradient", lambda *given: right(*given) * 2)
    assert apart(0) > AGREEMENT


def test_truth_has_the_form_of_a_trace():
    problem = drawn(11)
    truth = trace(problem)
    units = [(width, problem.batch) for width in problem.widths[1:]]
    for quantity in (truth.z, truth.a, truth.delta):
        assert [array.shape for array in quantity] == units
    assert [array.shape for array in truth.dW] == [array.shape for array in problem.W]
    assert [array.shape for array in truth.db] == [array.shape for array in problem.b]
    assert isinstance(truth.cost, arb)

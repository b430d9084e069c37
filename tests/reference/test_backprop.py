"""BP1 to BP4: by their indices, by hand, on stacks, and against differences of the cost itself."""

from fractions import Fraction

import numpy as np
import pytest
from ball_network import cost_at, only
from flint import arb, ctx

from crossgrad.comparisons.arithmetic.balls.balls import within
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.equations.propagation import propagate, trusted
from crossgrad.comparisons.problems.generations import REGIMES_1
from crossgrad.comparisons.problems.problem import Problem, stack_problems
from crossgrad.comparisons.problems.regimes import draw_problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop, bp1, bp2, bp3, bp4
from crossgrad.reference.parameters import Parameters, draw_parameters, raw_bits, uniform

N_BELOW, N, N_NEXT, M = 4, 3, 2, 5  # widths of three layers, and the batch


# ------------------------------------------------------------------ index by index
def whole(shape, stream):
    """Whole numbers from -4 to 4, twice: as floats, whose sums are exact, and as fractions."""
    numbers = (raw_bits(shape, 3, 0, stream) % 9).astype(np.int64) - 4
    return numbers.astype(np.float64), [[Fraction(int(v)) for v in row] for row in numbers]


def test_bp1_index_by_index():
    """δ_j = ∂C/∂a_j σ′(z_j), in each sample."""
    (g, exact_g), (d, exact_d) = whole((N, M), 0), whole((N, M), 1)
    delta = bp1(g, d)
    for j in range(N):
        for i in range(M):
            assert delta[j, i] == exact_g[j][i] * exact_d[j][i]


def test_bp2_index_by_index():
    """δ_k = Σ_j w_jk δ_j σ′(z_k), j over the layer above."""
    (W, exact_W), (above, exact_above) = whole((N_NEXT, N), 0), whole((N_NEXT, M), 1)
    d, exact_d = whole((N, M), 2)
    delta = bp2(W, above, d)
    for k in range(N):
        for i in range(M):
            total = sum(exact_W[j][k] * exact_above[j][i] for j in range(N_NEXT))
            assert delta[k, i] == total * exact_d[k][i]


def test_bp3_index_by_index():
    """∂C/∂b_j = δ_j, summed over the samples."""
    delta, exact = whole((N, M), 0)
    assert bp3(delta).shape == (N, 1)
    assert bp3(delta)[:, 0].tolist() == [sum(row) for row in exact]


def test_bp4_index_by_index():
    """∂C/∂w_jk = a_k δ_j, a from the layer below, summed over the samples."""
    (delta, exact_delta), (a, exact_a) = whole((N, M), 0), whole((N_BELOW, M), 1)
    dW = bp4(delta, a)
    assert dW.shape == (N, N_BELOW)
    for j in range(N):
        for k in range(N_BELOW):
            assert dW[j, k] == sum(exact_a[k][i] * exact_delta[j][i] for i in range(M))


# ------------------------------------------------------------------ by hand
def test_a_tiny_network_by_hand():
    """2-2-1, relu then identity, two samples: each number worked on paper."""
    architecture = Architecture((2, 2, 1), ("relu", "identity"), "quadratic")
    W = (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[2.0, -3.0]]))
    b = (np.array([[1.0], [-2.0]]), np.array([[0.5]]))
    x, y = np.array([[1.0, 2.0], [2.0, -1.0]]), np.array([[12.0, -10.0]])
    cost, z, a, delta, gradients = backprop(architecture, Parameters(W, b), x, y)
    assert z[0].tolist() == [[6, 1], [-1, 5]]
    assert a[0].tolist() == [[6, 1], [0, 5]]
    assert z[1].tolist() == a[1].tolist() == [[12.5, -12.5]]
    assert cost == (0.5 * 0.25 + 0.5 * 6.25) / 2
    assert delta[1].tolist() == [[0.25, -1.25]]  # (a - y) / 2
    assert delta[0].tolist() == [[0.5, -2.5], [0, 3.75]]  # unit 2 is off in the first sample
    assert gradients.dW[1].tolist() == [[0.25, -6.25]]
    assert gradients.db[1].tolist() == [[-1]]
    assert gradients.dW[0].tolist() == [[-4.5, 3.5], [7.5, -3.75]]
    assert gradients.db[0].tolist() == [[-2], [3.75]]


# ------------------------------------------------------------------ stacks
def solve(problem):
    return backprop(problem.architecture, problem.parameters, problem.x, problem.y)


def whole_problem(draw):
    """A 3-5-4-2 network of -1, 0 and 1, four samples."""
    architecture = Architecture((3, 5, 4, 2), ("relu", "hardtanh", "identity"), "mse")
    shapes = [(5, 3), (4, 5), (2, 4), (5, 1), (4, 1), (2, 1), (3, 4), (2, 4)]
    arrays = [raw_bits(shape, 7, draw, i) % 3 - 1.0 for i, shape in enumerate(shapes)]
    return Problem(architecture, "float64", tuple(arrays[:3]), tuple(arrays[3:6]), *arrays[6:])


def test_a_stack_is_each_of_its_networks():
    """Bit for bit: nothing is rounded, so the order of a sum cannot matter."""
    problems = [whole_problem(draw) for draw in range(16)]
    stack = solve(stack_problems(problems))
    for i, alone in enumerate(map(solve, problems)):
        assert stack.cost[i] == alone.cost
        for part in ("z", "a", "delta"):
            layers = zip(getattr(stack, part), getattr(alone, part), strict=True)
            assert all(np.array_equal(together[i], single) for together, single in layers)
        gradients = zip(parts(stack.gradients), parts(alone.gradients), strict=True)
        assert all(np.array_equal(together[i], single) for together, single in gradients)


SMOOTH = [
    Architecture((2, 2, 1), ("sigmoid", "sigmoid"), "quadratic"),
    Architecture((3, 9, 5, 4), ("softplus", "gelu", "identity"), "softmax_cross_entropy"),
    Architecture((6, 17, 2), ("mish", "tanh"), "mse"),
]


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("architecture", SMOOTH, ids=lambda a: "x".join(map(str, a.widths)))
def test_a_stack_that_rounds_stays_within_the_bounds(architecture, dtype):
    """NumPy owes a stack no particular order of summation: twice the bound of one network."""
    ordinary = range(0, 4 * len(REGIMES_1), len(REGIMES_1))
    problems = [draw_problem(architecture, dtype, 3, 1, draw) for draw in ordinary]
    together = parts(solve(stack_problems(problems)).gradients)
    for i, problem in enumerate(problems):
        bounds = propagate(*trusted(problem), FORMATS[dtype])
        alone = parts(solve(problem).gradients)
        for g, h, E in zip(together, alone, (*bounds.dW, *bounds.db), strict=True):
            assert (np.abs(g[i].astype(np.float64) - h) <= 2 * E).all()


def parts(gradients):
    """All arrays of the gradient: weights, then biases."""
    return *gradients.dW, *gradients.db


# ------------------------------------------------------------------ against the cost itself
H = arb(2) ** -60
#: (C(w + h) - C(w - h)) / 2h errs by h²/6 · |C‴|. With weights and inputs below 1, and the first
#: three derivatives of each σ at most 2: a hidden unit's are at most 2, an output's 4, 12 and 44
#: (Faà di Bruno), |a - y| < 6, and so |C‴| ≤ 2 · (3 · 4 · 12 + 6 · 44) < 2¹⁰.
TRUNCATION = 2.0**-112
CONFIRMED = [
    (Architecture((2, 2, 1), ("sigmoid", "sigmoid"), "quadratic"), 2),
    (Architecture((3, 4, 2), ("tanh", "softplus"), "mse"), 3),
]


@pytest.mark.parametrize(("architecture", "m"), CONFIRMED, ids=["2x2x1", "3x4x2"])
def test_gradient_is_the_slope_of_the_cost(architecture, m):
    """Central differences in 300 bits, one parameter at a time."""
    x, y = (
        uniform(raw_bits((width, m), 11, 0, stream), "float64")
        for width, stream in ((architecture.widths[0], 0), (architecture.widths[-1], 1 << 32))
    )
    drawn = draw_parameters(architecture, "float64", seed=11)
    problem = Problem(architecture, "float64", drawn.W, drawn.b, x, y)
    bounds, gradients = propagate(*trusted(problem), FORMATS["float64"]), solve(problem).gradients
    for name, l, dC, E in (
        *zip("WW", (0, 1), gradients.dW, bounds.dW, strict=True),
        *zip("bb", (0, 1), gradients.db, bounds.db, strict=True),
    ):
        for place in np.ndindex(dC.shape):
            slope = central_difference(problem, only(problem, name, l, place))
            assert within(dC[place], slope, E[place] + TRUNCATION), place


def central_difference(problem, way):
    """The slope of C along a direction, as a difference quotient."""
    with ctx.workprec(300):
        ahead, behind = (cost_at(problem, way, shift) for shift in (H, -H))
        return (ahead - behind) / (2 * H)

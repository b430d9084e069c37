"""Each cost and its gradient: worked by hand, and against ball arithmetic within its bound."""

import numpy as np
import pytest
from ball_costs import true_cost, true_cost_gradient

from crossgrad.comparisons.arithmetic.balls.balls import within
from crossgrad.comparisons.arithmetic.rounding import FORMATS, SLACK
from crossgrad.comparisons.parts import costs
from crossgrad.comparisons.parts.targets import CLASSES, DISTRIBUTIONS, SIGNS
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import raw_bits, uniform

LOGITS = {name for name, cost in costs.COSTS.items() if cost.probabilities}
SHAPES = [(1, 1), (1, 5), (3, 1), (3, 2), (4, 7)]
names = pytest.mark.parametrize("name", COSTS)
shapes = pytest.mark.parametrize("shape", SHAPES, ids=lambda s: f"{s[0]}x{s[1]}")


# ------------------------------------------------------------------ the cases
def drawn(name, shape, draw, dtype):
    """Outputs in the cost's domain, wider from draw to draw, and targets that suit it."""
    a, y = (uniform(raw_bits(shape, 9, draw, stream), dtype) for stream in (0, 1))
    if name in LOGITS:
        a = np.ldexp(a, 2 * draw)
    if name == "binary_cross_entropy":
        a = (1 + a) / 2
    targets = costs.COSTS[name].targets
    if targets is DISTRIBUTIONS:
        return a, np.eye(shape[0], dtype=dtype)[:, raw_bits(shape[1:], 9, draw, 2) % shape[0]]
    if targets in (SIGNS, CLASSES):
        return a, targets.usual(dtype, raw_bits(shape, 9, draw, 2))
    return a, (np.round(4 * y) / 4 + 1) / 2 if "entropy" in name else y


@names
@shapes
@pytest.mark.parametrize("draw", range(5))
@pytest.mark.parametrize("dtype", FORMATS)
def test_cost_and_gradient_are_within_their_bounds(name, shape, draw, dtype):
    """With logits up to 256 and probabilities anywhere between 0 and 1."""
    a, y = drawn(name, shape, draw, dtype)
    C, g = true_cost(name, a, y), true_cost_gradient(name, a, y)
    definition, wide = costs.COSTS[name], (a.astype(np.float64), y.astype(np.float64))
    cost_error = definition.value_error(*wide, FORMATS[dtype]) * SLACK
    gradient_error = definition.gradient_error(*wide, FORMATS[dtype]) * SLACK
    assert COSTS[name].value(a, y).dtype == COSTS[name].gradient(a, y).dtype == dtype
    assert within(COSTS[name].value(a, y), C, cost_error)
    assert within(COSTS[name].gradient(a, y), g, gradient_error).all()


EXTREMES = {
    "logits": [[700, -700], [-745, 3], [1e300, -1e300], [5e-324, -0.0]],
    "probabilities": [[1 - 2.0**-53, 2.0**-1022], [2.0**-1022, 1 - 2.0**-53]],
}


@names
def test_the_ends_of_the_domain_give_numbers(name):
    """No overflow and no NaN where a textbook form has one; a warning would be an error."""
    a = np.array(EXTREMES["logits" if name in LOGITS else "probabilities"]).T
    y = np.array([0.0, 1.0])[:, None] * np.ones_like(a)
    if costs.COSTS[name].targets is CLASSES:
        y = np.arange(a.shape[1])[None] % 2
    assert np.isfinite(COSTS[name].value(a, y))
    assert np.isfinite(COSTS[name].gradient(a, y)).all()


# ------------------------------------------------------------------ reductions
#: Two outputs (rows), three samples (columns).
A = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, -2.0]])
Y = np.array([[0.0, 2.0, 1.0], [1.0, 3.0, -2.0]])
DIFFERENCES = np.array([[1.0, 0.0, 2.0], [3.0, -3.0, 0.0]])  # squares: 1 + 4 + 9 + 9 = 23


def test_quadratic_sums_outputs_and_averages_the_batch():
    """½ · 23 / 3, and (a - y) / 3."""
    assert COSTS["quadratic"].value(A, Y) == 11.5 / 3
    assert np.array_equal(COSTS["quadratic"].gradient(A, Y), DIFFERENCES / 3)


def test_mse_averages_batch_and_outputs():
    """23 / 6, and 2 (a - y) / 6."""
    assert COSTS["mse"].value(A, Y) == 23 / 6
    assert np.array_equal(COSTS["mse"].gradient(A, Y), 2 * DIFFERENCES / 6)


def test_cross_entropies_sum_outputs_and_average_the_batch():
    """At a = ½, or at logits 0, the gradient is a number worked by hand over m = 2 or 4."""
    half, y = np.full((3, 2), 0.5), np.array([[0.0, 1.0], [1.0, 0.25], [0.5, 0.0]])
    binary = COSTS["binary_cross_entropy"].gradient(half, y)
    assert np.array_equal(binary, (0.5 - y) / 0.25 / 2)
    logits = COSTS["sigmoid_cross_entropy"].gradient(0 * half, y)
    assert np.array_equal(logits, (0.5 - y) / 2)
    one_hot = np.eye(4)
    softmax = COSTS["softmax_cross_entropy"].gradient(np.zeros((4, 4)), one_hot)
    assert np.array_equal(softmax, (0.25 - one_hot) / 4)


@names
def test_twice_the_batch_halves_each_gradient_and_keeps_the_cost(name):
    """Every sample given twice: the same mean, exactly, for sums of two."""
    a, y = drawn(name, (1, 1), 1, "float64")
    twice = np.hstack([a, a]), np.hstack([y, y])
    assert COSTS[name].value(*twice) == COSTS[name].value(a, y)
    expected = np.hstack([COSTS[name].gradient(a, y)] * 2) / 2
    assert np.array_equal(COSTS[name].gradient(*twice), expected)


@names
@shapes
def test_a_stack_is_its_networks(name, shape):
    """Leading axes run over networks: the same bits as one by one."""
    cases = [drawn(name, shape, draw, "float64") for draw in range(4)]
    a, y = (np.stack(part) for part in zip(*cases, strict=True))
    a, y = (array.reshape(2, 2, *array.shape[1:]) for array in (a, y))
    for f in COSTS[name][:2]:
        alone = np.stack([f(*case) for case in cases])
        assert np.array_equal(f(a, y).reshape(alone.shape), alone)

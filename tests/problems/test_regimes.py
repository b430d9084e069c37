"""Each regime does what it says, and no draw leaves the domain of its cost."""

from dataclasses import replace
from itertools import product

import ml_dtypes
import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import CLASSES, DISTRIBUTIONS, SIGNS
from crossgrad.comparisons.problems import regimes
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import GENERATIONS, REGIMES_1, REGIMES_2
from crossgrad.comparisons.problems.problem import unstack_problems
from crossgrad.comparisons.problems.regimes import REGIMES, draw_problem, draw_problems
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop, feedforward

formats = pytest.mark.parametrize("dtype", FORMATS)
SHALLOW = Architecture((6, 16, 4), ("sigmoid", "sigmoid"), "quadratic")
SEEDS = range(3)


def drawn(name, dtype, net=SHALLOW, batch=8, seed=0):
    draw = REGIMES_2.index(name)
    return unstack_problems(draw_problems(net, dtype, batch, seed, range(draw, draw + 1), 2))[0]


def passed(problem):
    with np.errstate(under="ignore"):
        return backprop(problem.architecture, problem.parameters, problem.x, problem.y)


def largest(problem, role):
    """The largest |entry| of W, b or x."""
    arrays = {"W": problem.W, "b": problem.b, "x": [problem.x]}[role]
    return max(np.abs(array).max() for array in arrays)


def test_eight_draws_are_one_of_each_regime():
    """The first is ordinary; the ninth begins anew with other numbers."""
    assert REGIMES_1[0] == REGIMES_2[0] == "ordinary"
    first, ninth = (draw_problem(SHALLOW, "float64", 8, 0, draw) for draw in (0, 8))
    assert not set(first.x.ravel()) & set(ninth.x.ravel())


#: From anywhere, fewer than there are regimes and more, with gaps, and backwards.
RANGES = [range(19), range(5, 8), range(2**40 + 3, 2**40 + 14), range(6, 40, 3), range(9, -1, -1)]


@pytest.mark.parametrize("draws", RANGES, ids=str)
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("dtype", ALL_FORMATS)
def test_a_stack_is_its_draws(dtype, cost, generation, draws):
    """Drawn at once or one by one: every bit, also of what keeps a draw in its format's range."""
    net = Architecture((6, 40, 3), ("softplus", (COSTS[cost].last or "tanh")), cost)
    together = unstack_problems(draw_problems(net, dtype, 5, 3, draws, generation))
    assert len(together) == len(draws)
    for draw, problem in zip(draws, together, strict=True):
        one_draw = draw_problems(net, dtype, 5, 3, range(draw, draw + 1), generation)
        alone = unstack_problems(one_draw)[0]
        for one, other in zip(problem.arrays, alone.arrays, strict=True):
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            assert one.dtype.name == dtype or (one is problem.y and problem.has_classes)
            assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("name", ["ordinary", "large", "tiny", "vanishing"])
@pytest.mark.parametrize("role", ["W", "b", "x"])
def test_bits_are_drawn_where_they_are_asked_for(name, role):
    """Half of the regimes choose nothing."""
    array = np.ones((2, 3, 1))
    REGIMES[name].change(role, array, lambda: pytest.fail("bits that nobody needs"))


@formats
def test_ordinary_numbers_are_neither_dead_nor_saturated(dtype):
    """Inputs below 2, biases below ½, weights of about 1/√n, no entry 0."""
    problem = drawn("ordinary", dtype)
    assert 1 < largest(problem, "x") < 2
    assert 0.25 < largest(problem, "b") < 0.5
    assert 0.25 < largest(problem, "W") < 1
    assert all((array != 0).all() for array in problem.arrays)
    assert all((np.abs(z) < 8).all() for z in passed(problem).z)


def test_float32_draws_are_the_float64_ones_to_24_bits():
    """The top bits are the same: rounded down to a multiple of 2⁻²³, then the middle of it."""
    narrow, wide = (drawn("ordinary", dtype) for dtype in ("float32", "float64"))
    scales = [2.0 ** -(n.bit_length() // 2) for n in SHALLOW.widths[:-1]] + [0.5, 0.5, 2.0]
    arrays = (([*p.W, *p.b, p.x]) for p in (narrow, wide))
    for few, many, scale in zip(*arrays, scales, strict=True):
        ulp = scale * 2.0**-23
        assert (few == (np.floor(many / ulp) + 0.5) * ulp).all()


@formats
def test_kinks_are_met_exactly(dtype):
    """Whole numbers: z is 0, 1 and -1 somewhere in the first layer; all four values occur."""
    for seed in SEEDS:
        problem = drawn("kinks", dtype, seed=seed)
        values = np.concatenate([array.ravel() for array in [*problem.W, *problem.b, problem.x]])
        assert set(values) == {-1.0, 0.0, 1.0}
        assert set(np.signbit(values[values == 0])) == {False, True}
        assert {-1.0, 0.0, 1.0} <= set(passed(problem).z[0].ravel())


@formats
def test_saturated_units_are_far_in_both_tails(dtype):
    """Beyond ±20, where 1 - a has no digit left in float32; and others are not."""
    z = np.concatenate([passed(drawn("saturated", dtype, seed=seed)).z[0] for seed in SEEDS])
    assert z.min() < -20
    assert z.max() > 20
    assert (np.abs(z) < 8).any()


@formats
def test_large_and_tiny_are_ordinary_numbers_scaled(dtype):
    """4 and 16 times, a 64th; the tiny ones of their own draw."""
    problem = drawn("large", dtype)
    assert 16 < largest(problem, "x") < 32
    assert 1 < largest(problem, "b") < 2
    problem = drawn("tiny", dtype)
    assert largest(problem, "x") < 2**-5
    assert 0 < largest(problem, "b") < 2**-7


@formats
def test_vanishing_gradients_fall_below_the_smallest_number(dtype):
    """Eight layers down no ∂C/∂W is a normal number, ten layers down all are 0."""
    omega = FORMATS[dtype].omega
    for depth, largest_left in ((8, omega), (10, 0)):
        net = Architecture((6,) * (depth + 1), ("tanh",) * depth, "quadratic")
        problem = drawn("vanishing", dtype, net)
        result = passed(problem)
        assert np.abs(result.gradients.dW[0]).max() <= largest_left
        assert (np.abs(result.delta[-1]) > omega).all()
        assert all((np.abs(W) > omega).all() for W in problem.W)


@formats
def test_subnormal_numbers_are_there(dtype):
    """All inputs and biases, some of the weights."""
    problem, omega = drawn("subnormal", dtype), FORMATS[dtype].omega
    assert largest(problem, "x") < omega
    assert largest(problem, "b") < omega
    weights = np.abs(np.concatenate([W.ravel() for W in problem.W]))
    assert 0.1 < (weights < omega).mean() < 0.4
    assert ((weights > 0) & (weights < omega)).any()
    assert problem.x.any()


@formats
def test_zeros_have_both_signs(dtype):
    """About half of all entries, +0 as well as -0, in weights, biases and inputs."""
    problem = drawn("zeros", dtype)
    for arrays in (problem.W, problem.b, [problem.x]):
        values = np.concatenate([array.ravel() for array in arrays])
        zero = values == 0
        assert 0.2 < zero.mean() < 0.8
        assert set(np.signbit(values[zero])) == {False, True}


@formats
def test_weights_and_inputs_of_one_matrix_are_spread_over_many_powers_of_two(dtype):
    """The largest is more than a million times the smallest, in every row."""
    problem = drawn("spread", dtype)
    for array in (*problem.W, problem.x):
        size = np.abs(array)
        assert size.max() / size.min() > 2**20


@formats
def test_inputs_and_outputs_are_far_out(dtype):
    """Inputs of a thousand; biases of ten thousand, and with them logits."""
    assert 1024 < largest(drawn("inputs", dtype), "x") < 2048
    logits = Architecture((6, 16, 4), ("tanh", "identity"), "softmax_cross_entropy")
    assert np.abs(passed(drawn("far", dtype, logits)).z[-1]).max() > 8192


def test_every_second_sample_is_the_one_before():
    """Inputs and targets; of an odd number the last has none."""
    problem = drawn("repeated", "float64", batch=5)
    for array in (problem.x, problem.y):
        assert (array[:, 1] == array[:, 0]).all()
        assert (array[:, 3] == array[:, 2]).all()
        assert (array[:, 4] != array[:, 3]).all()


def bits(*arrays):
    return b"".join(array.tobytes() for array in arrays)


#: What differs from the first draw, by regime: numbers of arrays of a network of two layers.
DIFFERS = {
    "other first weights": {0},
    "other last weights": {1},
    "other biases": {2, 3},
    "other inputs": {4},
    "other targets": {5},
    "again": set(),
}


@pytest.mark.parametrize("name", DIFFERS)
@pytest.mark.parametrize("dtype", ALL_FORMATS)
def test_the_last_draws_are_the_first_but_for_one_thing(dtype, name):
    """What a cache takes for the same must not be; what is the same must be answered alike."""
    first, other = drawn("ordinary", dtype), drawn(name, dtype)
    pairs = enumerate(zip(first.arrays, other.arrays, strict=True))
    assert {i for i, (one, two) in pairs if bits(one) != bits(two)} == DIFFERS[name]


# ------------------------------------------------------------------ float16
@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("outputs", [1, 2, 5, 33])
def test_of_float16_every_exact_result_is_a_number(cost, outputs):
    """Of one sample, in all twenty-one regimes: z, a, δ, the gradients and C."""
    last = COSTS[cost].last or "identity"
    for seed, hidden in product(SEEDS, ("identity", "softplus", "gelu_tanh")):
        net = Architecture((9, 16, 4, outputs), (hidden, hidden, last), cost)
        for problem in unstack_problems(draw_problems(net, "float16", 1, seed, range(21), 2)):
            result = passed(problem.astype("float64"))
            numbers = [*result.z, *result.a, *result.delta, *result.gradients.dW, result.cost]
            assert max(np.abs(array).max() for array in numbers) < 65504


def test_costs_of_float16_come_near_its_largest_number():
    """A sum over samples, before it is divided by their number, is beyond it."""
    net = Architecture((3, 2), ("identity",), "sigmoid_cross_entropy")
    problems = [drawn("far", "float16", net, 32, seed).astype("float64") for seed in SEEDS]
    assert max(passed(problem).cost for problem in problems) * 32 > 65504


# ------------------------------------------------------------------ what grows
GROWING = ("squared_relu",)


def largest_numbers(net, dtype, batch, seed):
    """Of each draw of the twenty-one: of z, a, δ, the gradients and C, in float64."""
    for problem in unstack_problems(draw_problems(net, dtype, batch, seed, range(21), 2)):
        result = passed(problem.astype("float64"))
        numbers = [*result.z, *result.a, *result.delta, *result.gradients.dW, result.cost]
        yield max(np.abs(array).max() for array in numbers)


@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("dtype", ALL_FORMATS)
@pytest.mark.parametrize("cost", ["quadratic", "huber"])
def test_of_what_grows_every_exact_result_is_a_number(name, dtype, cost):
    """Also of fifteen layers, all of which square, and of many samples and outputs."""
    largest = float(ml_dtypes.finfo(dtype).max)
    for net, batch in (
        (Architecture((9, 16, 4, 2), (name,) * 3, cost), 1),
        (Architecture((9, 16, 4, 33), ("softplus", name, "identity"), cost), 1),
        (Architecture((16,) * 15 + (5,), (name,) * 15, cost), 8),
        (Architecture((130, 100, 64, 130), (name,) * 3, cost), 70),
    ):
        for seed in SEEDS:
            assert max(largest_numbers(net, dtype, batch, seed)) < largest


@pytest.mark.parametrize("dtype", ALL_FORMATS)
def test_what_grows_would_overflow_as_it_is_drawn(dtype, monkeypatch):
    """Else nothing of this were needed."""
    monkeypatch.setattr(regimes, "within_range", lambda W, b, *_: (W, b))
    net = Architecture((16,) * 15 + (5,), GROWING * 15, "quadratic")
    with np.errstate(all="ignore"):
        numbers = list(largest_numbers(net, dtype, 8, 1))
    assert not max(numbers) < float(ml_dtypes.finfo(dtype).max)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_what_grows_is_as_drawn_where_there_is_room(dtype):
    """Two layers of ordinary numbers, and in float64 of large inputs."""
    net, other = (Architecture((3, 4, 2), (name,) * 2, "mse") for name in (*GROWING, "relu"))
    for name in ("ordinary", *(["inputs"] if dtype == "float64" else [])):
        both = (bits(*drawn(name, dtype, one).arrays) for one in (net, other))
        assert next(both) == next(both)


# ------------------------------------------------------------------ targets and domains
def deep_networks(last, cost):
    """Random hidden layers of each depth under a given last one."""
    for scenario in first_scenarios(40, 8, 7, ("float64",)):
        net = scenario.architecture
        yield Architecture(net.widths, (*net.activations[:-1], last), cost), scenario.batch


@formats
def test_probabilities_stay_inside(dtype):
    """0 < a < 1 for 40 architectures × 8 regimes, whatever the hidden layers hand on."""
    for seed, (net, batch) in enumerate(deep_networks("sigmoid", "binary_cross_entropy")):
        for draw in range(8):
            problem = draw_problem(net, dtype, batch, seed, draw)
            with np.errstate(all="ignore"):
                a = feedforward(net, problem.parameters, problem.x)[1][-1]
            assert ((a > 0) & (a < 1)).all(), f"{net}, {REGIMES_1[draw]}: {a.min()} … {a.max()}"


@formats
def test_a_bound_beyond_all_numbers_is_no_warning(dtype):
    """Three hundred layers: what may reach the last overflows, and the draw is finite."""
    net = Architecture((64,) * 300 + (1,), ("relu",) * 299 + ("sigmoid",), "binary_cross_entropy")
    assert all(np.isfinite(array).all() for array in drawn("large", dtype, net).arrays)


def test_probabilities_are_not_all_in_the_middle():
    """Small draws are not scaled at all; the saturated regime comes near 0 and 1."""
    net = Architecture((2, 2), ("sigmoid",), "binary_cross_entropy")
    squares = replace(net, cost="quadratic")
    weights, same = (drawn("ordinary", "float64", of).W[0] for of in (net, squares))
    assert (weights == same).all()
    draws = [drawn("saturated", "float64", net, seed=seed) for seed in range(40)]
    a = np.concatenate([passed(problem).a[-1] for problem in draws])
    assert a.min() < 1e-9
    from_one = 1 - a
    assert from_one.min() < 1e-9


@formats
def test_targets_are_those_of_their_cost(dtype):
    """Distributions sum to 1 exactly; probabilities come in quarters, both ends included."""
    softmax = Architecture((3, 5), ("identity",), "softmax_cross_entropy")
    logits = Architecture((3, 5), ("identity",), "sigmoid_cross_entropy")
    y = np.hstack([draw_problem(softmax, dtype, 32, seed, 0).y for seed in SEEDS])
    assert (y.sum(axis=0) == 1).all()
    assert set(y.ravel()) == {0.0, 0.5, 1.0}
    assert 0.4 < (y.max(axis=0) == 1).mean() < 0.8  # half on each of two may meet in one
    y = np.hstack([draw_problem(logits, dtype, 32, seed, 0).y for seed in SEEDS])
    assert set(y.ravel()) == {0.0, 0.25, 0.5, 0.75, 1.0}


@pytest.mark.parametrize("dtype", ALL_FORMATS)
def test_unusual_targets_are_beyond_one_or_soft(dtype):
    """Real numbers up to 4; probabilities in 64ths; distributions over all classes, of sum 1."""
    squares, probabilities, softmax = (
        np.hstack([drawn("targets", dtype, net, 32, seed).y for seed in SEEDS]).astype("float64")
        for net in (
            SHALLOW,
            Architecture((3, 5), ("identity",), "sigmoid_cross_entropy"),
            Architecture((3, 5), ("identity",), "softmax_cross_entropy"),
        )
    )
    assert 3 < np.abs(squares).max() < 4
    assert len(set(probabilities.ravel())) > 50
    assert (probabilities.min(), probabilities.max()) == (0, 1)
    assert (softmax.sum(axis=0) == 1).all()
    assert (softmax >= 0).all()
    assert (np.count_nonzero(softmax, axis=0) > 2).mean() > 0.9


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("outputs", [1, 4])
def test_labels_are_one_hot_where_they_are_asked_for(cost, outputs):
    """In every regime: one 1 in each sample; of a single output 0 or 1, but of a softmax 1.

    The others are -1 if a cost asks for signs; of classes none is ignored.
    """
    net = Architecture((3, outputs), ((COSTS[cost].last or "sigmoid"),), cost)
    y = draw_problems(net, "float64", 32, 3, range(21), 2, "onehot").y
    if COSTS[cost].targets is CLASSES:
        assert set(y.ravel()) == set(range(outputs))
        return
    if COSTS[cost].targets is SIGNS:
        y = (y + 1) / 2
    distribution = COSTS[cost].targets is DISTRIBUTIONS
    assert set(y.ravel()) == ({1.0} if distribution and outputs == 1 else {0.0, 1.0})
    if outputs > 1 or distribution:
        assert (y.sum(axis=-2) == 1).all()

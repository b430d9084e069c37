"""The frameworks beyond the three: right where they should be, refusing what they cannot do.

Each is skipped where it is not installed. What they are known to get wrong is not asked here.
"""

import numpy as np
import pytest

from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.divergences import MET
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario

#: What each answers without a divergence, but those of a processor.
RIGHT = {
    "autograd": (
        "3x4x3x4x3x3x2-tanh,relu,elu,softplus,softsign,identity-mse-float64-m3-s2",
        "2x3x4x3-silu,mish,log_sigmoid-quadratic-float32-m2-s4",
        "4x3x3x3x3x2-gelu,gelu_tanh,leaky_relu,hardtanh,sigmoid-binary_cross_entropy-float32-m4-s3",
        "3x4x4x4-selu,celu,identity-smoothed_cross_entropy-float32-m8-s1",
        "3x4x4x2-hardswish,quick_gelu,identity-smooth_l1-float64-m5-s1",
    ),
    "mlx": (
        "3x4x4x2-tanh,relu,hardtanh-mse-float32-m3-s1",
        "3x4x3-softsign,identity-quadratic-float32-m5-s2",
        "3x4x3-tanh,identity-softmax_cross_entropy-bfloat16-m5-s2",
        "3x4x4x3-relu6,hardswish,log_softmax-nll-float32-m5-s1",
        "3x4x4x4-quick_gelu,squared_relu,identity-weighted_cross_entropy-bfloat16-m5-s1",
        "3x4x2-softmax,identity-hinge-float32-m5-s1",
    ),
    "nielsen": (
        "3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m5-s1",
        "3x4x4x2-sigmoid,sigmoid,sigmoid-binary_cross_entropy-float64-m5-s1",
        "2x1-sigmoid-binary_cross_entropy-float32-m4-s1",
    ),
    "sklearn": (
        "3x4x4x2-tanh,tanh,identity-quadratic-float64-m5-s1",
        "3x4x1-relu,identity-mse-float32-m5-s1",
        "3x4x2-sigmoid,sigmoid-binary_cross_entropy-float64-m5-s1",
        "2x3-identity-softmax_cross_entropy-float64-m4-s1-k1",
    ),
    "tensorflow": (
        "3x4x4x3x2-tanh,relu,softsign,sigmoid-binary_cross_entropy-float64-m5-s1",
        "3x4x4x2-silu,gelu,identity-sigmoid_cross_entropy-float32-m5-s1",
        "3x4x4x2-tanh,relu,identity-softmax_cross_entropy-bfloat16-m5-s1",
        "3x4x4x4-relu6,hardswish,identity-weighted_cross_entropy-float64-m5-s1",
        "3x4x4x2-hardsigmoid,softmax,log_softmax-huber-float32-m5-s1",
    ),
    "tinygrad": (
        "3x3x2-relu,identity-softmax_cross_entropy-float64-m2-s1-k4",
        "2x3x2-relu,identity-quadratic-float32-m2-s1-k3",
        "3x8x3-softsign,softsign-mse-float64-m5-s2-k2",
        "3x3x4-squared_relu,identity-weighted_cross_entropy-float64-m3-s1-k2",
        "3x3x2-softmax,log_softmax-nll-float32-m3-s1-k2",
    ),
}
REFUSED = {
    "autograd": ("2x1-tanh-mse-float16-m1-s1", "autograd: float16: "),
    "mlx": ("2x1-tanh-mse-float64-m1-s1", "mlx: float64: "),
    "nielsen": ("2x1-tanh-quadratic-float64-m1-s1", "nielsen: tanh: "),
    "sklearn": ("2x1-tanh-mse-float64-m1-s1", "sklearn: mse after tanh: "),
    "tinygrad": ("2x1-tanh-mse-bfloat16-m1-s1", "tinygrad: bfloat16: "),
}
REFUSED_TOO = (
    ("nielsen", "2x1-sigmoid-mse-float64-m1-s1", "nielsen: mse: "),
    ("nielsen", "2x1-sigmoid-quadratic-float16-m1-s1", "nielsen: float16: "),
    ("sklearn", "2x2x1-elu,identity-mse-float64-m1-s1", "sklearn: elu: "),
    ("sklearn", "2x2x2x1-tanh,relu,identity-mse-float64-m1-s1", "sklearn: one activation "),
    ("sklearn", "2x1-identity-softmax_cross_entropy-float64-m1-s1", "sklearn: softmax of one "),
    ("sklearn", "2x1-identity-mse-float16-m1-s1", "sklearn: float16: "),
    ("mlx", "2x1-selu-mse-float32-m1-s1", "mlx: selu: "),
    ("mlx", "2x2-log_softmax-kl_div-float32-m1-s1", "mlx: kl_div: "),
    ("tensorflow", "2x1-quick_gelu-mse-float32-m1-s1", "tensorflow: tensorflow has no quick_gelu"),
    ("tinygrad", "2x1-gelu-mse-float64-m1-s1", "tinygrad: gelu: "),
    ("tinygrad", "2x1-selu-mse-float64-m1-s1", "tinygrad: selu: "),
)


def answer(name, text):
    """The scenario, its draws as one, and what the backend says of them."""
    if lacks := missing(name):
        pytest.skip(f"{name}: {lacks}")
    scenario = Scenario.parse(text)
    problems = scenario.problems()
    return scenario, stack_problems(problems), load_backend(name).traces(problems)


@pytest.mark.parametrize("name", RIGHT)
def test_every_equation_holds(name):
    """Within its bound, at every layer, of a whole trace; but for what is the processor's.

    A test a framework: some import long.
    """
    of_processor = {entry.name for entry in MET if entry.avx512 is not None}
    for text in RIGHT[name]:
        scenario, problem, trace = answer(name, text)
        assert trace.whole
        rows = judge(scenario, facts_of(name), problem, trace)
        wrong = [row for row in rows if row.status == "fail" or set(row.explained) - of_processor]
        assert not wrong, text


@pytest.mark.parametrize(
    ("name", "text", "message"), [*((n, *case) for n, case in REFUSED.items()), *REFUSED_TOO]
)
def test_what_cannot_be_said_is_refused(name, text, message):
    """In one line that names the framework and what it lacks."""
    with pytest.raises(NotSupportedError, match=f"^{message}"):
        answer(name, text)


def test_the_gradients_of_scikit_learn_are_not_those_of_its_squared_loss():
    """They are as many times too large as there are outputs: scikit-learn #8349."""
    _, problem, trace = answer("sklearn", "2x3-identity-mse-float64-m4-s1-k1")
    a = problem.W[0] @ problem.x + problem.b[0]
    right = 2 * (a - problem.y) / (3 * problem.batch)
    assert np.rint(2**40 * trace.delta[0] / right).min() == 3 * 2**40


def test_in_the_book_the_output_error_of_the_cross_entropy_is_a_less_y():
    """σ′ has cancelled: the division of ∇ₐC by a (1 - a), and the product with it, are left out."""
    _, problem, trace = answer("nielsen", "3x2-sigmoid-binary_cross_entropy-float64-m4-s1")
    assert np.array_equal(trace.delta[0], (trace.a[0] - problem.y) / problem.batch)

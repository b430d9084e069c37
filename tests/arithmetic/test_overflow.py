"""float16 up to its end: what is rounded to ∞ is right as ∞, and nothing overflows before its time.

Networks of one identity layer with W = 1 and b = 0, so that a is what is given to them.
"""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.backends.numpy_reference import trace as by_hand
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.equations.walk import Comparison, local_checks
from crossgrad.comparisons.judging.verdict import explains, judge
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces, unstack_problems
from crossgrad.comparisons.problems.scenario import Scenario

SUM = next(d for d in DIVERGENCES if d.name == "torch-cross-entropy-sum-float16")


# ------------------------------------------------------------------ ∞ as an answer
def compared(reported, expected, bound, overflow=65520.0):
    values = (np.array([[[float(v)]]]) for v in (reported, expected, abs(reported - expected)))
    return Comparison("z", 1, *values, np.array([[[bound]]]), overflow=overflow).residual.item()


@pytest.mark.parametrize(
    ("reported", "expected", "bound", "residual"),
    [
        (np.inf, 65520, 16, 0),
        (np.inf, 65510, 16, 0),
        (np.inf, 1e9, 16, 0),
        (-np.inf, -7e4, 16, 0),
        (65504, 65512, 16, 0.5),
        (np.inf, 65500, 16, np.inf),  # out of the bound's reach
        (-np.inf, 7e4, 16, np.inf),  # of the other sign
        (65504, 7e4, 16, 281),  # cut off at the largest number
        (np.nan, 7e4, 16, np.inf),
        (np.inf, 7e4, np.inf, np.inf),  # nothing is known
        (np.inf, np.nan, 16, np.inf),
    ],
)
def test_infinity_is_right_where_the_value_may_be_rounded_to_it(
    reported, expected, bound, residual
):
    """Of its sign, within the bound; a number is right as ever."""
    assert compared(reported, expected, bound) == residual


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_formats_overflow_where_numpy_does(dtype):
    """From half a step above the largest number on."""
    overflow = ALL_FORMATS[dtype].overflow
    with np.errstate(over="ignore"):
        below, at = np.array([overflow * (1 - 2.0**-20), overflow]).astype(dtype)
    assert np.isfinite(below.astype(float))
    assert np.isinf(at.astype(float))


# ------------------------------------------------------------------ as far as float16 goes
def problem(cost, a, y):
    """The network's scenario, and a stack of one problem with these outputs."""
    n, m = np.shape(a)
    scenario = Scenario.parse(f"{n}x{n}-identity-{cost}-float16-m{m}-s1-k1")
    drawn = stack_problems(scenario.problems())
    eye, zero = np.eye(n, dtype="float16"), np.zeros((1, n, 1), "float16")
    x, y = (np.asarray(array, "float16")[None] for array in (a, y))
    return scenario, replace(drawn, W=(eye[None],), b=(zero,), x=x, y=y)


def spread(m, size):
    """Outputs of both signs up to a size, which are the same every time."""
    return size * np.cos(np.arange(3 * m)).reshape(3, m)


def one_hot(m):
    return np.eye(3)[:, np.arange(m) % 3]


PROBLEMS = {
    "quadratic": lambda m: ("quadratic", spread(m, 250), one_hot(m)),
    "quadratic of one that is far": lambda m: ("quadratic", np.full((3, m), 2.0 * m), one_hot(m)),
    "mse": lambda m: ("mse", spread(m, 250), one_hot(m)),
    "sigmoid": lambda m: ("sigmoid_cross_entropy", spread(m, 4e4), one_hot(m)),
    "softmax": lambda m: ("softmax_cross_entropy", spread(m, 3e4), one_hot(m)),
    "softmax beyond": lambda m: ("softmax_cross_entropy", spread(m, 4e4), most_likely(m)),
}


def most_likely(m):
    return np.eye(3)[:, spread(m, 1).argmax(0)]


def answer(backend, stack):
    loaded = load_backend(backend)
    return stack_traces([loaded.trace(problem) for problem in unstack_problems(stack)])


@pytest.mark.parametrize("m", [1, 3, 64])
@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("backend", ["numpy", "torch", "torch.module", "jax", "jax.eager"])
def test_what_is_representable_does_not_overflow(backend, name, m):
    """Sums of ours are taken in float32: only torch's own cross-entropy overflows before C."""
    if backend.startswith("torch") and name.startswith("softmax"):
        pytest.skip("registered: torch-cross-entropy-sum-float16, -far-class-float16")
    scenario, stack = problem(*PROBLEMS[name](m))
    rows = judge(scenario, facts_of(backend), stack, answer(backend, stack))
    assert [(r.check, r.value, r.expected) for r in rows if r.status == "fail"] == []


@pytest.mark.parametrize("name", ["softmax", "mse"])
def test_a_mean_over_examples_does_not_overflow_in_their_sum(name):
    """Per example, JAX adds up what no example is too large for."""
    scenario, stack = problem(*PROBLEMS[name](64))
    rows = judge(scenario, facts_of("jax.vmap"), stack, answer("jax.vmap", stack))
    assert [(r.check, r.value, r.expected) for r in rows if r.status == "fail"] == []


def test_a_cost_beyond_the_largest_number_is_infinite_and_right():
    """Nothing is raised by NumPy either, where warnings are errors."""
    scenario, stack = problem("quadratic", np.full((3, 2), 1000.0), np.zeros((3, 2)))
    for backend in ("numpy", "torch", "jax"):
        rows = judge(scenario, facts_of(backend), stack, answer(backend, stack))
        assert {row.check: row.status for row in rows if row.status != "pass"} == {}
        (cost,) = (row for row in rows if row.check == "cost")
        assert (cost.value, cost.residual, sum(cost.distances)) == (np.inf, 0, 1)


# ------------------------------------------------------------------ torch's own sum
def cost_of(trace, stack):
    return next(c for c in local_checks(stack, trace) if c.check == "cost")


def is_explained(stack, trace):
    """Whether a cost that fails is torch's sum that overflows."""
    comparison = cost_of(trace, stack)
    assert not comparison.residual.max() <= 1
    return explains(SUM, stack, trace, comparison, facts_of("torch")).all()


@pytest.mark.parametrize("m", [16, 64])
def test_the_sum_that_overflows_in_torch_is_explained(m):
    """∞ where m C is beyond float16 and C is not."""
    _, stack = problem(*PROBLEMS["softmax"](m))
    trace = answer("torch", stack)
    assert trace.cost.tolist() == [np.inf]
    assert is_explained(stack, trace)


@pytest.mark.parametrize("wrong", [0.0, -1.0, 2.0, 1.1, 1 + 2.0**-5, -np.inf, np.nan])
def test_no_other_cost_is_explained_by_it(wrong):
    """Zero, another sign, twice, by a tenth, by 64 u, -∞, NaN: in place of ∞."""
    _, stack = problem(*PROBLEMS["softmax"](16))
    right = by_hand(stack)
    assert cost_of(right, stack).residual.max() <= 1
    cost = np.asarray(wrong if np.isinf(wrong) else wrong * right.cost, "float16").reshape(1)
    assert not is_explained(stack, replace(right, cost=cost))


def test_an_infinite_cost_whose_sum_is_a_number_is_not_explained():
    """Of one sample there is nothing to add up."""
    _, stack = problem(*PROBLEMS["softmax"](1))
    assert not is_explained(stack, replace(by_hand(stack), cost=np.array([np.inf], "float16")))

"""Correct programs, however different from the reference, are never called wrong."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, SIXTEEN
from crossgrad.comparisons.backends import facts_of
from crossgrad.comparisons.backends.own import NotSupportedError, ask
from crossgrad.comparisons.backends.variants import VARIANTS
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import REAL
from crossgrad.comparisons.problems.choice import drawn, random_scenario, random_scenarios
from crossgrad.comparisons.problems.domain import EVERYTHING
from crossgrad.comparisons.problems.generations import NEWEST
from crossgrad.comparisons.problems.networks import DEEP, ROUND, SHALLOW, round_of_networks
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario, usual_draws
from crossgrad.reference.activations import ACTIVATIONS

SEED, ARCHITECTURES, DRAWS = 2026, 16, usual_draws(NEWEST)
#: Narrow networks, where no slack of a long sum hides a rounding that a bound forgets: a batch
#: that is divided by at the end, and one sample, where δ is read off db. In one, what is left of
#: gelu_tanh far out is stored as it is.
NARROW = (
    "3x2x1-relu,identity-quadratic-{}-m3-s1",
    "3x4x2x1-relu,identity,identity-mse-{}-m11-s1",
    "2x1x1-tanh,identity-mse-{}-m1-s7",
    "1x6x5-gelu_tanh,gelu_tanh-mse-{}-m1-s749871-g2",
    "3x4x3x1-squared_relu,squared_relu,squared_relu-mse-{}-m3-s1-g2",
    "3x4x3-softmax,log_softmax-mse-{}-m3-s1-g2",
)
#: Of the many small networks one in so many.
EVERY = 60
#: Of what was added, one in twelve, and one of each cost.
LATER = round_of_networks(0, SEED, EVERYTHING)[ROUND:]
ADDED = {net: None for net in LATER if net.kind in ("shallow", "paired") and not net.turn % 12}
ADDED |= dict.fromkeys({net.architecture.cost: net for net in LATER}.values())
SCENARIOS = {
    dtype: random_scenarios(ARCHITECTURES, DRAWS, SEED, (dtype,))
    + [random_scenario(index, DRAWS, SEED, dtype) for index in range(SHALLOW + DEEP, ROUND, EVERY)]
    + [drawn(net, DRAWS, dtype, EVERYTHING) for net in ADDED]
    + [Scenario.parse(text.format(dtype)) for text in NARROW]
    for dtype in ALL_FORMATS
}
#: What computes in the format of what it stores does not in 16 bits, which are for storing only.
STORING = {"row_layout", "per_example", "dual_numbers", "loss_scaled_by_1000", "loss_scaled_by_3"}
STORING |= {"micro_batches", "micro_batches_divided_last"}
FORMATS_OF = {name: tuple(FORMATS) for name in STORING} | {
    "fused": ("float32", *SIXTEEN),
    "complex_step": ("float64",),
}
CASES = [(name, dtype) for name in VARIANTS for dtype in FORMATS_OF.get(name, ALL_FORMATS)]


def test_what_a_variant_does_not_compute_in_it_refuses():
    problems = {dtype: scenarios[-1].problems()[0] for dtype, scenarios in SCENARIOS.items()}
    for name, formats in FORMATS_OF.items():
        for dtype in set(ALL_FORMATS) - set(formats):
            with pytest.raises(NotImplementedError, match=dtype):
                VARIANTS[name](problems[dtype])


@cache
def drawn_once(scenario):
    """Its problems, one by one and as a stack, for all variants."""
    problems = scenario.problems()
    return problems, stack_problems(problems)


def rows_of(name, scenario):
    """All rows of a variant in a scenario; none of one that it refuses."""
    problems, stack = drawn_once(scenario)
    try:
        traces = [ask(name, VARIANTS[name], problem) for problem in problems]
    except NotSupportedError:
        return []
    return judge(scenario, facts_of(name), stack, stack_traces(traces), counting=False)


def test_scenarios_use_every_activation_and_cost():
    """Nothing is left out of the proof."""
    nets = [scenario.architecture for scenario in SCENARIOS["float64"]]
    assert {name for net in nets for name in net.activations} == set(ACTIVATIONS)
    assert {net.cost for net in nets} == set(COSTS)


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_correct_variant_passes(name, dtype):
    """Every row of every scenario, in all regimes."""
    rows = [row for scenario in SCENARIOS[dtype] for row in rows_of(name, scenario)]
    wrong = [
        (row.scenario, row.check, row.layer, row.residual) for row in rows if row.status == "fail"
    ]
    assert len(rows) > ARCHITECTURES / 4
    assert wrong == []


#: Sums of whole numbers are exact in every order; a program that scales first still rounds.
WHOLE = (
    "3x4x2-relu,identity-mse-{}-m{}-s5",
    "2x3x3-identity,hardtanh-quadratic-{}-m{}-s6",
    "4x2x1-identity,identity-quadratic-{}-m{}-s7",
    "2x5x3-identity,identity-softmax_cross_entropy-{}-m{}-s8",
    "3x1x4-relu,sigmoid-binary_cross_entropy-{}-m{}-s9",
)


def whole(problem, seed):
    """Whole numbers of a few bits in all arrays; targets too, of a cost of differences.

    Those of the last layer are 32nds, for a probability to be none.
    """
    numbers = np.random.Generator(np.random.PCG64(seed))
    drawn = problem.map(lambda array: numbers.integers(-3, 4, array.shape).astype(problem.dtype))
    last = drawn.W[-1] / drawn.x.dtype.type(32)
    y = drawn.y if COSTS[problem.cost].targets is REAL else problem.y
    return replace(drawn, W=(*drawn.W[:-1], last), y=y)


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_correct_variant_passes_on_whole_numbers(name, dtype, batch):
    """Of networks that it does not refuse."""
    for text in WHOLE:
        scenario = Scenario.parse(text.format(dtype, batch))
        problems = [whole(problem, seed) for seed, problem in enumerate(scenario.problems())]
        try:
            traces = [ask(name, VARIANTS[name], problem) for problem in problems]
        except NotSupportedError:
            continue
        rows = judge(scenario, facts_of(name), stack_problems(problems), stack_traces(traces))
        wrong = [(text, row.check, row.layer, row.residual) for row in rows if row.status != "pass"]
        assert wrong == []


@pytest.mark.parametrize("name", ["gradients_only", "higher_precision_gradients_only"])
def test_gradients_alone_are_judged_end_to_end(name):
    """Without a trace there are no other checks than these, at every layer."""
    scenario = SCENARIOS["float64"][3]
    rows = rows_of(name, scenario)
    depth = scenario.architecture.depth
    assert scenario.batch > 1
    assert {(row.check, row.layer) for row in rows} >= {
        (check, l) for check in ("dW", "db") for l in range(2, depth + 1)
    }


def test_variants_differ_from_each_other():
    """In their last digits: otherwise one of them would do."""
    problem = Scenario.parse("3x4x2-tanh,sigmoid-quadratic-float32-m7-s1").problems()[0]
    names = [name for name in VARIANTS if name != "gradients_only"]
    answers = [answer for name in names if (answer := tried(name, problem))]
    gradients = {
        b"".join(np.asarray(d).tobytes() for name in ("dW", "db") for d in answer[name])
        for answer in answers
    }
    assert len(gradients) == len(answers)


def tried(name, problem):
    try:
        return VARIANTS[name](problem)
    except NotImplementedError:
        return {}


def test_higher_precision_rounds_what_it_continues_from():
    """Its z is the rounded sum of the a that it reports: a trace that agrees with itself."""
    problem = SCENARIOS["float32"][6].problems()[0]
    answer = VARIANTS["higher_precision"](problem)
    W, b, a = (v.astype(np.float64) for v in (problem.W[1], problem.b[1], answer["a"][0]))
    assert np.array_equal(answer["z"][1], (W @ a + b).astype(np.float32))


def test_fused_says_that_it_cannot_do_float64():
    """The one that is for float32 only raises what the contract asks for."""
    with pytest.raises(NotImplementedError):
        VARIANTS["fused"](SCENARIOS["float64"][0].problems()[0])

"""Correct programs, however different from the reference, are never called wrong."""

import numpy as np
import pytest

from comparisons.backends.custom import ask
from comparisons.problem import stack_problems, stack_traces
from comparisons.scenario import Scenario, random_scenarios
from comparisons.variants import VARIANTS
from comparisons.verdict import judge
from reference.architecture import ACTIVATIONS, COSTS

SEED, ARCHITECTURES, DRAWS = 2026, 28, 8
#: Narrow networks, where no slack of a long sum hides a rounding that a bound forgets: a batch
#: that is divided by at the end, and one sample, where δ is read off db.
NARROW = (
    "3x2x1-relu,identity-quadratic-{}-m3-s1",
    "3x4x2x1-relu,identity,identity-mse-{}-m11-s1",
    "2x1x1-tanh,identity-mse-{}-m1-s7",
)
SCENARIOS = {
    dtype: random_scenarios(ARCHITECTURES, DRAWS, SEED, (dtype,))
    + [Scenario.parse(text.format(dtype)) for text in NARROW]
    for dtype in ("float32", "float64")
}
CASES = [
    (name, dtype)
    for name in VARIANTS
    for dtype in SCENARIOS
    if (name, dtype) != ("fused", "float64")
]


def rows_of(name, scenario):
    """All rows of a variant in a scenario."""
    problems = scenario.problems()
    traces = [ask(name, VARIANTS[name], problem) for problem in problems]
    return judge(scenario, name, stack_problems(problems), stack_traces(traces))


def test_scenarios_use_every_activation_and_cost():
    """Nothing is left out of the proof."""
    nets = [scenario.architecture for scenario in SCENARIOS["float64"]]
    assert {name for net in nets for name in net.activations} == set(ACTIVATIONS)
    assert {net.cost for net in nets} == set(COSTS)


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_correct_variant_passes(name, dtype):
    """Every row of every scenario, in all eight regimes."""
    rows = [row for scenario in SCENARIOS[dtype] for row in rows_of(name, scenario)]
    wrong = [
        (row.scenario, row.check, row.layer, row.residual) for row in rows if row.status == "fail"
    ]
    assert len(rows) > ARCHITECTURES
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
    problem = SCENARIOS["float32"][6].problems()[0]
    names = [name for name in VARIANTS if name != "gradients_only"]
    gradients = {
        b"".join(np.asarray(d).tobytes() for d in VARIANTS[name](problem)["dW"]) for name in names
    }
    assert len(gradients) == len(names)


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

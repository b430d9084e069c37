"""Whatever takes a scenario takes one of 16 bits: each command and each option of the suite."""

import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.judging.record import recorded
from crossgrad.comparisons.judging.verdict import judged
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import REGIMES_1
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.reconstruction import rebuilt

formats = pytest.mark.parametrize("dtype", SIXTEEN)
#: Half of it in float16, whose range is what draws are kept within.
LARGEST = {"float16": 32768.0, "bfloat16": 3.4e38}
NETWORK = "2x2x1-sigmoid,tanh-mse-{dtype}-m3-s1"


@formats
def test_a_network_is_explained(dtype, capsys):
    """Each number as each backend has it, in steps of the format."""
    asked = "--backend", "numpy", "--backend", "torch"
    assert main(["explain", NETWORK.format(dtype=dtype), *asked]) == 0
    assert dtype in capsys.readouterr().out


@formats
def test_a_network_is_trained(dtype, capsys):
    """Weights stay in the format; the control is the reference in float64."""
    asked = "--backend", "numpy", "--backend", "torch", "--steps", "3"
    assert main(["train", NETWORK.format(dtype=dtype), *asked]) == 0
    out = capsys.readouterr().out
    assert "control  the reference in float64" in out
    assert "no answer" not in out


@formats
def test_a_study_is_made(dtype, tmp_path, capsys):
    """Its rows are of that format, and within their bounds."""
    asked = "--cases", "16", "--draws", "8", "--backend", "numpy", "--jobs", "1"
    assert main(["study", "--dtype", dtype, *asked, "--out", str(tmp_path / "found")]) == 0
    assert "Everything is within its bound" in capsys.readouterr().out


@formats
def test_a_run_is_rebuilt_from_its_records(dtype):
    """To the bit, in the order of the data, as in the formats of more bits."""
    scenario = Scenario.parse(f"3x4x2-silu,tanh-quadratic-{dtype}-m4-s2")
    problem = stack_problems(scenario.problems())
    trace = load_backend("torch").traces(scenario.problems())
    records = recorded(problem, trace, judged(scenario, facts_of("torch"), problem, trace))
    found = rebuilt(problem, records)
    assert found.keys() == {record.place for record in records}
    for check, layers in (("z", trace.z), ("BP4", trace.dW)):
        assert found[check, 1].tobytes() == layers[0].tobytes()


@formats
def test_draws_are_of_the_format_and_finite(dtype):
    """In every regime; of float16 nothing on the way is near 65504 either."""
    for scenario in first_scenarios(10, len(REGIMES_1), 0, (dtype,)):
        for problem in scenario.problems():
            assert {array.dtype.name for array in problem.arrays} == {dtype}
            trace = load_backend("numpy").trace(problem)
            numbers = (*trace.z, *trace.a, *trace.delta, *trace.dW, *trace.db, trace.cost)
            assert max(float(abs(array).max()) for array in numbers) < LARGEST[dtype]

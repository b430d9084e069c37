"""A backend that reports a part of the trace is judged end to end too: a part can be made up."""

from dataclasses import replace
from functools import partial
from itertools import combinations

import numpy as np
import pytest
from suite import lines_with, run

from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.judging.agreement import equation_of
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

SCENARIO = Scenario.parse("3x4x2-tanh,sigmoid-quadratic-float64-m3-s1")
AT_ONE = Scenario.parse("3x4x2-tanh,sigmoid-quadratic-float64-m1-s1")
PARTS = [(), ("z",), ("a",), ("delta",), ("z", "a"), ("z", "delta"), ("a", "delta")]
ALL = {"z", "a", "delta"}
#: What may be reported besides the gradients, some of it or all.
REPORTED = [kept for n in range(1, 5) for kept in combinations(("z", "a", "cost", "delta"), n)]


def rows_of(scenario, change, kept):
    """The rows of the reference's traces, changed, without what is not kept."""
    problems = scenario.problems()
    trace = change(stack_traces([load_backend("numpy").trace(p) for p in problems]))
    trace = replace(trace, **dict.fromkeys(ALL - set(kept), ()))
    trace = trace if "cost" in kept else replace(trace, cost=None)
    return judge(scenario, facts_of("numpy"), stack_problems(problems), trace)


def zeroed(trace):
    """δ and the gradients are 0, which agrees with itself."""
    names = ("delta", "dW", "db")
    return replace(trace, **{n: tuple(map(np.zeros_like, getattr(trace, n))) for n in names})


@pytest.mark.parametrize("network", [SCENARIO, AT_ONE], ids=["m3", "m1"])
@pytest.mark.parametrize("kept", PARTS, ids=str)
def test_made_up_part_fails(network, kept):
    """In every layer, whatever else was reported."""
    failed = {(r.check, r.layer) for r in rows_of(network, zeroed, kept) if r.status == "fail"}
    assert failed >= {("dW", 1), ("dW", 2), ("db", 1), ("db", 2)}


@pytest.mark.parametrize("network", [SCENARIO, AT_ONE], ids=["m3", "m1"])
@pytest.mark.parametrize("kept", [(), *REPORTED], ids=str)
def test_correct_part_passes(network, kept):
    """And the gradients are judged end to end unless the trace is whole."""
    rows = rows_of(network, lambda trace: trace, kept)
    assert {row.status for row in rows} == {"pass"}
    assert ("dW" in {row.check for row in rows}) == (not set(kept) >= ALL)


@pytest.mark.parametrize("kept", REPORTED, ids=str)
def test_whatever_is_reported_is_judged(kept):
    """A number that is off, or is none, fails at its layer, whatever else it could be held to."""
    for quantity in kept:
        for layer in (1, 2) if quantity != "cost" else (2,):
            for factor in (1 + 1e-9, -1, np.nan):
                rows = rows_of(SCENARIO, partial(spoilt, quantity, layer, factor), kept)
                failed = {(r.check, r.layer) for r in rows if r.status == "fail"}
                assert (equation_of(quantity, layer, 2), layer) in failed


def spoilt(quantity, layer, factor, trace):
    """A quantity is multiplied at a layer."""
    if quantity == "cost":
        return replace(trace, cost=factor * trace.cost)
    layers = list(getattr(trace, quantity))
    layers[layer - 1] = factor * layers[layer - 1]
    return replace(trace, **{quantity: tuple(layers)})


# ------------------------------------------------------------------ as a user meets it
HEAD = """
import numpy as np
from crossgrad.reference.backprop import backprop

def whole(p):
    r = backprop(p.architecture, p.parameters, p.x, p.y)
    g = r.gradients
    return {"dW": g.dW, "db": g.db, "z": r.z, "a": r.a, "delta": r.delta}

calls = []

def gradients(p):
"""
BODIES = {
    "in some draws": "    calls.append(p)\n    t = whole(p)\n    return t if len(calls) % 2 else "
    "{'dW': t['dW'], 'db': t['db']}",
    "skips": "    import pytest\n    pytest.skip('not today')",
    "tensors": "    import torch\n    return {k: [torch.tensor(v) for v in t] "
    "for k, t in whole(p).items()}",
    "jax arrays": "    import jax.numpy as jnp\n    return {k: [jnp.asarray(v) for v in t] "
    "for k, t in whole(p).items()}",
    "sets errors": "    np.seterr(all='raise')\n    return whole(p)",
    "ends the process": "    import os\n    if p.activations[0] == 'tanh':\n        os._exit(3)\n"
    "    return whole(p)",
}


def written(tmp_path, kind):
    file = tmp_path / "mine.py"
    file.write_text(HEAD + BODIES[kind] + "\n", encoding="utf-8")
    return f"{file}:gradients"


def test_a_part_in_some_draws_only_is_refused(tmp_path):
    """Else what is missing in one draw would go unjudged in all."""
    code, output = run("--backend", written(tmp_path, "in some draws"), "--scenario", SCENARIO)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "does not report the same quantities in every draw")


def test_a_backend_cannot_skip_its_test(tmp_path):
    """Only ``NotImplementedError`` says that something is not supported."""
    code, output = run("--backend", written(tmp_path, "skips"), "--scenario", SCENARIO)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "raised Skipped: not today")


@pytest.mark.parametrize("kind", ["tensors", "jax arrays"])
def test_arrays_of_the_frameworks_are_taken(kind, tmp_path):
    code, output = run("--backend", written(tmp_path, kind), "--scenario", SCENARIO)
    assert code == pytest.ExitCode.OK, output


def test_settings_of_a_backend_end_with_it(tmp_path):
    """NumPy's, beside it, does not raise."""
    scenario = "3x4x2-tanh,sigmoid-quadratic-float32-m3-s1"
    mine = written(tmp_path, "sets errors")
    code, output = run("--backend", mine, "--backend", "numpy", "--scenario", scenario)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert not lines_with(output, "numpy raised")


def test_a_worker_that_dies_is_one_failure(tmp_path):
    """The other scenarios are run, and the run ends."""
    names = [f"3x4x2-{a},identity-quadratic-float64-m3-s1" for a in ("elu", "tanh", "relu", "silu")]
    scenarios = [word for name in names for word in ("--scenario", name)]
    code, output = run("--backend", written(tmp_path, "ends the process"), "-n", "2", *scenarios)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 3 passed" in output


def test_results_of_a_stopped_run_are_not_written(tmp_path):
    """A part is not presented as the whole; what was there stays."""
    results = tmp_path / "out.jsonl"
    results.write_text("as it was", encoding="utf-8")
    own = tmp_path / "mine.py"
    own.write_text(HEAD + "    return {}\n", encoding="utf-8")
    options = "--backend", "numpy", "--backend", f"{own}:gradients", "--scenario", SCENARIO
    _, output = run(*options, "-x", "--results", results)
    assert results.read_text(encoding="utf-8") == "as it was"
    assert lines_with(output, "did not come to its end")


def test_convention_at_a_kink_is_named(tmp_path):
    """relu′(0) = 1, as a student may take it."""
    own = tmp_path / "mine.py"
    scenario = "3x4x4x2-relu,relu,identity-quadratic-float64-m8-s1"
    body = """    from crossgrad.reference.activations import ACTIVATIONS, Activation, relu
    usual = ACTIVATIONS["relu"]
    ACTIVATIONS["relu"] = Activation(relu, lambda z: (z >= 0).astype(z.dtype))
    try:
        return whole(p)
    finally:
        ACTIVATIONS["relu"] = usual
"""
    own.write_text(HEAD + body, encoding="utf-8")
    _, output = run("--backend", f"{own}:gradients", "--scenario", scenario)
    assert lines_with(output, "likely cause", "σ′(0) is 1")

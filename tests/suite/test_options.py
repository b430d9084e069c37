"""Options: a bad one is refused in a line, a good one does what it says, however it is run."""

import json

import pytest
from suite import INTERNALS, lines_with, run

from crossgrad.comparisons.backends import MODES
from crossgrad.comparisons.backends.modes import present
from crossgrad.comparisons.backends.requirements import gpu
from crossgrad.comparisons.problems.choice import lecture_scenarios, random_scenarios

SCENARIO = "2x3x2-tanh,sigmoid-quadratic-float64-m3-s1-k1"
SUITE = ("--backend", "numpy", "--architectures", 4, "--draws", 2)


# ------------------------------------------------------------------ bad options
BAD = {
    "--architectures 0": "--architectures 0: at least 1",
    "--architectures -1": "--architectures -1: at least 1",
    "--architectures x": "argument --architectures: invalid int value: 'x'",
    "--draws 0": "--draws 0: at least 1",
    "--draws 1.5": "argument --draws: invalid int value: '1.5'",
    "--seed -1": "seed -1: must be at least 0",
    "--seed 18446744073709551616": "seed 18446744073709551616: must be",
    "--dtype nonsense": "dtype 'nonsense': known are float64, float32",
    "--scenario nonsense": "scenario 'nonsense': expected WIDTHS",
    f"--scenario {SCENARIO} --draws 2": "--draws has no effect on --scenario",
    f"--scenario {SCENARIO} --seed 0": "--seed has no effect on --scenario",
    f"--scenario {SCENARIO} --dtype float32": f"--dtype float32: --scenario {SCENARIO} is another",
    f"--scenario {SCENARIO} --depth 3": f"--depth 3: --scenario {SCENARIO} is another",
    f"--scenario {SCENARIO} --labels onehot": f"--labels onehot: --scenario {SCENARIO} is another",
    f"--scenario {SCENARIO} --architectures 2": "--architectures has no effect on --scenario",
    "--shard 0/3": "--shard '0/3': expected k/n",
    "--shard 4/3": "--shard '4/3': expected k/n",
    "--shard x": "--shard 'x': expected k/n",
    "--shard 1/²": "--shard '1/²': expected k/n",
    "--results nowhere/out.jsonl": "--results nowhere/out.jsonl: cannot be written",
    "--results tests": "--results tests: cannot be written",
    "--architecture-count 3": "unrecognized arguments: --architecture-count",
    "--backend": "argument --backend: expected one argument",
}


@pytest.mark.parametrize(("options", "words"), BAD.items(), ids=BAD)
def test_bad_option_is_a_usage_error(options, words):
    """Exit code 4, one line that names the culprit, and no test is run."""
    code, output = run(*options.split())
    assert code == pytest.ExitCode.USAGE_ERROR, output
    assert len(lines_with(output, "rror: ", words) + lines_with(output, "ERROR: ", words)) == 1
    assert not any(word in output for word in (*INTERNALS, "passed", "failed"))


def test_usage_error_leaves_the_results_file_alone(tmp_path):
    """What an earlier run wrote is not touched, and nothing is left beside it."""
    file = tmp_path / "out.jsonl"
    file.write_text("earlier\n")
    code, _ = run("--results", file, "--shard", "0/3")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert file.read_text() == "earlier\n"
    assert list(tmp_path.iterdir()) == [file]


def test_results_with_nothing_compared_fail(tmp_path):
    """A run that was to write results and has none says so, and keeps the earlier file."""
    file = tmp_path / "out.jsonl"
    file.write_text("earlier\n")
    code, output = run("--results", file, "--scenario", SCENARIO, "-k", "no_such_test")
    assert code not in (pytest.ExitCode.OK, pytest.ExitCode.INTERNAL_ERROR)
    assert lines_with(output, "ERROR: ", "--results had no effect: nothing was compared")
    assert file.read_text() == "earlier\n"


# ------------------------------------------------------------------ good options
def test_list_prints_the_backends():
    """Their names and a word on each, and how to bring one's own; nothing is run."""
    code, output = run("--backend", "list")
    assert code == pytest.ExitCode.OK
    assert [line.split()[0] for line in output.splitlines()[: len(MODES)]] == list(MODES)
    assert "file.py:function" in output
    assert "passed" not in output


def test_dtype_and_seed_and_counts_are_obeyed(tmp_path):
    """Three random architectures besides the lecture's, of one format, with that many draws."""
    options = ("--architectures", 3, "--draws", 2, "--dtype", "float32", "--seed", 5)
    code, _ = run("--backend", "numpy", *options, "--results", tmp_path / "out")
    rest = 2, 5, ("float32",)
    lecture = lecture_scenarios(*rest) + lecture_scenarios(*rest, batch=1)
    expected = lecture + random_scenarios(3, *rest)
    assert code == pytest.ExitCode.OK
    assert {row["scenario"] for row in rows_of(tmp_path / "out")} == set(map(str, expected))


def test_named_scenarios_may_be_those_that_other_options_ask_for():
    """What says the same twice is no mistake."""
    same = ("--dtype", "float64", "--depth", "1-2", "--activation", "tanh", "--width", "2-3")
    code, output = run("--backend", "numpy", "--scenario", SCENARIO, *same)
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "crossgrad: 1 scenarios, numpy on cpu")


def test_summary_page_gets_a_table(tmp_path):
    """Markdown, appended to what other steps wrote."""
    page = tmp_path / "summary.md"
    page.write_text("earlier\n")
    environment = {"GITHUB_STEP_SUMMARY": str(page)}
    run("--backend", "numpy", "--scenario", SCENARIO, environment=environment)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("earlier\n")
    assert lines_with(text, "| backend | format | z | a | cost | BP1 |")
    assert lines_with(text, "| numpy | float64 | 0.")


# ------------------------------------------------------------------ one process, two, or shards
@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Output and results file of a suite in one process and in two; of another and its shards."""
    folder = tmp_path_factory.mktemp("runs")
    torch, whole = ("--backend", "torch"), ("--backend", "numpy.fast")
    ways = {"n0": (*torch, "-n", 0), "n2": (*torch, "-n", 2), "whole": whole}
    ways |= {f"shard{k}": (*whole, "--shard", f"{k}/3") for k in (1, 2, 3)}
    outputs = {}
    for name, options in ways.items():
        code, outputs[name] = run(*SUITE, *options, "--results", folder / name)
        assert code == pytest.ExitCode.OK, outputs[name]
    return outputs, {name: (folder / name).read_text(encoding="utf-8") for name in ways}


def test_two_processes_find_what_one_does(runs):
    """The same file, byte for byte, and the same table."""
    outputs, results = runs
    assert results["n0"] == results["n2"]
    assert table(outputs["n0"]) == table(outputs["n2"])
    assert len(lines_with(table(outputs["n0"]), "float32")) == 3  # numpy, torch, and the pair


def table(output):
    """From the title to the line that tells the time, which is not the same twice."""
    return output[output.index("largest residual") :].partition("\ntime: ")[0]


def test_shards_are_disjoint_and_together_the_whole(runs):
    """Each line of the whole is in one of the shards, and none of them is empty."""
    _, results = runs
    shards = [results[f"shard{k}"].splitlines() for k in (1, 2, 3)]
    assert all(shards)
    whole = results["whole"].splitlines()
    assert sorted(line for shard in shards for line in shard) == sorted(whole)
    assert len(set(whole)) == len(whole)


def test_results_are_strict_json(runs):
    """One object a line, without NaN and Infinity, which JSON does not have."""
    _, results = runs
    rows = [strict(line) for line in results["n0"].splitlines()]
    assert {row["backend"] for row in rows} == {"numpy", "torch"}
    assert {row["check"] for row in rows} >= {"z", "a", "cost", "BP1", "BP2", "BP3", "BP4"}
    assert all(row["status"] in ("pass", "divergence") for row in rows)


def test_results_of_a_failure_are_strict_json_too(tmp_path):
    """An infinite residual is written as a text."""
    (tmp_path / "mine.py").write_text(INFINITE, encoding="utf-8")
    options = ("--backend", f"{tmp_path / 'mine.py'}:gradients", "--scenario", SCENARIO)
    code, _ = run(*options, "--results", tmp_path / "out")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert {row["residual"] for row in rows_of(tmp_path / "out")} == {"inf"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["mine.py", "out"]


INFINITE = """
import numpy as np

def gradients(problem):
    return {
        "dW": [np.full_like(W, np.nan) for W in problem.W],
        "db": [np.full_like(b, np.inf) for b in problem.b],
    }
"""


def rows_of(file):
    return [strict(line) for line in file.read_text(encoding="utf-8").splitlines()]


def strict(line):
    """A line as JSON, which has no NaN and no Infinity."""
    return json.loads(line, parse_constant=refuse)


def refuse(name):
    """What Python's JSON takes and others do not."""
    raise ValueError(name)


# ------------------------------------------------------------------ modes and devices
SMALL = ("--scenario", "2x1-sigmoid-quadratic-float32-m4-s0", "-k", "equations")


def test_all_takes_every_mode_that_is_here():
    """Collected only: an item a mode, each once, whatever else is named."""
    code, output = run("--backend", "all", "--backend", "numpy", *SMALL, "--collect-only", "-q")
    assert code == pytest.ExitCode.OK
    items = [line for line in output.splitlines() if line.endswith("]") and "::" in line]
    assert {item.rsplit("-", 1)[1].rstrip("]") for item in items} == set(present())
    assert len(items) == len(present())


def test_a_mode_that_cannot_be_had_says_what_is_missing():
    """In one line, before anything runs; the list says so too, and ``all`` leaves it out."""
    without = {"CXX": "no-such-compiler"}
    told = "no C++ compiler: no-such-compiler is not on the path"
    code, output = run("--backend", "torch.compile", *SMALL, environment=without)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert lines_with(output, f"backend torch.compile: {told}")
    assert lines_with(run("--backend", "list", environment=without)[1], "torch.compile", told)


@pytest.mark.skipif(not gpu(), reason="there is a GPU")
def test_without_a_gpu_it_is_said_and_nothing_is_verified():
    """NumPy computes on; torch and JAX are not supported, and so the run fails."""
    code, output = run("--device", "cuda", *SMALL)
    assert code == pytest.ExitCode.TESTS_FAILED
    for name in ("torch", "jax"):
        assert lines_with(output, f"not supported: 1 × {name}: no GPU")
        assert lines_with(output, f"backend {name} supported no scenario")
    assert not lines_with(output, "backend numpy supported no scenario")


def test_an_unknown_device_is_refused():
    code, output = run("--device", "tpu", *SMALL)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert lines_with(output, "--device tpu: known are cpu, cuda")

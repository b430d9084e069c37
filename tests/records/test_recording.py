"""Baselines as a user records and compares them: pytest in processes of its own."""

import json
from dataclasses import replace
from xml.etree import ElementTree  # noqa: ICN001 - a word, not two letters

import pytest
from suite import INTERNALS, lines_with, run

from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.file import read_baseline, write_baseline

#: A program of one's own: the reference, with a fault that the environment asks for.
MINE = """
import os
import shutil
import numpy as np
from crossgrad.comparisons.backends.numpy_reference import trace


def gradients(problem):
    answer = trace(problem)
    told = {name: list(getattr(answer, name)) for name in ("dW", "db", "z", "a", "delta")}
    dW = told["dW"][1] = np.array(told["dW"][1])
    match os.environ.get("FAULT"):
        case "ulp":
            dW[2, 1] = np.nextafter(dW[2, 1], np.inf)
        case "1e-12":
            dW[2, 1] *= 1 + 1e-12
        case "refuse":
            raise NotImplementedError("not today")
        case "remove":
            shutil.rmtree(os.environ["FOLDER"], ignore_errors=True)
        case "kill":
            os.kill(os.getpid(), 9)
    return told | {"cost": answer.cost}
"""
SCENARIO = "3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s0-k1"
OTHER = "2x3x3x2-tanh,tanh,sigmoid-mse-float64-m3-s1-k1"


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """Options for it, and where it is."""
    file = tmp_path_factory.mktemp("mine") / "mine.py"
    file.write_text(MINE, encoding="utf-8")
    return ("--backend", f"{file}:gradients", "--scenario", SCENARIO)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, mine):
    """What is recorded of it without a fault."""
    file = tmp_path_factory.mktemp("recorded") / "baseline.jsonl"
    code, output = run(*mine, "--baseline-save", file)
    assert code == pytest.ExitCode.OK, output
    assert lines_with(output, f"baseline: 16 records in {file}")
    return file.read_bytes()


@pytest.fixture
def baseline(tmp_path, recorded):
    """A file of one's own with it."""
    file = tmp_path / "baseline.jsonl"
    file.write_bytes(recorded)
    return file


def compared(mine, baseline, *options, fault=None, **environment):
    """Exit code and output of a comparison, which leaves the baseline as it is."""
    before = baseline.read_bytes()
    environment |= {"FAULT": fault} if fault else {}
    code, output = run(*mine, "--baseline", baseline, *options, environment=environment)
    assert baseline.read_bytes() == before
    assert not any(word in output for word in INTERNALS)
    return code, output


# ------------------------------------------------------------------ planted
def test_nothing_has_changed_where_nothing_was_planted(mine, baseline):
    """Identical bits, in every place, in the same environment; strictly as well."""
    code, output = compared(mine, baseline, "--baseline-strict")
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "environment: the same")
    assert lines_with(output, "identical bits", "float64 16")
    assert not lines_with(output, "within bound")


def test_one_ulp_is_told_and_passes(mine, baseline):
    """Changed within bound: 1 entry of 16, by 1 ulp, at BP4."""
    code, output = compared(mine, baseline, fault="ulp")
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "BP4", "changed within bound", "1/3", "1/16", "1, 1")
    assert "begins, in so many places" in output
    assert lines_with(output, "BP4 1 (")
    assert lines_with(output, "identical bits", "float64 15")


def test_one_ulp_fails_if_strictness_is_asked_for(mine, baseline):
    """With place and size, and the line that shows it again."""
    code, output = compared(mine, baseline, "--baseline-strict", fault="ulp")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(
        output, "BP4 at layer 2: changed within bound, 1 of 16 entries by up to 1 ulp"
    )
    assert lines_with(output, "reproduce", f"--baseline {baseline} --baseline-strict")


def test_strictness_is_for_the_same_environment(mine, baseline):
    """In another one, bits may change: it is told first in what it differs."""
    code, output = compared(mine, baseline, "--baseline-strict", fault="ulp", NPY_OTHER="1")
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "environment: not the same: NPY_OTHER not there → 1")
    assert output.index("environment: not the same") < output.index("changed within bound")


def test_a_fault_of_1e_12_fails_at_its_equation(mine, baseline, tmp_path):
    """Beyond bound, with what the residual was before; JUnit's XML has equation and layer."""
    report = tmp_path / "junit.xml"
    code, output = compared(mine, baseline, "--junitxml", report, fault="1e-12")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "fails BP4 at layer 2 in", SCENARIO)
    assert lines_with(output, "  before        residual 0.")
    assert lines_with(output, "BP4 at layer 2: beyond bound, 1 of 16 entries by up to")
    xml = ElementTree.fromstring(report.read_bytes())  # noqa: S314 - our own
    (case,) = xml.iterfind(".//failure/..")
    properties = {p.get("name"): p.get("value") for p in case.iter("property")}
    assert (properties["check"], properties["layer"]) == ("BP4", "2")
    assert (properties["entry"], properties["scenario"]) == ("(2, 1)", SCENARIO)
    assert "fails BP4 at layer 2" in case.find("failure").get("message")


def test_the_summary_page_tells_what_has_changed(mine, baseline, tmp_path):
    page = tmp_path / "summary.md"
    compared(mine, baseline, fault="ulp", GITHUB_STEP_SUMMARY=str(page))
    text = page.read_text(encoding="utf-8")
    assert lines_with(text, "### crossgrad: what has changed")
    assert lines_with(text, "| float64 | BP4 | changed within bound | 1/3 | 1/16 |")
    assert lines_with(text, "- environment: the same")


def test_what_is_no_longer_supported_is_missing(mine, baseline):
    """It was answered before: this fails, where without a baseline it would be skipped."""
    code, output = compared(mine, baseline, fault="refuse")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "z at layer 1: missing")


def test_what_is_supported_now_is_new(mine, tmp_path):
    """It was not answered before: that is no failure."""
    file = tmp_path / "refused"
    run(*mine, "--baseline-save", file, environment={"FAULT": "refuse"})
    before = file.read_bytes()
    code, output = run(*mine, "--scenario", OTHER, "--baseline", file)
    assert code == pytest.ExitCode.TESTS_FAILED  # nothing but new: nothing was compared
    assert lines_with(output, "z", " new ")
    assert not lines_with(output, " missing ")
    assert lines_with(output, "ERROR: --baseline had no effect")
    assert file.read_bytes() == before


def test_other_inputs_fail(mine, baseline):
    """A generator that draws something else compares nothing, and says so."""
    earlier = read_baseline(baseline)
    others = [replace(record, inputs="0" * 16) for record in earlier.records]
    write_baseline(baseline, replace(earlier, records=others))
    code, output = compared(mine, baseline)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "inputs changed")


def test_a_scenario_that_is_no_longer_drawn_is_missing(mine, baseline):
    """The same options gave it then."""
    earlier = read_baseline(baseline)
    gone = [replace(record, scenario=OTHER) for record in earlier.records]
    write_baseline(baseline, replace(earlier, records=[*earlier.records, *gone]))
    code, output = compared(mine, baseline)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "ERROR: missing: ", OTHER)


def test_what_was_not_asked_for_is_not_missing(mine, baseline, tmp_path):
    """One scenario of two is run again: that is told, and fails nothing."""
    two = tmp_path / "two.jsonl"
    run(*mine, "--scenario", OTHER, "--baseline-save", two)
    code, output = compared(mine, two)
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "not run now: 1 of the 2 scenarios × backends")
    code, output = compared((*mine, "--scenario", OTHER), baseline)
    assert code == pytest.ExitCode.OK
    assert lines_with(output, "z", "new", "3/6")


def test_a_run_that_is_killed_leaves_the_baseline_whole(mine, baseline):
    before = baseline.read_bytes()
    code, _ = run(*mine, "--baseline-save", baseline, environment={"FAULT": "kill"})
    assert code == -9
    assert baseline.read_bytes() == before
    assert not list(baseline.parent.glob("*.part"))


def test_a_worker_that_dies_leaves_the_baseline_whole(mine, baseline):
    """What it was doing is not known, so that the run has not come to its end."""
    before = baseline.read_bytes()
    options = ("--scenario", OTHER, "-n", 1, "--baseline-save", baseline)
    code, output = run(*mine, *options, environment={"FAULT": "kill"})
    assert code == pytest.ExitCode.TESTS_FAILED
    assert not lines_with(output, "baseline: ", "records")
    assert baseline.read_bytes() == before


def test_a_run_that_stops_early_leaves_the_baseline_whole(mine, baseline):
    """At the first failure, as it was asked to."""
    before = baseline.read_bytes()
    options = ("--scenario", OTHER, "-x", "--baseline-save", baseline)
    code, output = run(*mine, *options, environment={"FAULT": "1e-12"})
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "baseline: the run did not come to its end, ", "is as it was")
    assert baseline.read_bytes() == before


@pytest.mark.parametrize("option", ["--baseline-save", "--results"])
def test_a_file_that_cannot_be_written_at_the_end_is_told(option, mine, tmp_path):
    """As on a full disk: one line, a failure, and the rest of the page."""
    folder = tmp_path / "folder"
    folder.mkdir()
    fault = {"FAULT": "remove", "FOLDER": str(folder)}
    code, output = run(*mine, option, folder / "out", environment=fault)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, f"ERROR: {option} {folder / 'out'}: ")
    assert lines_with(output, ": ", f"{folder / 'out'} is as it was")
    assert not any(word in output for word in INTERNALS)


def test_failures_are_on_record_too(mine, tmp_path):
    """What is wrong in a release belongs into the record of it."""
    file = tmp_path / "out"
    code, output = run(*mine, "--baseline-save", file, environment={"FAULT": "1e-12"})
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "baseline: 16 records, 1 of them failures")
    assert {r.place for r in read_baseline(file).records if r.status == "fail"} == {("BP4", 2)}


# ------------------------------------------------------------------ one process, two, or shards
SUITE = ("--backend", "numpy", "--architectures", 2, "--draws", 2)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Baselines of the same suite in one process, in two, and in two shards."""
    folder = tmp_path_factory.mktemp("files")
    ways = {"n0": ("-n", 0), "n2": ("-n", 2)}
    ways |= {f"shard{k}": ("--shard", f"{k}/2") for k in (1, 2)}
    for name, options in ways.items():
        code, output = run(*SUITE, *options, "--baseline-save", folder / name)
        assert code == pytest.ExitCode.OK, output
    return {name: folder / name for name in ways}


def test_two_processes_record_what_one_does(files):
    assert files["n0"].read_bytes() == files["n2"].read_bytes()


def test_every_line_stands_for_itself_and_is_strict_json(files):
    """Its scenario, backend, equation and layers are in it."""
    header, *lines = map(json.loads, files["n0"].read_text(encoding="utf-8").splitlines())
    assert header["lines"] == len(lines)
    assert header["run"]["options"]["draws"] == 2
    for line in lines:
        depth = Scenario.parse(line["scenario"]).architecture.depth
        assert {*line["layers"]} <= {str(l + 1) for l in range(depth)}
        assert all(len(found["bits"]) == 16 for found in line["layers"].values())


def test_shards_record_the_whole(files):
    """Each record is in one of them."""
    whole, *parts = (read_baseline(files[name]).records for name in ("n0", "shard1", "shard2"))
    together = [record for part in parts for record in part]
    assert sorted(map(str, together)) == sorted(map(str, whole))
    assert all(parts)


@pytest.mark.parametrize(("shard", "processes"), [("1/2", 2), ("2/2", 0)])
def test_a_shard_is_compared_with_the_whole(files, shard, processes):
    """What the other shard does is not missing."""
    options = ("--baseline", files["n0"], "--baseline-strict", "--shard", shard, "-n", processes)
    code, output = run(*SUITE, *options)
    assert code == pytest.ExitCode.OK, output
    assert lines_with(output, "identical bits")
    assert lines_with(output, "not run now: ")


# ------------------------------------------------------------------ refused
REFUSED = {
    "--baseline-strict": "--baseline-strict has no effect without --baseline",
    "--baseline {file} --baseline-save {file}": "would be written over {file}",
    "--results {file} --baseline-save {file}": "{file}: would be written over --results",
    "--baseline-save nowhere/out": "--baseline-save nowhere/out: cannot be written",
    "--baseline nowhere": "nowhere: cannot be read",
    "--baseline {file} --collect-only": "--baseline: no effect where no test is run",
    "--baseline-save out --setup-plan": "--baseline-save: no effect where no test is run",
    "--baseline {file} --backend torch": "has none of the scenarios and backends of this run",
    "--baseline {file} --seed 7 --architectures 1 --backend numpy --dtype float32 --draws 3": (
        "has none of the scenarios and backends of this run"
    ),
    "--baseline {file} --backend list": "--baseline: no effect where no test is run",
    "--baseline {file} -n 2 --dist each": "--dist each: every worker would tell",
    "--baseline": "argument --baseline: expected one argument",
    "--baseline-stict {file}": "unrecognized arguments: --baseline-stict",
}


@pytest.mark.parametrize("options", REFUSED)
def test_what_would_do_nothing_is_refused(options, files):
    """In one line, before anything is run; no file is touched."""
    before = files["n0"].read_bytes()
    code, output = run(*options.format(file=files["n0"]).split())
    assert code == pytest.ExitCode.USAGE_ERROR, output
    told = REFUSED[options].format(file=files["n0"])
    assert len(lines_with(output, "rror: ", told) + lines_with(output, "ERROR: ", told)) == 1
    assert not any(word in output for word in (*INTERNALS, "passed", "failed"))
    assert files["n0"].read_bytes() == before


def test_a_damaged_baseline_is_refused_in_one_line(files, tmp_path):
    """With file and line, under several processes too."""
    file = tmp_path / "edited"
    file.write_text(files["n0"].read_text(encoding="utf-8").replace("0x1.", "0x2.", 1), "utf-8")
    for processes in (0, 2):
        code, output = run(*SUITE, "-n", processes, "--baseline", file)
        assert code == pytest.ExitCode.USAGE_ERROR
        assert len(lines_with(output, "ERROR: ", f"{file}, line 2: changed")) == 1


@pytest.mark.parametrize("option", ["--baseline", "--baseline-save"])
def test_a_run_in_which_nothing_is_recorded_fails(option, files, tmp_path):
    """Agreement of backends alone records nothing."""
    file = files["n0"] if option == "--baseline" else tmp_path / "out"
    options = ("--backend", "numpy", "--backend", "numpy.fast", *SUITE[2:])
    code, output = run(*options, "-k", "agreement", option, file)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, f"ERROR: {option} had no effect")
    assert not (tmp_path / "out").exists()

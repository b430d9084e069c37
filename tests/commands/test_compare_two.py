"""``crossgrad compare`` of two files, or two settings: what changes from one to the other."""

import json
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from processes import alive, wait_for
from suite import ROOT, clean_environment, lines_with

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.backends import DEFAULT, Backend
from crossgrad.comparisons.backends.numpy_reference import trace
from crossgrad.comparisons.commands.compare.settings import SETTINGS, added, setup
from crossgrad.comparisons.commands.compare.worker import with_calls
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.file import Baseline, write_baseline
from crossgrad.comparisons.records.baseline.surroundings import surroundings

SIGMOID = "3x4x2-sigmoid,sigmoid-quadratic-float64-m3-s1"
SOFTSIGN = "5x33x3-softsign,softsign-mse-float32-m16-s1"
#: Does as its environment says.
OWN = """
import os, signal, sys, time
from pathlib import Path
from crossgrad.comparisons.backends.numpy_reference import trace

def gradients(problem):
    print("a word that is no answer")
    if "DIES" in os.environ:
        print("Fatal Python error: it was to be", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if "RAISES" in os.environ:
        raise RuntimeError("it was to be")
    if "SLEEPS" in os.environ:
        Path(os.environ["SLEEPS"], str(os.getpid())).touch()
        time.sleep(120)
    found, factor = trace(problem), float(os.environ.get("FACTOR", "1"))
    return {
        "dW": [d * problem.W[0].dtype.type(factor) for d in found.dW],
        "db": found.db, "z": found.z, "a": found.a, "delta": found.delta, "cost": found.cost,
    }
"""


@pytest.fixture
def compare(capsys):
    """The command, in this process: exit code, output, what went wrong."""

    def run(*arguments):
        code = main(["compare", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def own(tmp_path):
    """A backend that does as its environment says."""
    file = tmp_path / "own.py"
    file.write_text(OWN, encoding="utf-8")
    return f"{file}:gradients"


@pytest.fixture
def one(compare, own):
    """The command with that backend, on one scenario."""
    return lambda *arguments: compare("--backend", own, "--scenario", SIGMOID, *arguments)


# ------------------------------------------------------------------ what is asked wrongly
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "give two files or more, or a setting"),
        ("old.jsonl", "files given: 1, needed are two or more"),
        ("old.jsonl new.jsonl", "old.jsonl: cannot be read"),
        ("old.jsonl new.jsonl --plot x.png", "--plot x.png: expected a name that ends in .svg"),
        ("old.jsonl new.jsonl --plot no/x.svg", "--plot no/x.svg: cannot be written"),
        ("old.jsonl new.jsonl newest.jsonl --json .", "--json .: cannot be written"),
        ("a.jsonl b.jsonl --json x.svg --plot x.svg", "x.svg: would be written over --json"),
        ("old.jsonl new.jsonl --env x64-off", "--env has no effect on files"),
        ("old.jsonl new.jsonl --seed 0", "--seed has no effect on files"),
        ("--backend numpy", "give two files or more, or a setting"),
        ("--env fast-maths", "setting 'fast-maths': not one of --list, nor a variable"),
        ("--env =1", "setting '=1': not one of --list, nor a variable"),
        ("--env A=1 --against A", "setting 'A': not one of --list, nor a variable"),
        ("--env flush-denormal --backend jax", "'flush-denormal' does not concern jax"),
        ("--against x64-off --backend torch", "'x64-off' does not concern torch"),
        ("--env fast-math --env flush-denormal", "no backend that fast-math, flush-denormal all"),
        ("--env A=1 --env A=2", "setting 'A=2': A is 1 already"),
        ("--env x64-off --env JAX_ENABLE_X64=1", "JAX_ENABLE_X64 is 0 already"),
        ("--env x64-off --against JAX_ENABLE_X64=0", "both sides are the same"),
        ("--env JAX_ENABLE_X64=1", "both sides are the same"),
        ("--env A=1 --backend nump", "backend 'nump': known are numpy, numpy.fast, torch, "),
        ("--env A=1 --backend no.py:f", "backend 'no.py:f': cannot be loaded"),
        ("--env A=1 --dtype float8", "dtype 'float8': known are"),
        ("--env A=1 --scenario 3x4", "scenario '3x4': expected"),
        (f"--env A=1 --scenario {SIGMOID} --draws 2", "--draws has no effect on --scenario"),
        ("--env A=1 --json no/such/folder", "--json no/such/folder: cannot be written"),
        ("--env A=1 --plot x.svg", "--plot has no effect on settings"),
        ("--list --json x", "--json has no effect on --list"),
        ("--list --env A=1", "--env has no effect on --list"),
        ("--list old.jsonl", "old.jsonl has no effect on --list"),
    ],
)
def test_bad_input_is_one_line(compare, arguments, told):
    """And exit code 2, whatever else could be done."""
    code, out, err = compare(*arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith("crossgrad: ")
    assert told in err
    assert err.count("\n") == 1


def test_list_has_a_line_for_each_setting(compare):
    code, out, _ = compare("--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [*SETTINGS, "NAME=VALUE"]


def test_a_setting_of_another_release_is_one_line(monkeypatch, compare):
    """XLA would end the process for a flag that it no longer knows."""
    monkeypatch.setattr(
        "crossgrad.comparisons.commands.compare.settings.release", lambda _: "0.12.0.1"
    )
    told = "setting 'no-fusion-emitters': known by jax<0.11, here is 0.12.0.1"
    assert compare("--env", "no-fusion-emitters") == (2, "", f"crossgrad: {told}\n")
    code, out, _ = compare("--list")
    assert code == 0
    (line,) = lines_with(out, "no-fusion-emitters")
    assert line.endswith("[known by jax<0.11, here is 0.12.0.1]")


# ------------------------------------------------------------------ settings
def test_settings_do_what_they_say():
    """Each concerns a backend, and sets something."""
    for name, setting in SETTINGS.items():
        assert setting.backends
        assert set(setting.backends) <= set(DEFAULT)
        assert setting.variables or setting.call, name


def test_asked_flags_stand_where_xla_reads_them(monkeypatch):
    """After the suite's own, which they win over, and before the first word that is no flag."""
    assert added("--a=1 word --b", "--c --d") == "--a=1 --c --d word --b"
    assert added("", "--c") == "--c"
    monkeypatch.setenv("XLA_FLAGS", "--mine word")
    asked = setup(["fast-math", "XLA_FLAGS=--other"]).environment["XLA_FLAGS"]
    assert asked == "--mine --xla_cpu_enable_fast_math=true --other word"


def test_asked_value_wins_over_the_suite():
    """What ``prepare`` sets."""
    environment = setup(["x64-off", "OMP_NUM_THREADS=2"]).environment
    assert environment["JAX_ENABLE_X64"] == "0"
    assert environment["OMP_NUM_THREADS"] == "2"


@pytest.mark.parametrize("call", [setting.call for setting in SETTINGS.values() if setting.call])
def test_calls_end_with_the_asking(call):
    """What torch computes before and after has nothing to do with them, even after an error."""
    import torch  # noqa: PLC0415 - two seconds

    def state(_=None):
        tiny = torch.tensor([1e-310], dtype=torch.float64)
        return (
            (tiny * 1).item(),
            torch.are_deterministic_algorithms_enabled(),
            torch.backends.mkldnn.enabled,
            torch.get_float32_matmul_precision(),
        )

    def fails(_):
        raise RuntimeError("it was to be")

    before = state()
    assert with_calls([call], Backend("torch", state)).trace(None) != before
    assert state() == before
    with pytest.raises(RuntimeError, match="it was to be"):
        with_calls([call], Backend("torch", fails)).trace(None)
    assert state() == before


# ------------------------------------------------------------------ two sides
def test_same_bits_under_a_setting_without_effect(one):
    """Which is told nevertheless, and first."""
    code, out, err = one("--env", "NOBODY=1")
    assert (code, err) == (0, "")
    first, second, *_ = out.splitlines()
    assert first == "before: the suite's own settings; now: NOBODY=1; 1 scenario"
    assert second == "environment: not the same: NOBODY not there → 1"
    assert "identical bits, in so many places: " in out


def test_beyond_bound_is_named_at_its_equation(one):
    """The worst entry, and what it most likely is; the same each time."""
    code, out, _ = one("--env", "FACTOR=2")
    assert code == 1
    assert lines_with(out, "BP4", "beyond bound", "2/2")
    (worst,) = lines_with(out, "worst: ")
    assert "BP4: ∂C/∂W" in worst
    assert SIGMOID in worst
    assert one("--env", "FACTOR=2")[:2] == (code, out)


def test_other_way_round_it_is_mended(one):
    """``--against`` is before: nothing is beyond its bound now, and the entries came closer."""
    code, out, _ = one("--against", "FACTOR=2", "--env", "FACTOR=1")
    assert code == 0
    assert out.startswith("before: FACTOR=2; now: FACTOR=1; ")
    assert lines_with(out, "environment: not the same: FACTOR 2 → 1")
    assert lines_with(out, "BP4", "changed within bound")


def test_no_answer_says_why(one):
    """What was there is missing now."""
    code, out, _ = one("--env", "RAISES=1")
    assert code == 1
    assert lines_with(out, "BP2", "missing")
    assert lines_with(out, "no answer: ", "RuntimeError: it was to be", "in 1 scenario")


def test_json_is_strict(one, tmp_path):
    """A residual that is infinite is a text; the figures are those that are printed."""
    file = tmp_path / "all.json"
    code, *_ = one("--env", "FACTOR=inf", "--json", file)
    found = json.loads(file.read_text("utf-8"), parse_constant=pytest.fail)
    assert found["code"] == code == 1
    assert found["now"]["name"] == "FACTOR=inf"
    assert found["different"] == {"FACTOR": ["not there", "inf"]}
    beyond = [c for c in found["changes"] if c["verdict"] == "beyond bound"]
    assert {(c["check"], c["now"]) for c in beyond} == {("BP4", "inf")}
    assert any(change["verdict"] == "identical bits" for change in found["changes"])


# ------------------------------------------------------------------ real settings
def test_flush_denormal_is_seen_and_begins_at_z(compare):
    """Zeros where there were subnormal numbers, in torch and not in the judge."""
    code, out, _ = compare("--env", "flush-denormal", "--scenario", SIGMOID)
    assert code == 0
    (told,) = lines_with(out, "environment: not the same")
    assert told.endswith(": torch.set_flush_denormal(True) not made → made")
    assert lines_with(out, "torch", "float64", " z ", "changed within bound")
    assert "in torch: z " in out


def test_deterministic_algorithms_change_no_bit(compare):
    """Torch on a CPU has no others."""
    code, out, _ = compare("--env", "deterministic", "--scenario", SIGMOID)
    assert code == 0
    assert "verdict" not in out
    assert lines_with(out, "identical bits")


def test_x64_off_is_beyond_bound(compare):
    """And it is said that the answers are float32 numbers."""
    code, out, _ = compare("--env", "x64-off", "--scenario", SIGMOID)
    assert code == 1
    assert lines_with(out, "environment: not the same: JAX_ENABLE_X64 1 → 0")
    assert lines_with(out, "jax", "float64", " z ", "beyond bound")
    remark = "under x64-off, jax answers float64 problems in float32: compared as float64 numbers"
    assert remark in out.splitlines()


def test_fast_math_is_seen(compare):
    code, out, _ = compare("--env", "fast-math", "--scenario", SOFTSIGN)
    assert code == 0
    assert lines_with(out, "environment: not the same: XLA_FLAGS", "fast_math=true")
    assert lines_with(out, "jax", "changed within bound")


# ------------------------------------------------------------------ ends
@pytest.mark.parametrize(
    ("against", "under"), [([], "under DIES=1: "), (["--against", "DIES=2"], "")]
)
def test_death_is_one_line(one, against, under):
    """How it ended, and what it said last; that of both has nothing to do with either setting."""
    told = f"crossgrad: {under}its process died (SIGKILL): it was to be\n"
    assert one("--env", "DIES=1", *against) == (2, "", told)


def test_flag_that_xla_does_not_know_is_quoted(compare):
    flag = "XLA_FLAGS=--xla_no_such_flag=1"
    code, _, err = compare("--backend", "jax", "--env", flag, "--scenario", SIGMOID)
    assert code == 2
    assert err.startswith(f"crossgrad: under {flag}: its process died (")
    assert err.endswith("Unknown flag in XLA_FLAGS: --xla_no_such_flag=1\n")


#: Ctrl-C is ignored by what a shell runs in the background, and by its children.
HEARS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from crossgrad.comparisons.__main__ import main
raise SystemExit(main(sys.argv[1:]))
"""


def test_interruption_leaves_no_process(own, tmp_path):
    """One line, exit code 130."""
    folder = tmp_path / "pids"
    folder.mkdir()
    command = [sys.executable, "-c", HEARS, "compare", "--backend", own]
    command += ["--scenario", SIGMOID, "--against", f"SLEEPS={folder}", "--env", "A=1"]
    running = subprocess.Popen(  # noqa: S603 - our own
        [*command, "--env", f"SLEEPS={folder}"],
        cwd=ROOT,
        env=clean_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_for(lambda: len(list(folder.iterdir())) == 2)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (130, "crossgrad: interrupted: nothing is written\n")
    assert not any(alive(int(path.name)) for path in folder.iterdir())


# ------------------------------------------------------------------ two files
def twice(problem):
    """A trace whose ∂C/∂W is twice what it should be."""
    found = trace(problem)
    return replace(found, dW=[2 * d for d in found.dW])


RIGHT, WRONG = Backend("mine", trace), Backend("mine", twice)


@pytest.fixture
def baseline(tmp_path):
    """Write a file with the records of some backends, as the suite makes it."""

    def write(name, backends=(RIGHT,), scenarios=(SIGMOID,), /, **facts):
        records = []
        for backend in backends:
            for scenario in scenarios:
                verification = Verification(recording=True)
                verification.run(Scenario.parse(scenario), [backend])
                records += verification.records
        path = tmp_path / name
        write_baseline(path, Baseline(surroundings() | facts, "", {"options": {}}, records))
        return path

    return write


def test_files_are_compared_environment_first(compare, baseline):
    """What is in one only is missing or new."""
    old = baseline("old", [RIGHT], [SIGMOID, SOFTSIGN], cpu="that", A="1")
    new = baseline("new", [WRONG, Backend("other", trace)], cpu="this")
    code, out, _ = compare(old, new)
    assert code == 1
    first, second, third, *_ = out.splitlines()
    assert first == f"before: {old}; now: {new}; 2 scenarios"
    assert second == "environment: not the same: cpu that → this"
    assert third == "  A 1 → not there"
    for told in (("mine", "float64", "BP4", "beyond bound"), ("mine", "float32", "z", "missing")):
        assert lines_with(out, *told)
    assert lines_with(out, "other", "float64", "z", "new")
    assert lines_with(out, "identical bits, in so many places: mine float64 ")


def test_same_file_twice_is_the_same(compare, baseline, tmp_path):
    """Exit code 0, and the file of all changes says so."""
    old = baseline("old")
    code, out, _ = compare(old, old, "--json", tmp_path / "json")
    assert code == 0
    assert "environment: the same" in out.splitlines()
    found = json.loads((tmp_path / "json").read_text("utf-8"))
    assert {change["verdict"] for change in found["changes"]} == {"identical bits"}


def test_a_picture_of_two_files_is_that_of_two_releases(compare, baseline, tmp_path):
    """The text is of the two; the picture has its release and the one before."""
    old, new = baseline("old", jax="0.9.1"), baseline("new", [WRONG], jax="0.9.2")
    code, out, _ = compare(old, new, "--plot", tmp_path / "both.svg")
    assert (code, out) == compare(old, new)[:2]
    svg = (tmp_path / "both.svg").read_text("utf-8")
    assert ">0.9.1<" in svg
    assert ">0.9.2<" in svg
    assert "✗ beyond its bound" in svg


def test_nothing_in_common_is_one_line(compare, baseline):
    """Neither a scenario nor a backend."""
    old, new = (baseline(name, [RIGHT], [name]) for name in (SIGMOID, SOFTSIGN))
    told = f"crossgrad: {old} and {new} have no scenario and backend in common\n"
    assert compare(old, new) == (2, "", told)


def test_files_are_not_written_over(compare, baseline):
    """By what is made of them: they took minutes to record."""
    old = baseline("old")
    before = old.read_bytes()
    code, out, err = compare(old, baseline("new"), "--json", old)
    assert (code, out) == (2, "")
    assert "would be written over" in err
    assert old.read_bytes() == before


def test_changed_line_of_a_file_is_named(compare, baseline):
    """As wherever a baseline is read."""
    old = baseline("old")
    old.write_text(old.read_text("utf-8").replace('"BP4"', '"BP3"'), encoding="utf-8")
    code, _, err = compare(old, old)
    assert code == 2
    assert lines_with(err, f"crossgrad: {old}, line ", ": changed since it was recorded")

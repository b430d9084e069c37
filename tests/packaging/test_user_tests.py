"""A function of somebody's own, judged in their own tests."""

import re
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from foreign.network import gradients, half
from suite import clean_environment, execute

import crossgrad
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.suite import user_tests

FAR = "3x4x2-sigmoid,sigmoid-quadratic-float32-m4-s0-g2"
ONE = "2x2x1-sigmoid,sigmoid-quadratic-float64-m4-s0-k2-g2"


def test_a_right_function_passes():
    """With arguments one by one or in lists; and it is said how much was judged."""
    crossgrad.verify(gradients, scenario=ONE, dtype=[np.float64, np.dtype("float32")])
    asked = {"architectures": 1, "draws": 2, "dtype": "float32", "depth": [1, "2-3"]}
    judged = crossgrad.verify(gradients, **asked)
    assert judged.networks > judged.refused == 0
    assert judged.numbers > 100
    assert 0 < judged.residual <= 1


def test_a_wrong_function_is_told_at_the_smallest_network():
    """With everything that a failure says; and the line that reproduces it does."""
    with pytest.raises(AssertionError) as caught:
        crossgrad.verify(half, architectures=1, draws=2, width="2-4")
    text = str(caught.value)
    assert re.match(r"foreign.network:half fails BP3 at layer 1 in 2x2-sigmoid-", text) or text
    assert "  likely cause  " in text
    scenario = re.search(r"reproduce     crossgrad.verify\(…, scenario='(.*)'\)$", text)[1]
    with pytest.raises(AssertionError, match=re.escape(scenario)):
        crossgrad.verify(half, scenario=scenario)


@pytest.mark.parametrize("what", [None, 3, "numpy", "nowhere.py:f", "network:nothing"])
def test_what_is_no_function_is_refused(what):
    with pytest.raises((TypeError, ValueError)) as caught:
        crossgrad.verify(what)
    assert "\n" not in str(caught.value)
    assert repr(what) in str(caught.value)


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ({"architectures": 0}, "architectures 0: at least 1 is needed"),
        ({"dtype": "float8"}, "dtype 'float8': known are"),
        ({"scenario": ONE, "seed": 1}, "^seed has no effect on scenario"),
        ({"scenario": "2x1"}, "2x1"),
        ({"depth": "deep"}, "^depth"),
    ],
)
def test_a_bad_argument_is_told_by_its_name(argument, told):
    with pytest.raises(ValueError, match=told):
        crossgrad.verify(gradients, **argument)


def test_a_mistyped_argument_is_told_beside_those_there_are():
    """And so is a value of another kind."""
    with pytest.raises(TypeError, match=r"no argument 'architecture': known are architectures, "):
        crossgrad.verify(gradients, architecture=3)
    for value in ("5", 2.5):
        with pytest.raises(TypeError, match="architectures: a whole number is needed, and not"):
            crossgrad.verify(gradients, architectures=value)


def test_nothing_judged_is_a_failure():
    """Whoever refuses everything; and whoever raises."""

    def never(_problem):
        raise NotImplementedError("none of them")

    def raises(_problem):
        raise KeyError("W3")

    with pytest.raises(AssertionError, match=r"nothing was judged.*none of them"):
        crossgrad.verify(never, scenario=ONE)
    with pytest.raises(AssertionError, match="raised KeyError: 'W3'"):
        crossgrad.verify(raises, scenario=ONE)


def test_bounds_that_say_nothing_are_a_failure(monkeypatch):
    """Where every number is answered, and none is judged."""

    class Blind(Verification):
        def run(self, *asked):
            outcome = super().run(*asked)
            self.rows = [replace(row, status="unjudged") for row in self.rows]
            return outcome

    monkeypatch.setattr(user_tests, "Verification", Blind)
    with pytest.raises(AssertionError, match="bounds that are all as large as the values"):
        crossgrad.verify(gradients, scenario=ONE)


def test_what_is_refused_by_its_numbers_is_warned_of():
    """As at the end of a run of the suite: a pass would say more than was seen."""

    def some(problem):
        if problem.x[0, 0] > -1:
            raise NotImplementedError("for no good reason")
        return gradients(problem)

    with pytest.warns(UserWarning, match="some answered .* scenarios: the rest is not verified"):
        judged = crossgrad.verify(some, architectures=10, draws=1)
    assert judged.refused > judged.networks > 0


def test_settings_of_the_user_do_not_reach_the_judge():
    """Of NumPy, where what overflows or underflows raises; also before anything is imported."""
    with np.errstate(all="raise"):
        crossgrad.verify(gradients, scenario=FAR)
        crossgrad.verify(gradients, architectures=1, draws=1)
    code = "import numpy; numpy.seterr(all='raise'); import crossgrad; crossgrad.verify"
    assert execute([sys.executable, "-c", code]) == (0, "")


def test_a_warning_of_the_function_is_told_once_and_is_no_error():
    """As the user's filters have it."""

    def overflows(problem):
        np.exp(np.full(3, 1e5))
        return gradients(problem)

    def told(action):
        with np.errstate(over="warn"), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(action)
            crossgrad.verify(overflows, scenario=ONE)
        return [(Path(w.filename).name, str(w.message)) for w in caught]

    assert told("always") == [("test_user_tests.py", "overflow encountered in exp")]
    assert told("ignore") == told("error") == []


# ------------------------------------------------------------------ the fixture, in a project
TESTS = """
from network import gradients, half

def test_right(crossgrad):
    crossgrad.verify(gradients, architectures=1, draws=2)

class TestAll:
    def test_wrong(self, crossgrad):
        crossgrad.verify(half, architectures=1, draws=2)

def test_named(crossgrad):
    crossgrad.verify(gradients, scenario="2x1-sigmoid-quadratic-float64-m1-s0-k1-g2")

def one_layer(problem):
    if len(problem.W) > 1:
        raise NotImplementedError
    return gradients(problem)

def test_two(crossgrad, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    crossgrad.verify(one_layer, architectures=1, draws=1)
    crossgrad.verify(half, architectures=1, draws=1, depth="2-9")
"""


@pytest.fixture
def project(tmp_path):
    """A folder with tests, and what runs a command there."""
    (tmp_path / "test_it.py").write_text(TESTS)
    source = Path(__file__).parent / "foreign" / "network.py"
    (tmp_path / "network.py").write_bytes(source.read_bytes())

    def run(command):
        finished = subprocess.run(  # noqa: S602 - as it is printed
            command,
            shell=True,
            cwd=tmp_path,
            env=clean_environment() | {"PYTEST_ADDOPTS": "-p no:hypothesispytest"},  # it is slow
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.returncode, finished.stdout + finished.stderr

    return run


def test_a_failure_points_at_the_line_of_the_test(project):
    """Not into this project; and the line that reproduces it runs as printed, and fails again."""
    code, said = project("pytest -k 'right or wrong'")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 passed" in said
    assert ">       crossgrad.verify(half, architectures=1, draws=2)" in said
    assert "test_it.py:9: AssertionError" in said
    (command,) = re.findall(r"reproduce     (pytest .*)", said)
    assert command.startswith("pytest test_it.py::TestAll::test_wrong --crossgrad-scenario ")
    code, again = project(command)
    assert (code, "1 failed" in again) == (1, True)
    assert re.search(r"E .*network:half fails .*", said)[0] in again


@pytest.mark.parametrize("started", ["pytest", "python -m pytest", "pytest -n 1"])
def test_the_line_is_true_of_a_test_with_two_functions(project, started):
    """Who does not support the network is passed over; the folder may change in between."""
    code, said = project(f"{started} -k two")
    (command,) = re.findall(r"reproduce     (.*pytest .*)", said)
    assert command.startswith(f"{started.removesuffix(' -n 1')} test_it.py::test_two ")
    code, again = project(command)
    assert (code, "network:half fails" in again) == (1, True)


def test_a_line_that_judges_nothing_fails(project):
    """Where no function of the test supports the network."""
    code, said = project(f"pytest -k right --crossgrad-scenario {ONE.replace('quadratic', 'mse')}")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "nothing was judged" in said


def test_a_test_that_names_its_scenario_keeps_it(project):
    """Whatever a nightly run asks of the others."""
    code, said = project("pytest -k named --crossgrad-architectures 2 --crossgrad-dtype float32")
    assert code == pytest.ExitCode.OK, said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--crossgrad-dtype float8", "ERROR: dtype 'float8': known are"),
        ("--crossgrad-architectures 0", "ERROR: --crossgrad-architectures 0: at least 1 is needed"),
        ("--crossgrad-seed 1 --crossgrad-scenario " + ONE, "ERROR: --crossgrad-seed has no effect"),
        ("--crossgrad-scenarios x", "unrecognized arguments: --crossgrad-scenarios"),
        ("--backend numpy", "unrecognized arguments: --backend"),
    ],
)
def test_a_bad_option_is_one_line_before_anything_runs(project, options, told):
    code, said = project(f"pytest {options}")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert told in said
    assert "Traceback" not in said


def test_an_option_takes_the_place_of_an_argument(project):
    """So that a nightly run asks more, and one format alone can be asked."""
    code, said = project("pytest --crossgrad-dtype float32 -k wrong --crossgrad-depth 2")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"half fails .* in \w+-sigmoid,sigmoid-quadratic-float32-", said)

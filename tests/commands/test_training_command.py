"""``crossgrad train`` as it is typed: what it prints, what it writes, what it refuses."""

import json
import re
import shlex
import xml.etree.ElementTree as ET

import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main

#: A program that is right for four calls, and forgets σ′ from the fifth on.
FORGETFUL = """
from itertools import count

from crossgrad.comparisons.equations.faults.program import program

calls, wrong = count(), program({("BP2", 1): lambda at: at.v})


def gradients(problem):
    return (wrong if next(calls) >= 4 else program())(problem)
"""


@pytest.fixture
def command(capsys):
    """Run it: exit code, standard output, standard error."""

    def run(*arguments):
        code = main(["train", *arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def forgetful(tmp_path):
    """The file of that program, as a backend."""
    file = tmp_path / "mine.py"
    file.write_text(FORGETFUL, "utf-8")
    return f"{file}:gradients"


# ------------------------------------------------------------------ what it prints
def test_without_anything_the_lectures_network_learns_xor(command):
    """All three, a line each; the way down; the verdict; 100 columns."""
    code, out, err = command("--steps", "12")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "gradient descent on xor (exclusive or, four samples); η = 8.0, steps 0 … 12"
    assert [line.split()[0] for line in lines if line.endswith(" ·")] == ["numpy", "torch", "jax"]
    assert [line.split()[0] for line in lines if re.match(r" *\d+ ", line)] == [
        "0", "1", "2", "5", "10", "12"
    ]  # fmt: skip
    assert out.endswith(
        "every gradient of numpy, torch and jax at steps 0 … 12 is within its bound:\n"
        "  what sets them apart is no more than rounding may do\n"
    )
    assert max(map(len, lines)) <= 100


def test_a_fault_is_told_whole_and_its_line_shows_it_again(command, forgetful):
    """Exit code 1; the last line of the failure is a command that finds the same."""
    code, out, _ = command("--steps", "9", "--backend", "numpy", "--backend", forgetful)
    assert code == 1
    assert "first wrong at step 4, and wrong at 6 of 10 steps; this is no rounding" in out
    assert re.search(r"  entry +δ¹\[\d, \d\] at step 4\n", out)
    assert "every gradient of numpy at steps 0 … 9 is within its bound\n" in out
    assert "mine.py:gradients" in out
    told = out.splitlines()[-1]
    assert told.startswith("  reproduce     crossgrad train ")
    code, again, _ = command(*shlex.split(told)[3:])
    assert code == 1
    first, second = (re.findall(r" {2}reported .*", text) for text in (out, again))
    assert first == second != []


def test_a_backend_without_an_answer_ends_and_the_others_go_on(command, tmp_path):
    """Exit code 1: it was not verified."""
    file = tmp_path / "none.py"
    file.write_text("def gradients(problem):\n    raise NotImplementedError('no xor')\n", "utf-8")
    code, out, _ = command("--steps", "3", "--backend", f"{file}:gradients", "--backend", "numpy")
    assert code == 1
    assert f"none.py:gradients: no answer at step 0: {file}:gradients: no xor" in out
    assert "every gradient of numpy at every step that was made is within its bound" not in out
    assert "every gradient of numpy at steps 0 … 3 is within its bound" in out


def test_a_descent_that_ends_early_is_told_as_far_as_it_went(command):
    """No lines of steps that nobody made; a right gradient is no failure."""
    network = "2x3x2-tanh,identity-quadratic-float32-m4-s1"
    code, out, _ = command(network, "--backend", "numpy", "--rate", "50", "--steps", "1000")
    assert code == 0
    steps = [line.split()[0] for line in out.splitlines() if re.match(r" *\d+ ", line)]
    ended = re.search(r"^numpy: at step (\d+) numbers leave the format", out, re.MULTILINE)
    assert steps[-1] == ended[1] != "1000"
    assert out.endswith("every gradient of numpy at every step that was made is within its bound\n")


def test_interrupted_it_is_one_line_and_writes_nothing(command, tmp_path):
    """Ctrl-C in the middle of a step."""
    file, figures = tmp_path / "stop.py", tmp_path / "a.json"
    file.write_text("def gradients(problem):\n    raise KeyboardInterrupt\n", "utf-8")
    code, out, err = command("--backend", f"{file}:gradients", "--json", str(figures))
    assert (code, out, err) == (130, "", "crossgrad: interrupted: nothing is written\n")
    assert not figures.exists()


# ------------------------------------------------------------------ what it writes
@pytest.fixture
def written(command, forgetful, tmp_path):
    """Figures and picture of a training that goes wrong."""
    figures, picture = tmp_path / "train.json", tmp_path / "train.svg"
    arguments = ["--backend", "numpy", "--backend", forgetful, "--steps", "9"]
    assert command(*arguments, "--json", str(figures), "--plot", str(picture))[0] == 1
    return figures.read_text("utf-8"), picture.read_text("utf-8")


def test_the_figures_are_all_there_step_by_step(written):
    """Strict JSON; a value a step."""

    def refuse(name):
        raise AssertionError(name)

    found = json.loads(written[0], parse_constant=refuse)
    numpy, mine = found["backends"]
    assert (found["data"], found["rate"], found["steps"]) == ("xor", 8.0, 9)
    assert found["environment"]["numpy"]
    for walk in (numpy, mine):
        assert len(walk["cost"]) == len(walk["distance"]) == len(walk["residual"]) == 10
    assert len(found["control"]["distance"]) == 10
    assert mine["wrong steps"] == [4, 5, 6, 7, 8, 9]
    assert (mine["first wrong"][0]["check"], mine["first wrong"][0]["layer"]) == ("BP2", 1)
    assert mine["where"][4][:2] == ["BP2", 1]
    assert mine["residual"][4] > 1 >= max(numpy["residual"])
    ratio = mine["distance"][9] / found["control"]["distance"][9]
    assert mine["times the control's"][9] == ratio


def test_the_picture_marks_the_first_wrong_step(written):
    """Text as text; a title and a description for who cannot see it; no path, no date."""
    picture = written[1]
    root = ET.fromstring(picture)  # noqa: S314 - our own file
    assert root[0].text.startswith("Gradient descent on xor")
    assert "wrong from step 4" in root[1].text
    texts = "\n".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "mine.py:gradients: BP2 at layer 1 is wrong at step 4" in texts
    assert "the bound" in texts
    assert "control: the reference in float64" in texts
    assert "<dc:date>" not in picture
    assert "/mine.py" not in picture


def test_the_picture_is_the_same_for_the_same_figures(command, tmp_path):
    """Byte for byte, also of a descent that ends early."""
    network = "2x3x2-tanh,identity-quadratic-float32-m4-s1"
    for name in ("one", "other"):
        options = ["--backend", "numpy", "--rate", "50", "--plot", str(tmp_path / f"{name}.svg")]
        assert command(network, *options)[0] == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


# ------------------------------------------------------------------ what it refuses
NETWORK = "2x2x1-sigmoid,sigmoid-quadratic-float32-m4-s0"
SOFTMAX = "2x2x1-sigmoid,identity-softmax_cross_entropy-float32-m4-s0"
REFUSED = {
    "data": (["--data", "iris"], "--data 'iris': known are xor, spirals, digits"),
    "an id": (["2x2"], "scenario '2x2': expected WIDTHS-"),
    "a batch": (
        [NETWORK, "--data", "spirals"],
        "--data spirals needs the widths 2x…x3 and a batch of all samples, m300",
    ),
    "targets": ([SOFTMAX, "--data", "xor"], "softmax_cross_entropy needs targets that sum to 1"),
    "no rate": (["--rate", "0"], "--rate 0.0: needed is a number above 0, and finite in float32"),
    "up": (["--rate", "-1"], "--rate -1.0: needed"),
    "no number": (["--rate", "nan"], "--rate nan: needed"),
    "too large": (["--rate", "1e39"], "--rate 1e+39: needed"),
    "a backend": (["--backend", "theano"], "backend 'theano': known are"),
    "a folder": (["--json", "no/such/a.json"], "--json no/such/a.json: cannot be written"),
    "a picture": (["--plot", "a.png"], "--plot a.png: expected a name that ends in .svg"),
    "twice": (["--plot", "a.svg", "--json", "a.svg"], "--plot a.svg: would be written over --json"),
}


@pytest.mark.parametrize(("arguments", "told"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_one_line(command, arguments, told):
    """It names the culprit, before anything runs."""
    code, out, err = command(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("crossgrad: ")
    assert told in err


def test_digits_need_scikit_learn(command, monkeypatch):
    """Which is optional: the line says how to get it."""
    monkeypatch.setattr("crossgrad.comparisons.machine.location.find_spec", lambda _name: None)
    code, _, err = command("--data", "digits")
    told = "--data digits needs sklearn: pip install -c constraints.txt -e '.[study]'"
    assert (code, err) == (2, f"crossgrad: {told}\n")

"""``crossgrad explain`` of numbers of one's own: by options, in a file, as they were written."""

import re
import tomllib
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands.explain.numbers import full, put
from crossgrad.comparisons.commands.explain.own_exercise import nearest, own_exercise
from crossgrad.comparisons.commands.explain.own_numbers import OwnNumbers

WORKED = Path(__file__).parents[2] / "docs" / "worked_example.toml"
W1, W2 = "0.15 0.20; 0.25 0.30", "0.40 0.45; 0.50 0.55"
#: The same as the worked example, in the order of its file.
OPTIONS = ["--x", "0.05, 0.10", "--y", "0.01, 0.99", "--W", W1, "--W", W2]
OPTIONS += ["--b", ".35 .35 | .60 .60"]
#: A network that is right, for what is wrong beside it.
SMALL = ["--x", "1,2", "--y", "1", "--W", W1, "--W", "0.40 0.45"]
#: One layer of three outputs, for the costs that insist on something.
LAST = ["--x", "1,2", "--W", "1 2; 3 4; 5 6"]


@pytest.fixture
def printed(capsys):
    """What the command prints of the reference alone, and its exit code."""

    def run(*arguments, backend="numpy"):
        code = main(["explain", *map(str, arguments), "--backend", backend])
        out, err = capsys.readouterr()
        assert err == ""
        return out, code

    return run


@pytest.fixture
def file_of(tmp_path):
    """A file of such a text."""

    def write(text):
        (tmp_path / "numbers.toml").write_text(text, "utf-8")
        return tmp_path / "numbers.toml"

    return write


def numbers_below(out):
    """All below the heading, which says where the numbers come from."""
    return out.partition("What everybody is given")[2]


# ------------------------------------------------------------------ what is computed
def test_the_worked_example_gives_its_published_numbers(printed):
    """To the nine digits that were published."""
    out, code = printed(WORKED)
    assert code == 0
    for label, published in (("C", 0.298371109), ("∂C/∂w₁₁²", 0.082167041)):
        assert round(value_of(out, label), 9) == published
    assert round(value_of(out, "∂C/∂w₁₁¹"), 9) == 0.000438568


def value_of(out, label):
    return float(re.search(rf"^  {re.escape(label)} +(-?[\d.e-]+)$", out, re.MULTILINE)[1])


def test_everybody_agrees_on_the_worked_example(capsys):
    assert main(["explain", str(WORKED)]) == 0
    assert "every equation holds for everybody; " in " ".join(capsys.readouterr().out.split())


def test_options_and_a_file_give_the_same_explanation(printed):
    """But for the heading, and .35, which is 0.35 in a file."""
    by_file = printed(WORKED)[0]
    by_options = printed(*[text.replace(".35", "0.35").replace(".60", "0.60") for text in OPTIONS])
    assert numbers_below(by_options[0]) == numbers_below(by_file)


@pytest.mark.parametrize("separated", [["--x", "1,2;-3,1/4"], ["--x", "1 2", "--x", "-3, 1/4"]])
def test_samples_are_separated_or_repeated(printed, separated):
    """Columns of the batch, in order."""
    out, code = printed(*separated, "--y", "1; 0", *SMALL[4:])
    assert code == 0
    assert "a batch of 2" in out
    assert given_line(out, "x") == "x₁⁽¹⁾ = 1 x₂⁽¹⁾ = 2 x₁⁽²⁾ = -3 x₂⁽²⁾ = 1/4"
    assert "≈ 0 + 0.15·1 + 0.20·2\n" in out


def test_the_first_number_may_be_negative(printed):
    """It is no option, however it begins."""
    out, code = printed("--x", "-1,2", "--y", "-.5", "--W", "-1/3 1e-3")
    assert code == 0
    assert given_line(out, "x") == "x₁ = -1 x₂ = 2"
    assert given_line(out, "y") == "y₁ = -.5"


def given_line(out, name):
    return " ".join(re.search(rf"^{name} +(.*)$", out, re.MULTILINE)[1].split())


def test_arrays_are_what_was_written():
    """A row a unit, a column a sample; 1/3 is the nearest number."""
    own = OwnNumbers([["1/3", "2"], ["-1", ".5"]], [["1"], ["1e-3"]], [[["1", "2"], ["3", "4"]]])
    own = own._replace(W=[*own.W, [["5", "6"]]], b=[["7", "8"], ["9"]])
    problem = own_exercise(own).problem
    assert problem.x.tolist() == [[1 / 3, -1], [2, 0.5]]
    assert problem.y.tolist() == [[1, 0.001]]
    assert [W.tolist() for W in problem.W] == [[[1, 2], [3, 4]], [[5, 6]]]
    assert [b.tolist() for b in problem.b] == [[[7], [8]], [[9]]]


def test_an_activation_may_be_given_for_each_layer(printed):
    """One by one, or separated."""
    by_one = printed(*SMALL, "--activation", "relu", "--activation", "tanh")
    assert by_one == printed(*SMALL, "--activation", "relu,tanh")
    assert "activation functions: relu, tanh\n" in by_one[0]
    assert "activation functions: tanh, tanh\n" in printed(*SMALL, "--activation", "tanh")[0]


def test_classes_are_targets_of_costs_that_ask_for_them(printed):
    out, code = printed(*LAST, "--y", "2", "--activation", "identity", "--cost", "cross_entropy")
    assert code == 0
    assert given_line(out, "y") == "y₁ = 2"


def test_no_biases_are_zeros_and_that_is_said(printed):
    out, _ = printed(*SMALL)
    assert "no b is given: the biases are 0\n" in out
    assert given_line(out, "b²") == "b₁² = 0"
    assert "biases are 0" not in printed(*SMALL, "--b", "0 0 | 0")[0]


# ------------------------------------------------------------------ as it was written
def test_numbers_stay_as_they_were_written(printed):
    """Where they are given, and in equations: a fraction and what is negative in parentheses."""
    out, _ = printed(*SMALL[:4], "--W", "0.20 -1/3; -.5 1e-3", "--W", "1 1", "--b", "+1 0.10 | 0")
    assert given_line(out, "W¹") == "w₁₁¹ = 0.20 w₁₂¹ = -1/3 w₂₁¹ = -.5 w₂₂¹ = 1e-3"
    assert given_line(out, "b¹") == "b₁¹ = 1 b₂¹ = 0.10"
    assert "≈ 1 + 0.20·1 + (-1/3)·2\n" in out
    assert "≈ 0.10 + (-.5)·1 + 1e-3·2\n" in out


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_a_tenth_is_a_tenth_in_every_format(printed, dtype):
    out, code = printed("--x", "0.1", "--y", "0.3", "--W", "0.7", "--dtype", dtype)
    assert code == 0
    assert f"as written: the nearest {dtype}\n" in out
    assert "x    x₁ = 0.1\n" in out
    assert "≈ 0 + 0.7·0.1\n" in out


def test_what_is_written_at_length_is_rounded_in_equations_only():
    """So that three products have room in a line; and a number that no format has."""
    assert put(1 / 3, "0.333333333333") == "0.333333"
    assert full(np.float64(1 / 3), "0.333333333333") == "0.333333333333"
    assert full(np.float64(0.1), f"0.1{'0' * 30}") == "0.1"


@pytest.mark.parametrize("language", [[], ["--vi"]], ids=["en", "vi"])
@pytest.mark.parametrize(
    "numbers", [[WORKED], [*SMALL, "--b", "1/3 -2|.5"]], ids=["file", "options"]
)
def test_the_page_has_them_as_the_terminal_does(printed, tmp_path, language, numbers):
    """In the table, in equations and on the lines of the picture, in both languages."""
    file = tmp_path / "page.html"
    out, code = printed(*numbers, *language, "--html", file)
    assert code == 0
    text = file.read_text("utf-8")
    page = unescape(re.sub(r"<[^>]*>", "", text))
    put_in = [line.split("≈ ")[1] for line in out.splitlines() if line.startswith("      ≈ ")]
    assert any("0.20·" in line for line in put_in)
    assert all(line in page for line in put_in)
    assert "<i>w₁₂¹</i> = 0.20<" in text
    assert '<tspan class="name">w₁₂¹</tspan> 0.20<' in text


def test_the_picture_of_a_batch_has_the_first_sample_as_it_was_written(printed, tmp_path):
    file = tmp_path / "page.html"
    printed("--x", "0.10 .5; 1 2", "--y", "1; 0", *SMALL[4:], "--html", file)
    assert '<tspan class="name">x₁</tspan> 0.10<' in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "told"),
    [([], "numbers of your own"), (["--vi"], "các số do bạn cho")],
    ids=["en", "vi"],
)
def test_the_heading_says_whose_numbers_they_are(printed, language, told):
    """And the file's name; no scenario, draw or regime."""
    heading = [line.strip() for line in printed(*SMALL, *language)[0].splitlines()[:8]]
    assert told in heading
    of_file = printed(WORKED, *language)[0]
    assert f"{told}: worked_example.toml\n" in of_file
    for out in ("\n".join(heading), of_file):
        assert not re.search(r"draw|lượt|-s0|ordinary|thông thường", out)


# ------------------------------------------------------------------ a backend of one's own
OWN = """
from crossgrad.reference.backprop import backprop

def right(p):
    r = backprop(p.architecture, p.parameters, p.x, p.y)
    g = r.gradients
    return {"dW": g.dW, "db": g.db, "z": r.z, "a": r.a, "delta": r.delta, "cost": r.cost}

def wrong(p):
    answer = right(p)
    answer["delta"][0] = p.W[1].T @ answer["delta"][1]
    return answer
"""


@pytest.mark.parametrize(("name", "expected"), [("right", 0), ("wrong", 1)])
def test_a_backend_of_ones_own_is_judged_on_them(printed, tmp_path, name, expected):
    file = tmp_path / "mine.py"
    file.write_text(OWN, "utf-8")
    out, code = printed(WORKED, backend=f"{file}:{name}")
    assert code == expected
    told = " ".join(out.split())
    assert ("every equation holds for everybody" in told) == (not expected)
    assert ("likely cause: σ′ is missing" in told) == bool(expected)


# ------------------------------------------------------------------ bad input
SCENARIO = "2x2x1-sigmoid,sigmoid-quadratic-float64-m1-s0"
SOFTMAX = ["--activation", "identity", "--cost", "softmax_cross_entropy"]
CLASSES = ["--activation", "identity", "--cost", "cross_entropy"]
BAD = {
    "x is missing": (["--cost", "mse"], "x is not given: numbers of your own need x, y, W"),
    "y is missing": ([*SMALL[:2], *SMALL[4:]], "y is not given: "),
    "ragged x": (["--x", "1,2;3", *SMALL[2:]], "x: sample 2 has length 1, sample 1 has length 2"),
    "ragged W": ([*LAST, "--y", "1", "--W", "1 2 3; 4"], "W of layer 2: row 2 has length 1, "),
    "x of W": (["--x", "1", *SMALL[2:]], "W of layer 1: its rows have length 2, samples of x "),
    "W of W": ([*SMALL, "--W", "1 2"], "W of layer 3: its rows have length 2, layer 2 has the "),
    "y of W": (["--y", "1,2", *SMALL[:2], *SMALL[4:]], "y: its samples have length 2, the last "),
    "samples": ([*SMALL, "--x", "1,2"], "y: its number of samples is 1, that of x is 2"),
    "layers of b": ([*SMALL, "--b", "1 1"], "b: its number of layers is 1, that of W is 2"),
    "b of W": ([*SMALL, "--b", "1|1"], "b of layer 1: its length is 1, the layer has the width 2"),
    "no number": ([*SMALL, "--b", "1 a|1"], "b of layer 1: 'a' is no number, as 0.5, -2, 1/3 "),
    "nothing": (["--x", "", *SMALL[2:]], "x: '' is no number"),
    "two commas": (["--x", "1,,2", *SMALL[2:]], "x: '' is no number"),
    "nan": (["--x", "1,nan", *SMALL[2:]], "x: 'nan' is no number"),
    "over 0": (["--x", "1,1/0", *SMALL[2:]], "x: '1/0' is no number"),
    "infinite": (["--x", "1,1e400", *SMALL[2:]], "x₂ = 1e400: too large for float64"),
    "large": (["--x", "1,1e39", *SMALL[2:], "--dtype", "float32"], "x₂ = 1e39: too large for "),
    "small": (["--x", "1,1e-400", *SMALL[2:]], "x₂ = 1e-400: too small for float64"),
    "overflow": (["--x", "1e308 1e308", *SMALL[2:4], "--W", "1 1"], "z¹ of these numbers is not "),
    "activation": ([*SMALL, "--activation", "swish"], "activation 'swish': known are "),
    "activations": ([*SMALL, "--activation", "relu,relu,relu"], "3 activations for 2 layers: "),
    "prelu": ([*SMALL, "--activation", "prelu"], "activation prelu: its α cannot be given"),
    "cost": ([*SMALL, "--cost", "mae"], "cost 'mae': known are "),
    "dtype": ([*SMALL, "--dtype", "float8"], "dtype 'float8': known are "),
    "last": ([*LAST, "--y", "1 0 0", *SOFTMAX[2:]], "the last layer must be identity"),
    "sum": ([*LAST, "--y", "1 1 0", *SOFTMAX], "y: softmax_cross_entropy needs targets that sum "),
    "below 0": ([*LAST, "--y", "2 -1 0", *SOFTMAX], "y: softmax_cross_entropy needs targets that "),
    "probabilities": (
        [*SMALL[:2], "--y", "2", *SMALL[4:], "--cost", "binary_cross_entropy"],
        "y: binary_cross_entropy needs targets from 0 to 1",
    ),
    "signs": ([*SMALL[:2], "--y", ".5", *SMALL[4:], "--cost", "hinge"], "targets that are -1 or 1"),
    "one-hot": ([*LAST, "--y", "0 1 0", *CLASSES], "y: its samples have length 3, cross_entropy "),
    "class": ([*LAST, "--y", "3", *CLASSES], "y: cross_entropy needs the class of each sample, "),
    "half a class": ([*LAST, "--y", "1.5", *CLASSES], "and one that counts, of 0 … 2"),
    "scenario": ([SCENARIO, *SMALL], f"--x has no effect on '{SCENARIO}': give one of them"),
    "scenario's cost": ([SCENARIO, "--cost", "mse"], "--cost has no effect on '2x2x1-"),
    "draw": ([*SMALL, "--draw", "0"], "--draw 0 has no effect on numbers of your own"),
    "draw of file": ([WORKED, "--draw", "1"], "--draw 1 has no effect on numbers of your own"),
    "twice": ([WORKED, "--cost", "mse"], "--cost: "),
    "no file": (["nowhere.toml"], "No such file or directory: 'nowhere.toml'"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_one_line(capsys, tmp_path, name):
    """That names the culprit; nothing is printed besides, nothing is written."""
    arguments, told = BAD[name]
    page = tmp_path / "page.html"
    assert main(["explain", *map(str, arguments), "--html", str(page)]) == 2
    assert_one_line(capsys, told)
    assert not page.exists()


def assert_one_line(capsys, told):
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("crossgrad: ")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = [1", "numbers.toml: "),
        ("x = [1]\nweights = [[1]]", "numbers.toml: 'weights': known are x, y, W, b, activation, "),
        ("x = [1]\ny = [1]", "W is not given"),
        ("x = [1, [2]]\ny = [1]\nW = [1]", "x: as many brackets are needed as in [[1, 2], [3, 4]]"),
        ("x = [[[1]]]\ny = [1]\nW = [1]", "x: as many brackets are needed as in "),
        ("x = []\ny = [1]\nW = [1]", "x: as many brackets are needed as in "),
        ("x = [true]\ny = [1]\nW = [1]", "x: 'True' is no number"),
        ("x = [nan]\ny = [1]\nW = [1]", "x: 'nan' is no number"),
        ("x = [1]\ny = [1]\nW = [[[1]], []]", "W of layer 2: there are no numbers"),
        ("x = [1]\ny = [1]\nW = [1]\ncost = 3", "cost '3': known are "),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(capsys, file_of, text, told):
    assert main(["explain", str(file_of(text))]) == 2
    assert_one_line(capsys, told)


# ------------------------------------------------------------------ the file
def test_a_single_sample_or_layer_needs_no_brackets_of_its_own(printed, file_of):
    """Nor does a single number; a fraction is a text."""
    short = printed(file_of('x = [0.50, "1/3"]\ny = 1\nW = [0.20, -1]\nb = 0.10'))
    long = printed(file_of('x = [[0.50, "1/3"]]\ny = [[1]]\nW = [[[0.20, -1]]]\nb = [[0.10]]'))
    assert short == long
    assert "≈ 0.10 + 0.20·0.50 + (-1)·(1/3)\n" in short[0]


def test_a_file_leaves_to_options_what_it_does_not_say(printed, file_of):
    file = file_of("x = [1, 2]\nW = [[3, 4]]\nb = [5]")
    out, code = printed(file, "--y", "1", "--activation", "tanh", "--dtype", "float32")
    assert code == 0
    assert "activation functions: tanh\n" in out
    assert "float32, one sample\n" in out


def test_the_worked_example_says_all_that_a_file_can_say_but_the_format():
    assert {*tomllib.loads(WORKED.read_text("utf-8"))} == {*OwnNumbers._fields} - {"dtype", "file"}


def test_a_fraction_is_the_nearest_number():
    """Of numbers as of NumPy's own."""
    assert nearest("1/3", "float64") == 1 / 3
    assert nearest("0.1", "float32") == np.float32(0.1)
    assert nearest("-0/5", "float64") == 0

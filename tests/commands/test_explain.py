"""``crossgrad explain``: every number, to the bit, judged as the suite judges it."""

import math
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from rich.cells import cell_len

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.backends import DEFAULT, Backend, facts_of, load_backend
from crossgrad.comparisons.backends.own import ask
from crossgrad.comparisons.commands.explain.command import LECTURE
from crossgrad.comparisons.commands.explain.entries import of_trace
from crossgrad.comparisons.commands.explain.exercise import exercise_of
from crossgrad.comparisons.commands.explain.explanation import explanation
from crossgrad.comparisons.commands.explain.numbers import apart, full
from crossgrad.comparisons.commands.explain.selection import SHOWN
from crossgrad.comparisons.commands.explain.symbols import label, symbol
from crossgrad.comparisons.commands.explain.terms import TERMS
from crossgrad.comparisons.equations.faults.program import RIGHT, program
from crossgrad.comparisons.equations.walk import CHECKS
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario

BATCH = "2x3x2-tanh,sigmoid-binary_cross_entropy-float32-m3-s4"
LARGE = "40x30x3-relu,identity-softmax_cross_entropy-float64-m5-s0"
OWN = "--x 1,2 --y 1 --W 3,4;-5,1/6|7,8"
LEAKY = "1x1-leaky_relu-quadratic-float64-m8-s1"


@cache
def explained(scenario, draw=0):
    backends = tuple(load_backend(name) for name in DEFAULT)
    return explanation(exercise_of(Scenario.parse(scenario), draw), backends)


@pytest.fixture
def printed(capsys):
    """What the command prints, and its exit code."""

    def run(*arguments):
        code = main(["explain", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert err == ""
        return out, code

    return run


def in_turn(out):
    """Each equation that stands above numbers, and of which layer."""
    heads = {check.equation: name for name, check in CHECKS.items()}
    for line, below in pairwise(out.splitlines()):
        equation = line.partition("  ")[0].removeprefix(f"{line[:3]}: ")
        if equation in heads:
            yield " of ".join([heads[equation], *re.findall(r" layer (\d)", line + below)])


# ------------------------------------------------------------------ what is there
def test_default_is_the_lecture_network_whole(printed):
    """Every equation at every layer, every number of the reference, in the order of the data."""
    out, code = printed()
    assert code == 0
    assert LECTURE in out
    assert list(in_turn(out)) == [
        *("z of 1", "a of 1", "z of 2", "a of 2", "cost"),
        *("BP1 of 2", "BP3 of 2", "BP4 of 2", "BP2 of 1", "BP3 of 1", "BP4 of 1"),
    ]
    trace = load_backend("numpy").trace(Scenario.parse(LECTURE).problems()[0])
    arrays = [*trace.z, *trace.a, trace.cost, *trace.delta, *trace.dW, *trace.db]
    numbers = [full(value) for array in arrays for value in np.ravel(array)]
    assert len(numbers) == 19
    assert all(re.search(rf"(?<![\d-]){re.escape(number)}\b", out) for number in numbers)


def test_inputs_are_shown_once_to_the_bit(printed):
    """Everybody's x, y, W and b."""
    out, _ = printed("--backend", "numpy")
    for array in Scenario.parse(LECTURE).problems()[0].arrays:
        assert all(out.count(f" = {full(value)}") == 1 for value in array.ravel())


@pytest.mark.parametrize(
    "network",
    [LECTURE, BATCH, LARGE, f"{LEAKY} --draw 1", OWN],
)
@pytest.mark.parametrize("language", [[], ["--vi"]], ids=["en", "vi"])
def test_nothing_is_wider_than_eighty_columns(printed, network, language):
    """As displayed; and no colours where there is no terminal."""
    out, _ = printed(*network.split(), *language)
    assert "\x1b" not in out
    assert max(map(cell_len, out.splitlines())) <= 80
    assert not [line for line in out.splitlines() if line != line.rstrip()]


def test_three_columns_stand_side_by_side(printed):
    """In 80 columns, for the lecture's network."""
    out, _ = printed()
    heads = [line for line in out.splitlines() if line.split() == list(DEFAULT)]
    assert len(heads) == 11


@pytest.mark.parametrize(("no_color", "colours"), [(None, True), ("1", False)])
def test_terminal_has_colours_and_its_own_width(printed, monkeypatch, no_color, colours):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    out, _ = printed("--backend", "numpy")
    assert ("\x1b[1;36m" in out) == colours
    assert max(cell_len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in out.splitlines()) <= 50


# ------------------------------------------------------------------ how it is judged
@pytest.mark.parametrize("network", [LECTURE, BATCH])
def test_residuals_are_those_of_the_suite(network):
    """Of the same draw, of each backend, check and layer; and of each entry at most that."""
    found = explained(network)
    for answer in found.answers:
        problem = found.problem
        trace = stack_traces([load_backend(answer.name).trace(problem)])
        asked = found.exercise.subject, facts_of(answer.name), stack_problems([problem]), trace
        rows = judge(*asked, counting=False)
        assert [judged.row for judged in answer.judged.values()] == rows
        for row in rows:
            assert answer.judged[row.check, row.layer].residual.max() == row.residual


def test_the_same_bits_are_told_as_such(printed, tmp_path):
    """A copy of the reference differs in nothing."""
    file = tmp_path / "copy_of_it.py"
    file.write_text(COPY, "utf-8")
    out, code = printed("--backend", "numpy", "--backend", f"{file}:gradients")
    assert code == 0
    assert out.count(" =\n") == 19  # the second column
    assert "all the same bits as numpy" in out


def test_an_ulp_is_told_as_such():
    """The digits that differ, and the way."""
    one, double = np.float64(0.1), "float64"
    assert apart(one, one, double) is None
    assert apart(np.nextafter(one, 1), one, double) == ("0.10000000000000002", 1)
    third = np.float64(1) / 3
    assert apart(np.nextafter(third, 0), third, double) == ("…326", -1)
    assert apart(np.float32(-1.5e-5), np.float32(1.5e-5), "float32").digits == "-1.5e-05"
    assert apart(np.float64(0.25123), np.float64(0.251234567), double) == ("…30000", -82271757993)
    assert apart(np.float64(-0.0), np.float64(0.0), double) == ("-0.0", -1)
    assert apart(np.float64("nan"), third, double) == ("nan", 0)


def test_a_step_is_one_of_the_format_of_the_problem():
    """A cost may come as a Python float, which has the digits of a float64."""
    first = np.float32(0.1)
    assert apart(np.float64(0.1), first, "float32") == ("0.1", 0)
    assert apart(np.float64(np.nextafter(first, 1)), first, "float32").steps == 1
    assert apart(np.float64(1e39), first, "float32").digits == "1e+39"


@pytest.mark.parametrize(
    ("name", "cost", "told"),
    [
        ("python_float", r" =\n", "all the same bits as numpy"),
        ("an_ulp_more", r" …\d+  \+1 ulp\n", "the same bits as numpy in 18, at most 1 ulp apart"),
        ("more_digits", r" …\d+\n", "the same bits as numpy in 18, at most 1 ulp apart"),
    ],
)
def test_a_cost_as_a_python_float_is_compared_in_the_format(printed, mine, name, cost, told):
    """Of float32: the very number is the same bits, and a neighbour is one step apart."""
    out, code = printed(LECTURE.replace("float64", "float32"), *mine(name))
    assert code == 0
    assert re.search(rf"\n  C  .*{cost}", out)
    assert told in " ".join(out.split())


def test_the_legend_counts_steps(printed):
    """Between neighbours, which are one ulp apart, lies no number."""
    out, _ = printed()
    assert "how many steps of the format apart" in " ".join(out.split())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_numbers_are_read_back_to_the_bit(dtype):
    """In as few digits as it takes."""
    values = np.random.default_rng(0).standard_normal(99).astype(dtype)
    assert all(np.dtype(dtype).type(full(value)) == value for value in values)
    assert max(len(full(value)) for value in values) <= (24 if dtype == "float64" else 14)


COPY = """
import numpy as np

from crossgrad.reference.backprop import backprop

def gradients(p):
    r = backprop(p.architecture, p.parameters, p.x, p.y)
    g = r.gradients
    return {"dW": g.dW, "db": g.db, "z": r.z, "a": r.a, "delta": r.delta, "cost": r.cost}

def only_gradients(p):
    return {name: value for name, value in gradients(p).items() if name in ("dW", "db")}

def no_cost(p):
    return {name: value for name, value in gradients(p).items() if name != "cost"}

def python_float(p):
    answer = gradients(p)
    return answer | {"cost": float(answer["cost"])}

def an_ulp_more(p):
    answer = gradients(p)
    return answer | {"cost": float(np.nextafter(answer["cost"], np.float32(9)))}

def more_digits(p):
    answer = gradients(p)
    return answer | {"cost": float(answer["cost"]) * (1 + 2.0**-30)}

def zeros(p):
    return {name: [0 * d for d in value] for name, value in only_gradients(p).items()}

def forgetful(p):
    answer = gradients(p)
    answer["delta"][0] = p.W[1].T @ answer["delta"][1]
    return answer

def nan(p):
    answer = gradients(p)
    answer["z"][0] = answer["z"][0] * float("nan")
    return answer

def cannot(p):
    raise NotImplementedError("not this one")

def breaks(p):
    return p.weights
"""


@pytest.fixture
def mine(tmp_path):
    """The option for a function of the file above."""
    file = tmp_path / "mine.py"
    file.write_text(COPY, "utf-8")
    return lambda name: ("--backend", "numpy", "--backend", f"{file}:{name}")


def test_a_fault_is_shown_where_it_is_with_its_cause(printed, mine):
    """And the exit code is 1."""
    out, code = printed(*mine("forgetful"))
    assert code == 1
    assert out.count(" ✗\n") == 2 + 2 + 4  # δ¹, and what is made of it: ∂C/∂b¹, ∂C/∂W¹
    assert "likely cause: σ′ is missing" in " ".join(out.split())
    assert "beyond their bounds: " in out


def test_not_a_number_is_a_failure(printed, mine):
    """It is shown as what it is."""
    out, code = printed(*mine("nan"))
    assert code == 1
    assert re.search(r"z₁¹ .* nan\n", out)


def test_gradients_alone_are_judged_end_to_end(printed, mine):
    """At one sample ∂C/∂b is δ; what is not reported is a dot."""
    out, code = printed(*mine("only_gradients"))
    assert code == 0
    told = " ".join(out.split())
    assert "reports dW, db only" in told
    assert "its δ is read off ∂C/∂b" in told
    assert re.search(r"\n  z₁¹ .* ·\n", out)
    assert out.count("end to end\n") == 3 + 6
    assert printed(*mine("zeros"))[1] == 1


def test_a_trace_without_its_cost_is_whole(printed, mine):
    """Every equation but that of C is judged where it is, and none end to end."""
    out, code = printed(*mine("no_cost")[2:])
    assert code == 0
    assert "reports dW, db, z, a, delta only" in " ".join(out.split())
    assert "end to end" not in out
    assert out.count("\n      ≈ ") == 9  # z, a and δ of three nodes
    assert "nobody reports it" in out


def test_own_backend_alone_has_columns(printed, mine):
    """The reference needs not be asked; nothing is written out of what nobody reports."""
    out, code = printed("--backend", mine("only_gradients")[-1])
    assert code == 0
    assert "nobody reports it" in out
    assert "≈" not in out


@pytest.mark.parametrize(
    ("name", "told", "code"),
    [
        ("cannot", "not supported: ", 0),
        ("breaks", "error: ", 1),
    ],
)
def test_who_does_not_answer_is_a_line(printed, mine, name, told, code):
    """The others are shown, and no more is said than of them; at the end it is said again."""
    out, found = printed(*mine(name))
    assert found == code
    assert " ".join(out.split()).count(f"{name}: {told}") == 2
    assert "every equation holds for everybody who answers; " in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "every equation holds for everybody; "),
        ([LEAKY], "every equation holds, or is explained by a known divergence, for everybody; "),
        (["--vi"], "mọi phương trình đều đúng với tất cả; "),
    ],
)
def test_what_holds_is_said_of_all_that_was_seen(printed, arguments, told):
    """And what a known divergence explains does not hold."""
    draw = ["--draw", "1"] if arguments == [LEAKY] else []
    out, code = printed(*arguments, *draw)
    assert code == 0
    assert told in " ".join(out.split())


def test_what_nobody_can_judge_does_not_hold(printed, mine):
    """Of gradients alone most equations cannot be evaluated."""
    out, code = printed(*mine("only_gradients"))
    assert code == 0
    assert "every equation that can be judged holds for everybody; " in " ".join(out.split())


def test_nobody_answers_is_no_success(printed, mine):
    out, code = printed("--backend", mine("cannot")[-1])
    assert code == 1
    assert "no backend answers" in out


def test_known_divergence_is_named_and_no_failure(printed):
    """With its reason and its link."""
    out, code = printed(LEAKY, "--draw", "1")
    assert code == 0
    assert out.count(" †\n") == 4
    told = " ".join(out.split())
    assert "† known divergence jax-leaky-relu-kink: the derivative at 0" in told
    assert "https://docs.jax.dev/en/latest/_autosummary/jax.nn.leaky_relu.html" in out
    assert "jax-leaky-relu-kink: 4 numbers of jax" in told


def test_one_draw_is_drawn(monkeypatch):
    """Of a million: the one that is shown."""
    usual = Scenario.parse(LECTURE).problems()[5]
    monkeypatch.setattr(Scenario, "problems", lambda _: pytest.fail("all are drawn"))
    found = explanation(
        exercise_of(Scenario.parse(f"{LECTURE}-k1000000"), 5), [load_backend("numpy")]
    )
    assert [x.tobytes() for x in found.problem.arrays] == [x.tobytes() for x in usual.arrays]


# ------------------------------------------------------------------ large networks
def test_a_large_network_is_cut_and_says_so(printed):
    """So many entries of a quantity, and what the others are judged."""
    out, _ = printed(LARGE, "--backend", "numpy")
    assert len(out.splitlines()) < 400
    assert "… and 1,188 more, largest residual 0." in out
    assert "… and 1,188 more\n" in out  # the weights that all are given
    for quantity in explained(LARGE).quantities:
        assert len(quantity.entries) <= SHOWN
        left_out = quantity.rest.entries if quantity.rest else 0
        array = of_trace(explained(LARGE).answers[0].trace, quantity.check, quantity.layer)
        assert len(quantity.entries) + left_out == array.size


def test_the_worst_entry_is_always_shown():
    """A fault in the very last of 1,200 weights."""

    def wrong(at):
        dW = np.array(RIGHT["BP4"](at))
        dW[-1, -1] += 1
        return dW

    faulty = program({("BP4", 1): wrong})
    backend = Backend("planted", lambda problem: ask("planted", faulty, problem))
    found = explanation(exercise_of(Scenario.parse(LARGE), 0), [load_backend("numpy"), backend])
    assert found.code == 1
    last = next(q for q in found.quantities if (q.check, q.layer) == ("BP4", 1)).entries[-1]
    assert last.label == "∂C/∂w₃₀,₄₀¹"
    assert last.cells[1].judgements[0].fails


# ------------------------------------------------------------------ written out
NAMES = {"exp": math.exp, "log": math.log, "tanh": math.tanh, "max": max, "min": min}
NAMES |= {"s": lambda z: 1 / (1 + math.exp(-z)), "Φ": lambda z: math.erfc(-z / 2**0.5) / 2}
NAMES |= {"φ": lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi), "abs": abs}


def evaluated(text):
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    for sign, code in (("·", "*"), ("²", "**2"), ("³", "**3"), ("[", "("), ("]", ")")):
        text = text.replace(sign, code)
    return float(eval(text, {"__builtins__": {}}, NAMES))  # noqa: S307 - our own formulas


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_formulas_of_activations_are_the_reference(name):
    """Each as it is written, at some z of either sign."""
    for z in (-2.25, -0.5, 0.75, 3.0):
        a, d = (float(f(np.array([z]))[0]) for f in ELEMENTWISE[name].float64)
        slots = {"z": f"({z!r})", "a": f"({a!r})", "d": f"({d!r})", "alpha": "(1/4)"}
        sigma, prime = (text.format(**slots) for text in ELEMENTWISE[name].text)
        assert abs(evaluated(sigma) - a) < 1e-6 * max(1, abs(a))  # a rounded constant of gelu_tanh
        assert abs(evaluated(prime) - d) < 1e-12


@pytest.mark.parametrize(
    "activation", ["sigmoid", "gelu", "hardtanh", "softsign", "mish", "softmax", "log_softmax"]
)
@pytest.mark.parametrize("cost", COSTS)
def test_numbers_put_in_give_the_result(activation, cost):
    """Of every equation, to the digits that are written."""
    name = f"2x2x2-{activation},{COSTS[cost].last or activation}-{cost}-float64-m2-s3"
    found = explanation(exercise_of(Scenario.parse(name), 0), [load_backend("numpy")])
    seen = set()
    for quantity in found.quantities:
        for entry in quantity.entries:
            if not entry.written or not entry.written.numbers:
                continue
            seen.add(quantity.check)
            value = float(entry.cells[0].value)
            assert abs(evaluated(entry.written.numbers) - value) <= 2e-4 * abs(value) + 1e-5
    assert seen == set(CHECKS)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (label("z", 1, (0, 0), 1), "z₁¹"),
        (label("BP1", 2, (0, 2), 4), "δ₁²⁽³⁾"),
        (label("BP3", 1, (1, 0), 4), "∂C/∂b₂¹"),
        (label("BP4", 12, (0, 9), 1), "∂C/∂w₁,₁₀¹²"),
        (label("cost", 2, (), 4), "C"),
        (symbol("x", (1,)), "x₂"),
    ],
)
def test_names_are_those_of_the_lecture(told, expected):
    """Nodes and samples count from 1."""
    assert told == expected


# ------------------------------------------------------------------ in Vietnamese
def test_every_term_has_both_languages_and_the_same_slots():
    for key, term in TERMS.items():
        slots = [sorted(re.findall(r"\{(\w+)", text)) for text in term.values()]
        assert slots[0] == slots[1], key
        assert all(term.values()), key


LECTURED = ("lan truyền tiến", "lan truyền ngược", "hàm kích hoạt", "hàm mất mát", "trọng số")
LECTURED += ("hệ số điều chỉnh", "sai số của tầng ra", "đạo hàm riêng")


def english():
    """The fixed parts of the English terms that the Vietnamese do not share, as words."""
    for term in TERMS.values():
        for part in re.split(r"\{[^}]*\}", term["en"]):
            words = part.strip(" :;,().…")
            if len(words) > 4 and words not in term["vi"]:
                yield words


@pytest.mark.parametrize("network", [LECTURE, BATCH, f"{LEAKY} --draw 1", OWN])
def test_no_english_heading_is_left(printed, network):
    """And the lecture's own words are there."""
    out, _ = printed(*network.split(), "--vi")
    told = " ".join(out.lower().split()).replace(network.split()[0], "")
    assert not [words for words in english() if re.search(rf"\b{re.escape(words.lower())}\b", told)]
    assert all(words in told for words in LECTURED)


def test_equations_are_the_same_in_both(printed):
    english_page, vietnamese = printed()[0], printed("--vi")[0]
    for line in english_page.splitlines():
        if "≈ " in line and "six" not in line:
            assert line in vietnamese


# ------------------------------------------------------------------ bad input
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2-2-1"], "scenario '2-2-1': expected "),
        (["2x2-swish-mse-float64-m1-s0"], "activation 'swish': known are "),
        (["--draw", "8"], f"--draw 8: {LECTURE} has the draws 0 … 7"),
        ([f"{LECTURE}-k2", "--draw", "2"], "has the draws 0 … 1"),
        (["--backend", "theano"], "backend 'theano': known are numpy, numpy.fast, torch, "),
        (["--backend", "nowhere.py:gradients"], "no file nowhere.py"),
        (["--html", "page.txt"], "--html page.txt: expected a name that ends in .html"),
        (["--html", "nowhere/page.html"], "--html nowhere/page.html: cannot be written"),
        ([""], "scenario '': expected "),
    ],
)
def test_bad_input_is_one_line(capsys, arguments, told):
    """That names the culprit; nothing is printed besides."""
    assert main(["explain", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("crossgrad: ")
    assert told in err
    assert err.count("\n") == 1

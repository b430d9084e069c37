"""``crossgrad power``: the suite catches what it promises, and the others are asked properly."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from suite import execute, lines_with

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands.power import score as scoring
from crossgrad.comparisons.commands.power import thresholds
from crossgrad.comparisons.commands.power.checkers import MODULES, others
from crossgrad.comparisons.commands.power.plot import as_svg
from crossgrad.comparisons.commands.power.report import Power, as_text
from crossgrad.comparisons.commands.power.score import exactness, measured, score, tasks
from crossgrad.comparisons.commands.power.scores import GRADIENTS_ONLY, SUITE, Outcome, Scores
from crossgrad.comparisons.commands.power.subject import GRADIENTS, Subject, accepts
from crossgrad.comparisons.equations.faults import CATALOGUE
from crossgrad.comparisons.equations.faults.networks import SMOOTH, Kind
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.equations.faults.sizes import MODES, sized
from crossgrad.comparisons.reports.numbers import percent

CHECKERS = {checker.name: checker for checker in others()[0]}
checkers = pytest.mark.parametrize("checker", CHECKERS.values(), ids=CHECKERS)


# ------------------------------------------------------------------ the quick form
@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Exit code, output and figures of one run, and its picture."""
    folder = tmp_path_factory.mktemp("power")
    files = ["--json", str(folder / "power.json"), "--plot", str(folder / "power.svg")]
    command = ["crossgrad", "power", "--quick", *files]
    code, output = execute(command)
    picture = (folder / "power.svg").read_text("utf-8")
    return code, output, json.loads((folder / "power.json").read_text("utf-8")), picture


def test_every_fault_is_caught_and_blamed_where_it_is(quick):
    """All of the catalogue in both formats; 95 % are promised to be blamed exactly."""
    code, output, figures, _ = quick
    ours = figures["checkers"][SUITE]
    assert code == 0, output
    assert len(figures["faults"]) == figures["planted"] == len(CATALOGUE)
    for dtype in ("float64", "float32"):
        planted = sum(dtype in fault.dtypes for fault in CATALOGUE)
        assert ours["score"][dtype] == {"caught": planted, "visible": planted, "invisible": 0}
    assert ours["blamed exactly"] >= 0.95


def test_gradients_alone_tell_nine_faults_in_ten(quick):
    """Of those that change a gradient at all."""
    for found in quick[2]["checkers"][GRADIENTS_ONLY]["score"].values():
        assert found["visible"] > 150
        assert found["caught"] >= 0.9 * found["visible"]


def test_no_correct_program_is_refused(quick):
    """Neither by its trace nor by its gradients, in any regime."""
    for name in (SUITE, GRADIENTS_ONLY):
        alarms = quick[2]["checkers"][name]["false alarms"]["all"]
        assert alarms["refused"] == 0
        assert alarms["asked"] > 1000


def test_nobody_else_catches_as_much(quick):
    """Each other checker lets faults pass in float64 that it is shown and can see."""
    for name in CHECKERS:
        found = quick[2]["checkers"][name]["score"]["float64"]
        assert 10 < found["visible"] <= len(CATALOGUE) / 10
        assert found["caught"] < found["visible"]


def test_smallest_fault_in_float64_is_two_in_ten_to_the_fifteen(quick):
    """In one entry, the largest or any."""
    sizes = {(s["checker"], s["dtype"], s["mode"]): s["fault"] for s in quick[2]["smallest"]}
    for mode in ("largest entry", "random entry"):
        assert sizes[SUITE, "float64", mode] <= 2e-15
    assert all((SUITE, dtype, mode) in sizes for dtype in thresholds.FORMATS for mode in MODES)


def test_table_has_a_line_for_everybody(quick):
    """And no heading or cell is cut off."""
    _, output, *_ = quick
    for name in (SUITE, GRADIENTS_ONLY, *CHECKERS):
        assert lines_with(output, name)
    assert "…" not in output


def test_picture_is_svg_with_everything_in_it(quick):
    root = ET.fromstring(quick[3])  # noqa: S314 - our own
    assert root.tag.endswith("svg")
    groups = [g.get("id", "") for g in root.iter("{http://www.w3.org/2000/svg}g")]
    assert sum(name.startswith("axes_") for name in groups) == 3


# ------------------------------------------------------------------ the others
def subject(dtype, wrong=None):
    """A program before a checker, in an ordinary draw; trusted is its twin without a fault."""
    problem = replace(SMOOTH.scenario(dtype, 3), draws=1).problems()[0]
    faulty, right = program(wrong), program()
    return Subject(faulty, problem, faulty(problem), right(problem))


def negative(at):
    return -(at.delta @ at.below.mT)


def test_all_others_are_there():
    """The tests install what is optional for users."""
    found, missing = others()
    assert missing == ()
    assert len(found) >= len(MODULES)


@checkers
def test_checker_accepts_what_is_right(checker):
    """At its defaults, in each format that it knows: it is asked as it should be."""
    for dtype in set(checker.dtypes) - {"bfloat16"}:
        assert accepts(checker, subject(dtype)), dtype
    if "bfloat16" in checker.dtypes:
        problem, right = thresholds.drawn(3, "bfloat16"), program()
        assert accepts(checker, Subject(right, problem, right(problem), right(problem)))


@checkers
def test_checker_refuses_what_is_plainly_wrong(checker):
    """A gradient of the wrong sign."""
    for dtype in set(checker.dtypes) - {"bfloat16"}:
        assert not accepts(checker, subject(dtype, {("BP4", 2): negative})), dtype


@checkers
def test_checker_sees_a_fault_in_what_it_is_said_to_see(checker):
    """And a cost that is wrong alone is refused by all: each is given the cost."""
    assert set(checker.quantities) >= set(GRADIENTS)
    assert not accepts(
        checker, subject("float64", {("cost", 3): lambda at: at.a.sum() + 7 * at.b.sum()})
    )


@checkers
def test_checker_that_is_given_nothing_refuses(checker):
    whole = subject("float64")
    broken = program({("BP4", 1): lambda at: np.zeros((1, 1)) @ at.z})
    assert not accepts(checker, whole._replace(program=broken, answer={}))


# ------------------------------------------------------------------ the score itself
def outcome(fault, **changes):
    return Outcome(SUITE, fault, "float64", "n", visible=True, caught=False)._replace(**changes)


def test_a_fault_counts_once_however_many_networks_it_is_in():
    """Caught in one is caught; visible in none is left out; blamed amiss in one is amiss."""
    outcomes = [
        outcome("a"),
        outcome("a", caught=True, exact=True),
        outcome("b", caught=True, exact=True),
        outcome("b", caught=True),
        outcome("c"),
        outcome("d", visible=False),
    ]
    assert score(outcomes) == (2, 3, 1)
    assert exactness(outcomes) == 0.5


def test_shares_are_never_rounded_up():
    """99.97 % is not all."""
    assert percent(0.9997) == ">99.9%"
    assert percent(1.0) == "100%"
    assert percent(float("nan")) == "·"


def test_measurement_is_the_same_in_one_process_or_two():
    todo = [task._replace(shown=frozenset()) for task in tasks(1, seed=5)[4:8]]
    one, two = (scoring.measure(todo, jobs, lambda _: None) for jobs in (1, 2))
    assert one.outcomes == two.outcomes
    assert one.alarms == two.alarms


def test_input_that_is_written_to_is_seen_by_this_suite_alone():
    """The others are given the answer, which is right."""
    number = next(i for i, f in enumerate(CATALOGUE) if f.name == "input normalized in place")
    task = next(task for task in tasks(1, seed=0) if number in task.faults)
    found = measured(task._replace(faults=(number,), shown=frozenset([number]))).outcomes
    assert {o.checker for o in found if o.caught} == {SUITE, GRADIENTS_ONLY} - {
        o.checker for o in found if not o.visible
    }
    assert not any(o.visible for o in found if o.checker in CHECKERS)


def test_suite_that_falls_short_says_so_and_ends_with_one(monkeypatch, capsys):
    """What is missed, blamed elsewhere or refused although it is right is listed."""
    missed, amiss = outcome("textbook: no bias"), outcome("textbook: no slope", caught=True)
    scores = Scores([missed, amiss], {}, {SUITE: (1.0, 8), GRADIENTS_ONLY: (1.0, 8)})
    scores.alarm(SUITE, SMOOTH.scenario("float64", 0), 0, refused=True)
    settings = {"planted": 2, "networks": 1, "sized": 1, "every": 1, "seed": 0}
    power = Power(scores, {}, [], settings)
    monkeypatch.setattr(
        "crossgrad.comparisons.commands.power.measurement.measure", lambda *_: power
    )
    assert main(["power"]) == 1
    assert capsys.readouterr().out.splitlines()[-5:] == [
        "missed in float64: textbook: no bias",
        "",
        "blamed elsewhere in float64: textbook: no slope",
        "",
        "correct programs refused: 1",
    ]
    assert as_svg(power) == as_svg(power)
    assert "missed" in as_text(power)


# ------------------------------------------------------------------ the smallest
def test_size_of_a_fault_is_what_is_planted():
    """One number off by that much, and by nothing without."""
    problem = Kind().scenario("float64", 1).problems()[0]
    right, none, some = program()(problem), sized("largest entry", 0.0), sized("largest entry", 0.5)
    assert np.array_equal(none(problem)["dW"][1], right["dW"][1])
    ratio = some(problem)["dW"][1] / right["dW"][1]
    changed = ratio[ratio != 1]
    assert changed.shape == (1,)
    assert abs(changed[0] - 1.5) < 1e-15


def test_bisection_finds_the_threshold_or_says_that_there_is_none():
    """Powers of √2."""
    assert 1e-9 <= thresholds.bisect(lambda fault: fault >= 1e-9) <= 1.5e-9
    assert thresholds.bisect(lambda _: False) == np.inf


# ------------------------------------------------------------------ options
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--alarms-file", "x"], "--alarms-file has no effect without --alarms"),
        (["--alarms", "8", "--quick"], "--quick has no effect on --alarms"),
        (["--alarms", "8", "--json", "x"], "--json has no effect on --alarms"),
        (["--plot", "x.png"], "--plot x.png: expected a name that ends in .svg"),
        (["--plot", "nowhere/x.svg"], "--plot nowhere/x.svg: cannot be written"),
        (["--json", "."], "--json .: cannot be written"),
    ],
)
def test_bad_options_are_one_line_before_anything_runs(arguments, told, capsys):
    """Exit code 2."""
    assert main(["power", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"crossgrad: {told}")
    assert err.count("\n") == 1

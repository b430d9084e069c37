"""What measures the power of checkers is itself checked: by what is known beforehand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.commands.power import thresholds
from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.commands.power import ground as grounds
from crossgrad.comparisons.commands.power.checkers import others
from crossgrad.comparisons.commands.power.ground import prepared
from crossgrad.comparisons.commands.power.report import Power, as_json, places_of, score_line
from crossgrad.comparisons.commands.power.score import judged_by_others, judged_by_suite
from crossgrad.comparisons.commands.power.scores import (
    GRADIENTS_ONLY,
    SUITE,
    Outcome,
    Scores,
    Tally,
)
from crossgrad.comparisons.commands.power.subject import Subject, accepts
from crossgrad.comparisons.equations.faults import CATALOGUE
from crossgrad.comparisons.equations.faults.networks import SMOOTH
from crossgrad.comparisons.equations.faults.program import program
from crossgrad.comparisons.problems.problem import QUANTITIES, Problem
from crossgrad.reference.architecture import Architecture

CHECKERS = {checker.name: checker for checker in others()[0]}
SCENARIO = replace(SMOOTH.scenario("float64", 3), draws=2)
FAULTS = {fault.name: fault for fault in CATALOGUE}


# ------------------------------------------------------------------ at their defaults
#: How far a number of 1 may be off: rtol + atol, one unit in the last place, and so on.
LIMITS = {
    ("numpy allclose", "float64"): 1e-5 + 1e-8,
    ("numpy allclose", "float32"): 1e-5 + 1e-8,
    ("numpy assert_allclose", "float64"): 1e-7,
    ("chex all_close", "float64"): 1e-6,
    ("chex all_close", "float32"): 1e-6,
    ("chex all_close_ulp", "float64"): 1.5 * 2.0**-52,
    ("chex all_close_ulp", "float32"): 1.5 * 2.0**-23,
    ("torch assert_close", "float64"): 1e-7 + 1e-7,
    ("torch assert_close", "float32"): 1.3e-6 + 1e-5,
    ("torch assert_close", "bfloat16"): 1.6e-2 + 1e-5,
}
#: The same of a gradient of 2 that is checked by differences; JAX's along a direction.
SLOPE_LIMITS = {
    "torch gradcheck": 1e-3 + 0.5e-5,
    "torch gradcheck, fast": 1e-3 + 0.5e-5,
    "finite differences": 4e-7,
    "jax check_grads": 1.6e-5,
}


def answer(value, dtype):
    """A trace of ones, but for one number."""
    held = "float32" if dtype == "bfloat16" else dtype
    one = {q: [np.ones((1, 1), held)] for q in QUANTITIES} | {"cost": np.ones((), held)}
    return one | {"dW": [np.full((1, 1), value, held)]}


@pytest.mark.parametrize(("name", "dtype"), LIMITS)
def test_tolerance_of_who_compares_is_the_default(name, dtype):
    """Accepted a little inside, refused a little outside."""
    net = Architecture((1, 1), ("identity",), "quadratic")
    one = np.ones((1, 1))
    problem = Problem(net, dtype, (one,), (one.copy(),), one.copy(), one.copy())
    step = 2.0**-8 if dtype == "bfloat16" else 0.0
    for factor, accepted in ((0.8, True), (1.2, False)):
        size = factor * LIMITS[name, dtype] + (0.0 if accepted else step)
        subject = Subject(program(), problem, answer(1 + size, dtype), answer(1, dtype))
        assert accepts(CHECKERS[name], subject) == accepted


@pytest.mark.parametrize("name", SLOPE_LIMITS)
def test_tolerance_of_who_takes_differences_is_the_default(name):
    """Of a cost w² + b², w = b = 1, with both gradients off by the same share."""

    def squares(problem, size):
        W, b = problem.W[0], problem.b[0]
        cost = (W**2 + b**2).sum()
        return {"cost": cost, "dW": [2 * W * (1 + size)], "db": [2 * b * (1 + size)]}

    net = Architecture((1, 1), ("identity",), "quadratic")
    ones = [np.ones((1, 1)) for _ in range(4)]
    problem = Problem(net, "float64", (ones[0],), (ones[1],), ones[2], ones[3])
    for factor, accepted in ((0.5, True), (2.0, False)):
        size = factor * SLOPE_LIMITS[name]
        subject = Subject(lambda p, s=size: squares(p, s), problem, squares(problem, size), {})
        assert accepts(CHECKERS[name], subject) == accepted


# ------------------------------------------------------------------ outcomes
@pytest.mark.parametrize(
    ("changes", "exact"), [({}, True), ({"layer": 1}, False), ({"check": "z"}, False)]
)
def test_blame_is_exact_only_at_the_planted_place(changes, exact):
    """A fault that is said to be elsewhere than it is, is blamed elsewhere."""
    fault = FAULTS["mean for the sum"]
    whole, alone = judged_by_suite(
        prepared(SCENARIO, [], Scores()), fault._replace(**changes), Scores()
    )
    assert (whole.caught, whole.exact) == (True, exact)
    assert alone.checker == GRADIENTS_ONLY
    assert alone.caught


def test_words_of_an_answer_that_is_none_are_blamed():
    ground, fault = prepared(SCENARIO, [], Scores()), FAULTS["gradient is none"]
    assert next(judged_by_suite(ground, fault, Scores())).exact
    assert not next(judged_by_suite(ground, fault._replace(blamed="dW[7]"), Scores())).exact


def test_who_refuses_the_correct_program_catches_nothing():
    """As it refuses everything, it tells nothing."""
    checkers = [CHECKERS["chex all_close_ulp"], CHECKERS["numpy allclose"]]
    ground = prepared(SCENARIO, checkers, Scores())
    ulp, close = judged_by_others(ground, FAULTS["sign lost"], checkers, Scores())
    assert (ulp.visible, ulp.caught) == (True, False)
    assert (close.visible, close.caught) == (True, True)


def test_alarm_about_a_program_is_counted(monkeypatch):
    """A faulty one in the place of a correct variant: refused by all in both draws."""
    wrong = FAULTS["sign lost"].make()
    variants = {name: v for name, v in grounds.VARIANTS.items() if name == grounds.TRUSTED}
    monkeypatch.setattr(grounds, "VARIANTS", variants | {"wrong": wrong})
    scores = Scores()
    prepared(SCENARIO, [CHECKERS["numpy allclose"]], scores)
    for name, asked in ((SUITE, 3), (GRADIENTS_ONLY, 3), ("numpy allclose", 2)):
        for ordinary in (True, False):
            assert scores.alarms[name, "float64", ordinary] == Tally(asked, 1)


def test_scores_of_two_networks_add_up():
    one, other = Scores(), Scores()
    for scores, refused in ((one, True), (other, False)):
        scores.alarm("x", SMOOTH.scenario("float64", 0), 0, refused=refused)
        scores.alarm("x", SMOOTH.scenario("float64", 0), 1, refused=False)
        scores.spent("x", 8, 0.5)
    one.add(other)
    assert one.alarms == {("x", "float64", True): Tally(2, 1), ("x", "float64", False): Tally(2, 0)}
    assert one.seconds == {"x": (1.0, 16)}


# ------------------------------------------------------------------ figures
def outcomes():
    """In float64 two faults of z, one caught; in float32 three of BP4, all caught."""
    of = {check: [str(f) for f in CATALOGUE if f.check == check][:3] for check in ("z", "BP4")}
    first = Outcome(SUITE, of["z"][0], "float64", "n", visible=True, caught=True, exact=True)
    single = [first._replace(fault=fault, dtype="float32", exact=False) for fault in of["BP4"]]
    return [first, first._replace(fault=of["z"][1], caught=False), *single]


def figures():
    scores = Scores(outcomes())
    scores.alarm(SUITE, SMOOTH.scenario("float64", 0), 0, refused=True)
    scores.alarm(SUITE, SMOOTH.scenario("float64", 0), 8, refused=False)
    scores.alarm(SUITE, SMOOTH.scenario("float64", 0), 1, refused=False)
    scores.alarm(SUITE, SMOOTH.scenario("float32", 0), 0, refused=False)
    scores.spent(SUITE, 4, 2.0)
    scores.spent(GRADIENTS_ONLY, 1, 1.0)
    settings = {"planted": 5, "networks": 1, "sized": 1, "every": 1, "seed": 0}
    return Power(scores, {}, [], settings)


def test_line_of_the_table_is_what_was_measured():
    """Formats, exactness, alarms, milliseconds and seconds, each in its column."""
    power = figures()
    told = ["50.0%", "100%", "·", "·", "25.0%", "50.0%", "0%", "25.0%", "500.00", "2.0"]
    assert score_line(power, SUITE) == [SUITE, *told]


def test_who_refuses_every_correct_program_has_no_score():
    """Not one of 0 %, nor one of what it caught where nothing was to be seen."""
    power = figures()
    power.scores.alarms[SUITE, "float64", True] = Tally(3, 3)
    assert score_line(power, SUITE)[1:3] == ["·", "100%"]
    assert places_of(power).splitlines()[1].split()[1:] == ["·"] * 8


def test_places_are_those_of_float64():
    """One of two faults of z, and nothing of BP4."""
    line = next(line for line in places_of(figures()).splitlines() if line.startswith(SUITE))
    assert line.split()[1:] == ["1/2", *["·"] * 7]


def test_json_tells_caught_from_missed_from_not_shown():
    caught, missed = (o.fault for o in outcomes()[:2])
    told = {
        f"{f['group']}: {f['name']}": f["became"] for f in json.loads(as_json(figures()))["faults"]
    }
    assert told[caught] == {SUITE: {"float64": "caught"}, GRADIENTS_ONLY: {}}
    assert told[missed] == {SUITE: {"float64": "missed"}, GRADIENTS_ONLY: {}}


def test_smallest_fault_is_the_median_over_networks(monkeypatch):
    """Not the mean, nor the least."""
    sizes = {0: 1.0, 1: 3.0, 2: 100.0}
    monkeypatch.setattr(
        thresholds,
        "in_network",
        lambda task: [thresholds.Smallest("x", task.dtype, "m", sizes[task.seed])],
    )
    found = thresholds.measure(thresholds.tasks(3, seed=0), 1, lambda _: None)
    assert found == {("x", dtype, "m"): 3.0 for dtype in thresholds.FORMATS}


def test_size_that_is_told_is_the_one_that_was_planted():
    """A factor 1 + size is rounded to the format; for bfloat16, held in float32."""
    assert thresholds.planted(3e-16, "float64") == 2.0**-52
    assert thresholds.planted(8.4e-8, "float32") == 2.0**-23
    assert thresholds.planted(8.4e-8, "bfloat16") == 2.0**-23

"""What a run did not ask, was not answered or could not judge is said in its last lines."""

from dataclasses import replace

import pytest
from suite import lines_with, run

from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.reports.coverage import little, refused_regimes, unasked
from crossgrad.comparisons.suite.survey import survey

SMALL = "2x1-sigmoid-quadratic-float64-m4-s{}-g2"
SCENARIO = Scenario.parse(SMALL.format(0))


def row(number, check="z", backend="mine", entries=50_000):
    """Of a scenario that is told by its seed; without a check it was not answered."""
    status = "pass" if check else "not supported"
    return Row(SMALL.format(number), backend, check, 1, status, entries=entries)


def test_what_is_compiled_is_told_to_be_asked_less():
    """With what of the hidden neighbours it does not meet; of others nothing is said."""
    (line,) = unasked(survey(Choice(), ["numpy", "jax"]))
    assert line.startswith("not asked of jax: ")
    assert "pairs of hidden activations" in line
    assert unasked(survey(Choice(architectures=3), ["numpy", "jax"])) == []


def test_who_refuses_more_than_half_is_told():
    """However many numbers the rest has."""
    rows = [row(0), row(1, ""), row(2, "")]
    assert little(rows) == ["mine answered 1 of 3 scenarios: the rest is not verified"]
    assert little([row(0), row(1), row(2, "")]) == []


def test_few_numbers_are_told():
    """Of the format with the fewest."""
    assert little([row(0, entries=464)]) == ["only 464 numbers of mine were compared in a format"]


# ------------------------------------------------------------------ regimes
def of(draws, check="z"):
    """Of a scenario of so many draws; without a check it was not answered."""
    number = "" if draws == len(SCENARIO.regimes) else f"-k{draws}"
    return replace(row(draws, check), scenario=SMALL.format(f"{draws}{number}"))


def test_regimes_that_were_only_refused_are_told():
    """A scenario of 3 draws has the first three."""
    rows = [of(3), of(21, "")]
    told = (
        "mine answered no draw of 18 of 21 regimes: large, tiny, zeros, vanishing, "
        "subnormal, on kinks, tails, targets and 10 more; "
        "who refuses one draw of a scenario answers none"
    )
    assert refused_regimes(rows) == refused_regimes(rows[::-1]) == [told]


def test_few_regimes_are_all_named():
    (line,) = refused_regimes([of(3), of(5, "")])
    assert "answered no draw of 2 of 5 regimes: large, tiny; who" in line


@pytest.mark.parametrize(
    "rows",
    [
        [of(3), of(21)],
        [of(3), of(2, "")],
        [of(21), of(21, ""), of(3, "")],
        [of(3), replace(of(21, ""), backend="other")],
        [of(3), replace(of(21, ""), status="error")],
        [of(21, "")],
    ],
    ids=[
        "all is answered", "fewer are refused", "answered elsewhere", "another's refusal",
        "an error is told as one", "nothing is answered",
    ],
)  # fmt: skip
def test_no_regime_is_told(rows):
    """Of what was answered, was not asked, or has failed the run."""
    assert refused_regimes(rows) == []


def test_a_pair_is_no_answer_of_its_first():
    """Each is asked by itself as well."""
    pair = replace(of(21), against="other")
    assert len(refused_regimes([of(3), of(21, ""), pair])) == 1


REFUSING = """
from dataclasses import replace
import numpy as np
from crossgrad.reference.backprop import backprop

def right(problem):
    known = backprop(problem.architecture, problem.parameters, problem.x, problem.y)
    return {"dW": list(known.gradients.dW), "db": list(known.gradients.db), "cost": known.cost}

def clips(problem):
    if np.abs(problem.x.astype(float)).max() > 100:
        raise NotImplementedError("scale your inputs")
    return right(replace(problem, y=np.clip(problem.y, -1, 1)))  # wrong in the regime "targets"

def without_three_layers(problem):  # which no probe finds out
    if problem.architecture.depth == 3:
        raise NotImplementedError("three layers")
    return right(problem)

def sigmoid(problem):
    if set(problem.activations) != {"sigmoid"}:
        raise NotImplementedError("only sigmoid")
    return right(problem)
"""


@pytest.fixture
def refusing(tmp_path):
    """Programs that refuse nothing, by the numbers, or by the network: options of a run."""
    file = tmp_path / "mine.py"
    file.write_text(REFUSING, encoding="utf-8")
    names = ("right", "clips", "without_three_layers", "sigmoid")
    return [option for name in names for option in ("--backend", f"{file}:{name}")]


def test_who_refuses_by_the_numbers_is_told_what_was_never_judged(refusing):
    """Whoever refuses by the network is not; nor is anybody of what was not asked."""
    _, output = run(*refusing, "--shard", "1/200")
    (line,) = lines_with(output, "answered no draw")
    assert ":clips answered no draw of 18 of 21 regimes: large, " in line
    assert lines_with(output, "not supported", ":without_three_layers")
    _, output = run(*refusing, "--shard", "1/200", "--draws", 3)
    assert lines_with(output, "not supported", ":without_three_layers")
    assert not lines_with(output, "answered no draw")


def test_of_named_scenarios_nothing_is_told(refusing):
    """Who names them knows which; and no probe has left out what is refused for its network."""
    few, all_of_them = (of(draws).scenario for draws in (3, 21))
    _, output = run(*refusing, "--scenario", few, "--scenario", all_of_them)
    assert lines_with(output, "not supported: 1 ×", ":clips")
    assert not lines_with(output, "WARNING")


# ------------------------------------------------------------------ what is supported
PROGRAM = """
from crossgrad.reference.backprop import backprop

def gradients(problem):
    if set(problem.activations) != {"tanh"} or problem.cost != "mse":
        raise NotImplementedError
    known = backprop(problem.architecture, problem.parameters, problem.x, problem.y)
    return {"dW": list(known.gradients.dW), "db": list(known.gradients.db), "cost": 0 * known.cost}
"""


def test_a_restricted_program_is_told_what_it_is_asked(tmp_path):
    """At the beginning; and its cost is judged though nothing of its own can be held against it."""
    file = tmp_path / "mine.py"
    file.write_text(PROGRAM, encoding="utf-8")
    _, output = run("--backend", f"{file}:gradients", "--architectures", 2, "--draws", 2)
    assert lines_with(output, "supports only this", "hidden tanh; output tanh with mse")
    assert lines_with(output, "mine.py:gradients fails cost at layer")

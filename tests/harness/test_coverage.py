"""What a run did not ask, was not answered or could not judge is said in its last lines."""

from suite import lines_with, run

from comparisons.choice import Choice
from comparisons.report.coverage import little, unasked
from comparisons.row import Row
from comparisons.survey import survey

SMALL = "2x1-sigmoid-quadratic-float64-m4-s{}-g2"


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
    assert little(rows) == ["WARNING: mine answered 1 of 3 scenarios: the rest is not verified"]
    assert little([row(0), row(1), row(2, "")]) == []


def test_few_numbers_are_told():
    """Of the format with the fewest."""
    assert little([row(0, entries=464)]) == [
        "WARNING: only 464 numbers of mine were compared in a format"
    ]


PROGRAM = """
from reference.backprop import backprop

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

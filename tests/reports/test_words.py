"""What failures say: every cause in two languages, with the formulas that it stands for."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from suite import run

import crossgrad
from crossgrad.comparisons.backends.own import Layout
from crossgrad.comparisons.equations.walk import CHECKS
from crossgrad.comparisons.judging import causes
from crossgrad.comparisons.judging.textbook.texts import Cause, Lost, Of, Where
from crossgrad.comparisons.reports.failure import Telling, failure_text
from crossgrad.comparisons.reports.words import WORDS, cause_in, matched, note_in, said

ENTRIES = WORDS["causes"]
#: What may stand in a slot.
VALUES = {"layer": 2, "name": "relu", "m": 4, "n": 3, "rate": 0.1, "what": "1 at 0", "cost": "mse"}
VALUES |= {"times": 2, "inputs": 5, "where": "at layer 2", "of": "in ∂C/∂b alone", "which": "next"}


def filled(template):
    return template.format(**{name: VALUES[name] for name in re.findall(r"{(\w+)}", template)})


@pytest.mark.parametrize("kind", ["labels", "sentences", "regimes"])
def test_all_words_are_there_in_both_languages(kind):
    for entry in WORDS[kind].values():
        assert entry.keys() == {"en", "vi"}
        assert set(re.findall(r"{\w+}", entry["en"])) == set(re.findall(r"{\w+}", entry["vi"]))


def test_labels_stand_in_one_column():
    assert all(len(text) <= 13 for entry in WORDS["labels"].values() for text in entry.values())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["en"])
def test_every_cause_of_the_table_is_found_and_has_its_slots(entry):
    """Whatever stands in them; both formulas, or none."""
    slots = set(re.findall(r"{\w+}", entry["en"]))
    assert all(set(re.findall(r"{\w+}", text)) <= slots for text in entry.values())
    assert set(entry) <= {"en", "vi", "computed", "right", *CHECKS}
    assert "computed" in entry or "right" not in entry
    text = entry["en"].format(**{slot.strip("{}"): "x" for slot in slots - {"{where}", "{of}"}}
                              | {"where": "in all layers", "of": "in ∂C/∂W alone"})  # fmt: skip
    assert matched("causes", text)[0]["vi"] == entry["vi"]


@pytest.mark.parametrize("template", [*Cause, *Lost], ids=str)
def test_every_cause_of_a_whole_program_is_in_the_table(template):
    """With and without a place."""
    for of in ("", *Of):
        for where in Where:
            place = where.format(layer=2)
            values = {**VALUES, "where": place, "of": of}
            text = " ".join(str(template).format(**values).split())
            told = cause_in(text, "dW", "", "vi").text
            assert told != text
            assert not re.search(r"\b(layers?|alone|missing|taken)\b", told)


def literals():
    """The texts that the module of the causes yields."""
    tree = ast.parse(Path(causes.__file__).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            text = node.value.elts[0]
            if isinstance(text, ast.Constant):
                yield text.value
            elif isinstance(text, ast.JoinedStr):
                yield "".join(getattr(part, "value", "x") if isinstance(part, ast.Constant) else "x"
                              for part in text.values)  # fmt: skip


@pytest.mark.parametrize("text", sorted({*literals()}))
def test_every_cause_of_an_equation_is_in_the_table(text):
    assert matched("causes", text), text


def test_causes_that_are_told_together_are_said_together():
    one = cause_in("σ′ is missing at layer 2, and the sign is wrong", "BP2", "", "vi")
    assert one.text == "thiếu σ′ ở tầng 2, và sai dấu"
    other = cause_in("twice as large, or half as large, or another", "BP2", "", "vi")
    assert other.text == "lớn gấp đôi, hoặc chỉ bằng một nửa, hoặc một nguyên nhân khác"


def test_what_is_in_no_table_is_said_as_it_is():
    assert cause_in("the moon is full", "BP2", "", "vi").text == "the moon is full"
    assert note_in("the moon is full", "vi") == "the moon is full"


def test_the_wrong_formula_stands_over_the_right_one():
    """Of the equation that fails, if the cause has one for it."""
    missing = cause_in("σ′ is missing", "BP2", "δˡ = …", "en")
    assert (missing.computed, missing.right) == ("δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹", "δˡ = …")
    hidden = cause_in("σ is relu in the hidden layers", "dW", "…", "en")
    assert (hidden.computed, hidden.right) == ("aˡ = relu(zˡ)", "aˡ = σ(zˡ)")


# ------------------------------------------------------------------ as a user meets it
WRONG = """
import numpy as np

def gradients(problem):
    if {*problem.activations} != {"sigmoid"} or problem.cost != "quadratic":
        raise NotImplementedError
    zs, a = [], [problem.x]
    for W, b in zip(problem.W, problem.b):
        zs.append(W @ a[-1] + b)
        a.append(1 / (1 + np.exp(-zs[-1])))
    delta, deltas = (a[-1] - problem.y) / problem.batch * a[-1] * (1 - a[-1]), []
    for W in reversed(problem.W):
        deltas.insert(0, delta)
        delta = W.T @ delta
    return {"dW": [d @ v.T for d, v in zip(deltas, a)], "z": zs, "a": a, "delta": deltas,
            "db": [d.sum(axis=1, keepdims=True) for d in deltas]}
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """Of a run in each language; what fails comes from other processes too."""
    file = tmp_path_factory.mktemp("wrong") / "mine.py"
    file.write_text(WRONG, encoding="utf-8")
    asked = "--backend", f"{file}:gradients", "--architectures", "2"
    return file, {"en": run(*asked, "-n", "2")[1], "vi": run(*asked, "--vi")[1]}


def test_the_smallest_network_that_fails_is_told_below_the_table(output):
    """The ordinary draw, an entry of ordinary size, both formulas, and the line that shows all."""
    file, told = output
    text = told["en"][told["en"].index("the smallest of ") :]
    lines = text.splitlines()
    assert lines[1] == f"{file}:gradients fails BP2 at layer 1 in {SMALLEST}"
    assert lines[3].startswith("  entry         δ¹[")
    assert lines[3].endswith(" in draw 0 (ordinary)")
    assert "  computed      δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹" in lines
    assert "  should be     δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)" in lines
    assert f"explain {SMALLEST} --backend {file}:gradients" in text


SMALLEST = "2x2x1-sigmoid,sigmoid-quadratic-float64-m1-s0-g2"


def test_a_failure_is_told_in_vietnamese(output):
    """The lines of a report; names and formulas stay."""
    file, told = output
    text = told["vi"][told["vi"].index("mạng nhỏ nhất trong ") :]
    assert f"{file}:gradients sai BP2 ở tầng 1 trong {SMALLEST}" in text
    assert "ở lượt sinh 0 (các số thông thường)" in text
    assert f"explain {SMALLEST} --backend {file}:gradients --vi" in text
    for label in ("phần tử", "nhận được", "mong đợi", "phần dư", "nguyên nhân", "chạy lại"):
        assert f"\n  {label}" in text


def test_a_wrong_cost_alone_is_told_as_that():
    """Who prints it wants to know that the gradients are right."""
    from test_report import COMMAND, FAILED, PASSED  # noqa: PLC0415 - those that it has

    cost = replace(FAILED, check="cost", entry=())
    assert "\n  else          every other number is right: " in failure_text(
        [cost, PASSED], COMMAND
    )
    assert "every other" not in failure_text([FAILED, PASSED], COMMAND)


def test_both_languages_tell_the_same_numbers():
    """Of any failure: what is no word is the same."""
    from test_report import COMMAND, FAILED  # noqa: PLC0415 - the one that it has

    english, vietnamese = (
        failure_text([FAILED], COMMAND, telling=Telling(language=language, layout=Layout()))
        for language in ("en", "vi")
    )
    numbers = r"-?\d[\d.e+-]*"
    assert re.findall(numbers, english) == re.findall(numbers, vietnamese)
    assert said("labels", "again", "vi") in vietnamese


def test_an_unknown_language_is_told_in_one_line():
    with pytest.raises(ValueError, match="language 'fr': known are en, vi"):
        crossgrad.verify(dict, language="fr")

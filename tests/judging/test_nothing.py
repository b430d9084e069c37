"""Nothing measured, nothing compared, nothing judged: that is a failure, and it is said."""

from pathlib import Path

import pytest

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands.compare.ledger import ledger_of
from crossgrad.comparisons.commands.compare.pair import Pair
from crossgrad.comparisons.judging.record import without_bits
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.records.baseline.file import Baseline
from crossgrad.comparisons.records.results import write_results

SCENARIO = "3x4x2-tanh,sigmoid-quadratic-float64-m3-s1-k1"
REFUSED = Row(SCENARIO, "mine.py:f", "", 0, "not supported", cause="mine.py:f: not today")


@pytest.fixture
def refusing(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def f(problem):\n    raise NotImplementedError\n", encoding="utf-8")
    return f"{file}:f"


@pytest.mark.parametrize(
    ("function", "probe"), [("erf", "numpy"), ("exp", "torch.forward"), ("erf", "jax.forward")]
)
def test_an_atlas_of_nothing_is_one_line(function, probe, capsys):
    """A function that the mode has not."""
    assert main(["atlas", "--quick", "--function", function, "--backend", probe]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"crossgrad: nothing was measured: there is no {function} in {probe}\n"


def test_a_table_of_nothing_is_a_failure(tmp_path, capsys):
    """As the run was that wrote it."""
    file = tmp_path / "results.jsonl"
    write_results(file, [REFUSED])
    assert main(["verify", "--show", str(file)]) == 1
    told = "backend mine.py:f supported no scenario: nothing was verified; restrict the run"
    assert told in capsys.readouterr().out


def test_a_comparison_without_an_answer_is_a_failure():
    found = Pair(("old", "new"), ({}, {}), [])
    assert found.code == 1
    assert found.as_text().endswith("nothing was compared: neither side has an answer")


def test_a_ledger_without_an_answer_is_refused():
    """All files have the scenario, and none of its numbers."""
    silent = Baseline({}, "", {}, [without_bits(REFUSED, "digest")])
    with pytest.raises(ValueError, match="nothing was compared"):
        ledger_of((Path(name), silent) for name in ("a", "b"))


@pytest.mark.parametrize("command", ["explain", "train"])
def test_a_backend_that_says_nothing_is_a_failure(command, refusing, capsys):
    assert main([command, SCENARIO, "--backend", refusing]) == 1
    assert "no" in capsys.readouterr().out


def test_a_study_of_what_is_not_supported_is_a_failure(refusing, tmp_path, capsys):
    """It names who has answered nothing."""
    options = ("--cases", "8", "--dtype", "float64", "--jobs", "1", "--backend", refusing)
    assert main(["study", "--out", str(tmp_path / "study"), *options]) == 1
    assert f"Nothing was verified of {refusing}" in capsys.readouterr().out

"""What ``crossgrad study`` finds is what the suite finds, in rows that everybody reads."""

# The settings are made before a framework is imported.
from crossgrad.comparisons.machine.environment import prepare

prepare()

import json

import numpy as np
import pytest
from studies import WRONG, in_this_process, rows, study, whole

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.commands.study import block as blocks
from crossgrad.comparisons.commands.study.block import Work, slices
from crossgrad.comparisons.commands.study.columns import LARGEST, as_columns, from_columns
from crossgrad.comparisons.commands.study.plan import plan_of
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.problems.generations import REGIMES_1, REGIMES_2
from crossgrad.comparisons.problems.scenario import Scenario

__all__ = ["in_this_process", "whole"]
pytestmark = pytest.mark.usefixtures("in_this_process")


# ------------------------------------------------------------------ what is in it
def test_rows_are_those_of_the_suite(whole):
    """The same places, residuals, entries and counts as an item of the suite has."""
    names = ["numpy", "numpy.fast"]
    for number, found in rows(whole).items():
        scenario = plan_of(3, 2, None, names).scenario(number)
        verification = Verification()
        backends = [load_backend(name) for name in names]
        for asked in ([backends[0]], [backends[1]], backends):
            verification.run(scenario, asked)
        expected = sorted(verification.rows, key=Row.order)
        assert [from_columns(row) for row in found] == expected


def test_blocks_are_numbered_from_nothing(whole):
    """Twelve of two draws, float64 and float32 in turn."""
    found = rows(whole)
    assert list(found) == list(range(12))
    assert [group[0]["dtype"] for group in found.values()] == ["float64", "float32"] * 6


@pytest.mark.parametrize("dtypes", [None, ["float64"]])
@pytest.mark.parametrize("cases", [8_400, 20_000, 100_000, 409_600])
def test_a_study_has_two_hundred_architectures_where_its_cases_allow(cases, dtypes):
    """Draws of each are whole turns of the regimes."""
    plan = plan_of(None, None, dtypes, None, cases)
    seeds = {plan.scenario(block).seed for block in plan.blocks(cases)}
    assert len(seeds) >= 200
    assert plan.draws % len(REGIMES_2) == 0


@pytest.mark.parametrize(("cases", "draws"), [(1, 21), (10**9, 1008)])
def test_draws_are_at_least_a_turn_and_at_most_a_thousand(cases, draws):
    assert plan_of(None, None, None, None, cases).draws == draws


@pytest.mark.parametrize("numbers", [1, 40_000])
def test_slices_come_to_the_same_as_the_whole(monkeypatch, numbers):
    """A draw at a time, or some: the worst entry, its draw and all counts."""
    scenario = Scenario.parse("3x40x2-leaky_relu,softplus-quadratic-float64-m32-s1-k24")
    whole = finished(scenario)
    monkeypatch.setattr(blocks, "SLICE", numbers)
    assert 1 < len(list(slices(scenario))) <= 24
    assert finished(scenario) == whole
    assert any(row.explained for row in whole)
    assert len({row.draw for row in whole}) > 2


def finished(scenario):
    """The rows of torch and the reference."""
    work = Work(scenario, [load_backend("numpy"), load_backend("torch")])
    for draws in slices(scenario):
        work.judge(draws)
    return sorted(work.rows.values(), key=Row.order)


def test_slices_have_every_draw_once():
    """Also where they do not divide the draws."""
    scenario = Scenario.parse("64x64x64-tanh,tanh-quadratic-float64-m32-s1-k333")
    parts = list(slices(scenario))
    assert [draw for part in parts for draw in part] == list(range(333))
    assert len(parts) > 1


def test_a_backend_that_fails_in_a_late_draw_is_told_once(monkeypatch):
    """One row with the reason; nothing is left of the draws before, nor of its pairs."""
    monkeypatch.setattr(blocks, "SLICE", 1)
    torch = load_backend("torch")
    answers = iter(range(24))

    def trace(problem):
        if next(answers) == 5:
            raise RuntimeError("no more")
        return torch.trace(problem)

    scenario = Scenario.parse("2x2x1-sigmoid,sigmoid-quadratic-float64-m1-s0-k24")
    work = Work(scenario, [load_backend("numpy"), Backend("torch", trace)])
    for draws in slices(scenario):
        work.judge(draws)
    told = [row for row in work.rows.values() if "torch" in (row.backend, row.against)]
    assert [(row.status, row.check) for row in told] == [("error", "")]
    assert "no more" in told[0].cause


def test_what_is_wrong_is_found_and_fails(tmp_path, capsys):
    """A bias gradient without its last sample: exit code 1, BP3, the line that reproduces it."""
    module = tmp_path / "mine.py"
    module.write_text(WRONG, encoding="utf-8")
    code = study(
        tmp_path / "out", "--cases", 8, "--draws", 2, "--jobs", 1, "--backend", f"{module}:wrong"
    )
    out = capsys.readouterr().out
    assert code == 1
    assert "fails BP3 at layer" in out
    assert "∂C/∂b is without the last sample" in out
    assert "reproduce" in out
    failed = {
        r["check"] for group in rows(tmp_path / "out").values() for r in group if r["residual"] > 1
    }
    assert failed == {"BP3"}


# ------------------------------------------------------------------ columns
def test_columns_give_the_row_back():
    """Everything but what is not finite."""
    scenario = Scenario.parse("2x2x1-sigmoid,tanh-quadratic-float32-m1-s0")
    row = Row(str(scenario), "torch", "BP2", 1, "divergence", 0.5, 9, 2, 3, (1, 0), 1.5, -2.0, 1e-9,
              0.25, "", {"x": (3, 4.0)}, "", (1, 2), (3, 4))  # fmt: skip
    columns = as_columns(scenario, row, 1.25)
    assert from_columns(columns) == row
    assert (columns["activation"], columns["depth"], columns["width"]) == ("sigmoid", 2, 2)
    assert columns["regime"] == list(REGIMES_1)[3]


def test_what_is_not_finite_comes_back():
    """From a file that is JSON for everybody; an infinite residual is above 1 in a query too."""
    scenario = Scenario.parse("2x2x1-sigmoid,tanh-quadratic-float32-m1-s0")
    row = Row(str(scenario), "torch", "a", 1, "fail", np.inf, value=-np.inf, expected=np.nan)
    columns = json.loads(json.dumps(as_columns(scenario, row, 0.0), allow_nan=False))
    assert (columns["residual"], columns["value"]) == (LARGEST, -LARGEST)
    assert columns["expected"] is None
    back = from_columns(columns)
    assert (back.residual, back.value) == (np.inf, -np.inf)
    assert np.isnan(back.expected)


def test_parquet_has_what_json_lines_have(whole, tmp_path):
    """Row by row; pyarrow reads the folder as one table."""
    from pyarrow import parquet  # noqa: PLC0415 - takes its time

    assert study(tmp_path / "p", "--merge", whole, "--format", "parquet") == 0
    assert rows(tmp_path / "p") == rows(whole)
    table = parquet.read_table(tmp_path / "p" / "rows")
    assert table.num_rows == sum(map(len, rows(whole).values()))

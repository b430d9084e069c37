"""The study of false alarms: exact counts, folders to go on with, planted alarms."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from studies import PROCESSES, in_this_process, rows

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import DEFAULT
from crossgrad.comparisons.backends.variants import VARIANT, VARIANTS
from crossgrad.comparisons.commands.power import alarms
from crossgrad.comparisons.commands.power.alarms import false_alarms, plan_of
from crossgrad.comparisons.commands.study import engine
from crossgrad.comparisons.equations.faults import CATALOGUE
from crossgrad.comparisons.machine.location import run_from_here
from crossgrad.comparisons.machine.workers import processes
from crossgrad.comparisons.problems.domain import EVERYTHING
from crossgrad.comparisons.problems.networks import DEPTHS, round_of_networks
from crossgrad.comparisons.reports.progress import Meter

__all__ = ["in_this_process"]
pytestmark = pytest.mark.usefixtures("in_this_process")
TEXTBOOK, GRADIENTS = VARIANT + "textbook", VARIANT + "gradients_only"
SMALL = plan_of(1, 2, ("numpy", "torch"), (TEXTBOOK, GRADIENTS))
CASES = 12
#: A bias gradient of the first layer that is not the sum over the batch.
PLANTED = next(f for f in CATALOGUE if f.check == "BP3" and f.layer == 1 and f.group == "textbook")


def numbers(scenario):
    """Of one draw: how many numbers a whole trace is compared in, and how many gradients are."""
    widths, m = scenario.architecture.widths, scenario.batch
    units = sum(widths[1:]) * m
    gradients = sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))
    return 3 * units + 1 + gradients, gradients


def scenarios(plan, cases):
    return [plan.scenario(block) for block in plan.blocks(cases)]


# ------------------------------------------------------------------ counts
def test_everybody_is_asked():
    """The three frameworks and every variant."""
    plan = plan_of(0)
    assert plan.backends == DEFAULT
    assert plan.alone == tuple(VARIANT + name for name in VARIANTS)


def test_entries_are_counted_exactly():
    """z, a, δ, the cost and the gradients of two frameworks and a variant, and of one pair."""
    plan = plan_of(1, 2, ("numpy", "torch"), (TEXTBOOK,))
    totals = false_alarms(plan, CASES, jobs=1)
    counted = [numbers(scenario) for scenario in scenarios(plan, CASES)]
    assert totals.entries == 2 * sum(3 * trace + pair for trace, pair in counted)
    assert totals.draws == CASES
    assert totals.alarms == []
    assert totals.line == f"12 cases, {totals.entries:,} entries compared, 0 residuals above 1"


def test_formats_alternate_and_a_larger_study_begins_as_a_smaller_one():
    """So that a folder can be gone on with."""
    found = scenarios(SMALL, 9)
    assert [s.dtype for s in found] == ["float64", "float32"] * 2 + ["float64"]
    assert scenarios(SMALL, 4) == found[:2]


def test_every_network_of_a_round_is_met_in_both_formats():
    """Wide, deep and small ones, of which there are some of each among the first already."""
    plan, size = plan_of(3), len(round_of_networks(0, 0, EVERYTHING))
    found = scenarios(plan, 2 * size * plan.draws)
    of_round = round_of_networks(0, 3, EVERYTHING)
    assert Counter((s.architecture, s.batch, s.seed, s.dtype) for s in found) == Counter(
        (net.architecture, net.batch, net.seed, dtype) for net in of_round for dtype in FORMATS
    )
    depths = [s.architecture.depth for s in found[:240:2]]
    assert max(depths) == max(DEPTHS)
    assert sum(depth < 4 for depth in depths) > 60


def test_table_has_cases_entries_explained_and_alarms():
    """A line for each backend, variant and pair in each format; variants by their short names."""
    table = false_alarms(SMALL, CASES, jobs=1).table().splitlines()
    assert table[0].split()[:3] == ["backend", "format", "cases"]
    assert table[0].split()[-2:] == ["explained", "alarms"]
    firsts = [line.split()[:3] for line in table[1:]]
    names = "numpy", "torch", "gradients_only", "textbook", "numpy~torch"
    assert firsts == [[name, dtype, "6"] for name in names for dtype in ("float32", "float64")]


# ------------------------------------------------------------------ folders
@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a study that nothing interrupted, and what it came to; by two processes."""
    path = tmp_path_factory.mktemp("alarms") / "whole"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PROCESSES, processes)
        return path, false_alarms(SMALL, CASES, path, jobs=2).as_text()


def test_it_is_the_same_in_any_number_of_processes_and_without_a_folder(whole):
    """In whatever order blocks are finished."""
    assert false_alarms(SMALL, CASES, jobs=1).as_text() == whole[1]


def test_more_cases_go_on_and_fewer_read_what_they_need(whole, tmp_path):
    """The number of cases is no part of what is studied."""
    path = tmp_path / "grown"
    fewer = false_alarms(SMALL, 6, path, jobs=1).as_text()
    assert false_alarms(SMALL, CASES, path, jobs=1).as_text() == whole[1]
    assert rows(path) == rows(whole[0])
    assert false_alarms(SMALL, 6, path, jobs=1).as_text() == fewer
    assert rows(path) == rows(whole[0])


def test_a_finished_folder_is_only_read(whole, monkeypatch):
    monkeypatch.setattr(engine, "work", None)
    assert false_alarms(SMALL, CASES, whole[0], jobs=1).as_text() == whole[1]


@pytest.mark.parametrize(
    ("key", "there", "told"),
    [
        ("seed", 7, "seed 7 there, 1 here"),
        ("draws", 3, "draws 3 there, 2 here"),
        ("versions", SMALL.versions | {"numpy": "1.0"}, "numpy 1.0 there, "),
        ("backends", ["numpy"], "backend numpy there, numpy,torch here"),
        ("alone", [], "alone  there, "),
        ("strides", False, "strides False there, True here"),
    ],
)
def test_another_study_is_refused(whole, tmp_path, key, there, told):
    """One line that names the folder and what differs; the folder stays as it is."""
    header = json.loads((whole[0] / "study.json").read_text("utf-8"))
    header["plan"][key] = there
    (tmp_path / "study.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(ValueError, match="cannot go on") as error:
        false_alarms(SMALL, CASES, tmp_path, jobs=1)
    assert str(error.value).startswith(f"{tmp_path}: {told}")
    assert "\n" not in str(error.value)
    assert json.loads((tmp_path / "study.json").read_text("utf-8")) == header


def test_a_file_of_an_earlier_version_is_refused(tmp_path):
    """Whatever it is, it is not written to."""
    path = tmp_path / "alarms.jsonl"
    path.write_text('{"campaign": 1, "seed": 1}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="name a folder"):
        false_alarms(SMALL, CASES, path, jobs=1)
    assert path.read_text("utf-8") == '{"campaign": 1, "seed": 1}\n'


# ------------------------------------------------------------------ planted alarms
@pytest.fixture
def planted(tmp_path):
    """A faulty program of the catalogue, as a file."""
    file = tmp_path / "planted.py"
    file.write_text(
        "from crossgrad.comparisons.equations.faults import CATALOGUE\n"
        f"gradients = next(f for f in CATALOGUE if str(f) == {str(PLANTED)!r}).make()\n",
        encoding="utf-8",
    )
    return f"{file}:gradients"


def test_a_wrong_program_raises_an_alarm(planted):
    """In its own line of the table, with the line that reproduces it; nobody else does."""
    totals = false_alarms(plan_of(1, 2, ("numpy",), (planted,)), CASES, jobs=1)
    assert {row.backend for row in totals.alarms} == {planted}
    assert {row.check for row in totals.alarms} == {"BP3"}
    text = totals.as_text()
    assert f"{planted} fails BP3 at layer 1 in " in text
    command = f"{run_from_here()} --backend {planted} --scenario "
    assert command + totals.alarms[0].scenario in text
    assert text.endswith(f" {len(totals.alarms)} residuals above 1")


def test_a_program_that_raises_is_an_alarm(tmp_path):
    """Output once a scenario, with why."""
    file = tmp_path / "broken.py"
    file.write_text("def gradients(problem):\n    raise ZeroDivisionError('oh')\n", "utf-8")
    totals = false_alarms(plan_of(1, 2, ("numpy",), (f"{file}:gradients",)), 4, jobs=1)
    assert [row.status for row in totals.alarms] == ["error", "error"]
    assert (
        f"ZeroDivisionError: oh (broken.py:2)\n  reproduce     {run_from_here()}"
        in totals.as_text()
    )
    assert totals.line.endswith(", 0 residuals above 1, 2 errors")


# ------------------------------------------------------------------ the command
@pytest.fixture
def small(monkeypatch):
    plan = plan_of(0, 2, ("numpy",), (TEXTBOOK,))
    monkeypatch.setattr(alarms, "plan_of", lambda seed: replace(plan, seed=seed))


@pytest.mark.usefixtures("small")
def test_command_ends_with_one_line(capsys):
    """And exit code 0."""
    assert main(["power", "--alarms", "4", "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("4 cases, ")


def test_command_ends_with_1_on_an_alarm(monkeypatch, planted, capsys):
    """A residual above 1 is a failure."""
    plan = plan_of(0, 2, (), (planted,))
    monkeypatch.setattr(alarms, "plan_of", lambda _: plan)
    assert main(["power", "--alarms", "40", "--jobs", "1"]) == 1
    assert "reproduce" in capsys.readouterr().out


@pytest.mark.usefixtures("small")
def test_command_tells_a_bad_folder_in_one_line(tmp_path, capsys):
    """On standard error; exit code 2."""
    (tmp_path / "bad").write_text("nothing\n", "utf-8")
    for name in ("bad", ".", "no folder/folder"):
        arguments = ["power", "--alarms", "4", "--jobs", "1", "--alarms-file"]
        assert main([*arguments, str(tmp_path / name)]) == 2
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert str(tmp_path / name) in told[0]


@pytest.mark.usefixtures("small")
def test_interrupted_command_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    """Exit code 130; what is finished is in the folder, and the command continues."""
    path, real, asked = tmp_path / "a b", engine.work, []

    def interrupted(task):
        asked.append(task.block)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(task)

    monkeypatch.setattr(engine, "AHEAD", 1)
    monkeypatch.setattr(engine, "work", interrupted)
    arguments = ["power", "--alarms", "8", "--jobs", "1", "--alarms-file", str(path)]
    assert main(arguments) == 130
    told = f"go on by crossgrad power --alarms 8 --alarms-file '{path}' --seed 0\n"
    assert capsys.readouterr().err == f"crossgrad: interrupted: {told}"
    assert sorted(rows(path)) == [0, 1]
    assert main(arguments) == 0
    assert asked == [0, 1, 2, 2, 3]


def test_progress_is_for_a_terminal_only(monkeypatch, capfd):
    """A bar, a rate, the time left."""
    for terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        with Meter(0, 10) as meter:
            meter.advance(5)
        assert bool(capfd.readouterr().err) == terminal

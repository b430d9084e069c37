"""The campaign against false alarms: exact counts, files to go on with, planted alarms."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.campaign import alarms
from crossgrad.comparisons.campaign.alarms import Campaign, false_alarms
from crossgrad.comparisons.campaign.block import BACKENDS, VARIANT
from crossgrad.comparisons.campaign.progress import Meter
from crossgrad.comparisons.domain import EVERYTHING
from crossgrad.comparisons.faults import CATALOGUE
from crossgrad.comparisons.location import run_from_here
from crossgrad.comparisons.networks import DEPTHS, round_of_networks
from crossgrad.comparisons.rounding import FORMATS
from crossgrad.comparisons.variants import VARIANTS

TEXTBOOK, GRADIENTS = VARIANT + "textbook", VARIANT + "gradients_only"
SMALL = Campaign(seed=1, draws=2, backends=("numpy", "torch", TEXTBOOK, GRADIENTS))
CASES = 12
#: A bias gradient of the first layer that is not the sum over the batch.
PLANTED = next(f for f in CATALOGUE if f.check == "BP3" and f.layer == 1 and f.group == "textbook")


def numbers(scenario):
    """Of one draw: how many numbers a whole trace is compared in, and how many gradients are."""
    widths, m = scenario.architecture.widths, scenario.batch
    units = sum(widths[1:]) * m
    gradients = sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))
    return 3 * units + 1 + gradients, gradients


# ------------------------------------------------------------------ counts
def test_everybody_is_asked():
    """The three frameworks and every variant."""
    assert set(Campaign().backends) == {"numpy", "torch", "jax", *(VARIANT + v for v in VARIANTS)}
    assert Campaign().backends == BACKENDS


def test_entries_are_counted_exactly():
    """z, a, δ, the cost and the gradients of two frameworks and a variant, and of one pair."""
    campaign = Campaign(seed=1, draws=2, backends=("numpy", "torch", TEXTBOOK))
    totals = false_alarms(campaign, CASES, jobs=1)
    counted = [numbers(scenario) for scenario in campaign.scenarios(CASES)]
    assert totals.entries == 2 * sum(3 * trace + pair for trace, pair in counted)
    assert totals.draws == CASES
    assert totals.alarms == []
    assert totals.line == f"12 cases, {totals.entries:,} entries compared, 0 residuals above 1"


def test_formats_alternate_and_a_larger_campaign_begins_as_a_smaller_one():
    """So that a file can be gone on with."""
    scenarios = SMALL.scenarios(9)
    assert [s.dtype for s in scenarios] == ["float64", "float32"] * 2 + ["float64"]
    assert SMALL.scenarios(4) == scenarios[:2]


def test_every_network_of_a_round_is_met_in_both_formats():
    """Wide, deep and small ones, of which there are some of each among the first already."""
    campaign, size = Campaign(seed=3), len(round_of_networks(0, 0, EVERYTHING))
    found = campaign.scenarios(2 * size * campaign.draws)
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


# ------------------------------------------------------------------ files
@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The file of a campaign that nothing interrupted, and what it came to."""
    path = tmp_path_factory.mktemp("alarms") / "whole.jsonl"
    return path, false_alarms(SMALL, CASES, path, jobs=1).as_text()


def blocks(path):
    """The finished lines, in any order."""
    header, *lines = path.read_bytes().splitlines(keepends=True)
    return header, sorted(lines)


@pytest.mark.parametrize("cut", [1, 40, "last line", "half of it", "all but a byte", "all"])
def test_a_killed_run_is_gone_on_with(whole, tmp_path, cut):
    """Wherever its last line ends: the same totals, and the same lines."""
    data, path = whole[0].read_bytes(), tmp_path / "killed.jsonl"
    last = len(data.splitlines(keepends=True)[-1])
    left = {"last line": -last, "half of it": len(data) // 2, "all but a byte": 1, "all": 0}
    path.write_bytes(data[: left.get(cut, -cut if isinstance(cut, int) else 0)])
    assert false_alarms(SMALL, CASES, path, jobs=1).as_text() == whole[1]
    assert blocks(path) == blocks(whole[0])


def test_two_jobs_come_to_the_same_as_one(whole, tmp_path):
    """In processes of their own, in whatever order they finish."""
    path = tmp_path / "two.jsonl"
    assert false_alarms(SMALL, CASES, path, jobs=2).as_text() == whole[1]
    assert blocks(path) == blocks(whole[0])


def test_more_cases_go_on_and_fewer_read_what_they_need(whole, tmp_path):
    """The number of cases is no part of the file."""
    path = tmp_path / "grown.jsonl"
    fewer = false_alarms(SMALL, 6, path, jobs=1).as_text()
    assert false_alarms(SMALL, CASES, path, jobs=1).as_text() == whole[1]
    assert path.read_bytes() == whole[0].read_bytes()
    assert false_alarms(SMALL, 6, path, jobs=1).as_text() == fewer
    assert path.read_bytes() == whole[0].read_bytes()


def test_a_finished_file_is_only_read(whole, monkeypatch):
    """Nothing is done twice."""
    monkeypatch.setattr(alarms, "judged", None)
    assert false_alarms(SMALL, CASES, whole[0], jobs=1).as_text() == whole[1]


@pytest.mark.parametrize(
    ("key", "there"),
    [("seed", 7), ("draws", 3), ("numpy version", "1.0"), ("backends", "numpy"), ("campaign", 0)],
)
def test_another_campaign_is_refused(whole, tmp_path, key, there):
    """One line that names the file and what differs; the file stays as it is."""
    header, *lines = whole[0].read_text("utf-8").splitlines(keepends=True)
    changed = json.dumps(json.loads(header) | {key: there}) + "\n"
    refused(tmp_path, changed + "".join(lines), f": {key} {there} there, ")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"block": -1, "rows": []}', '{"block": 1'])
def test_a_corrupt_line_is_refused(whole, tmp_path, text):
    """One line that names the file and the line; the file stays as it is."""
    lines = whole[0].read_text("utf-8").splitlines()
    lines[2] = text
    refused(tmp_path, "".join(f"{line}\n" for line in lines), ", line 3: ")


def test_a_block_in_another_blocks_place_is_refused(whole, tmp_path):
    """What its rows tell must be the scenario of its number."""
    lines = whole[0].read_text("utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace('"block": 0', '"block": 1')
    refused(tmp_path, "".join(lines), ", line 2: no finished block: block 1 is another scenario")


@pytest.mark.parametrize("text", ["a letter", "a letter\n", "\xff\n", '{"seed": 1}\n'])
def test_a_file_of_somebody_else_is_refused(tmp_path, text):
    """Whatever it is, it is not written to."""
    refused(tmp_path, text, ", line 1: no header of a campaign")


def refused(folder, text, told):
    """The message, in one line, with the file's name; not a byte is changed."""
    path = folder / "refused.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match="refused") as error:
        false_alarms(SMALL, CASES, path, jobs=1)
    assert str(error.value).startswith(f"{path}{told}")
    assert "\n" not in str(error.value)
    assert path.read_bytes() == text.encode("latin-1")


# ------------------------------------------------------------------ planted alarms
@pytest.fixture
def planted(tmp_path):
    """A faulty program of the catalogue, as a file."""
    file = tmp_path / "planted.py"
    file.write_text(
        "from crossgrad.comparisons.faults import CATALOGUE\n"
        f"gradients = next(f for f in CATALOGUE if str(f) == {str(PLANTED)!r}).make()\n",
        encoding="utf-8",
    )
    return f"{file}:gradients"


def test_a_wrong_program_raises_an_alarm(planted):
    """In its own line of the table, with the line that reproduces it; nobody else does."""
    totals = false_alarms(Campaign(seed=1, draws=2, backends=("numpy", planted)), CASES, jobs=1)
    assert {row.backend for row in totals.alarms} == {planted}
    assert {row.check for row in totals.alarms} == {"BP3"}
    text = totals.as_text()
    assert f"{planted} fails BP3 at layer 1 in " in text
    command = f"{run_from_here()} --backend {planted} --scenario "
    assert command + totals.alarms[0].scenario in text
    assert text.endswith(f" {len(totals.alarms)} residuals above 1")


def test_a_program_that_raises_is_an_alarm(tmp_path):
    """Told once a scenario, with why."""
    file = tmp_path / "broken.py"
    file.write_text("def gradients(problem):\n    raise ZeroDivisionError('oh')\n", "utf-8")
    totals = false_alarms(Campaign(1, 2, ("numpy", f"{file}:gradients")), 4, jobs=1)
    assert [row.status for row in totals.alarms] == ["error", "error"]
    assert (
        f"ZeroDivisionError: oh (broken.py:2)\n  reproduce     {run_from_here()}"
        in totals.as_text()
    )
    assert totals.line.endswith(", 0 residuals above 1, 2 errors")


# ------------------------------------------------------------------ the command
@pytest.fixture
def small(monkeypatch):
    """The command, of little work."""
    monkeypatch.setattr(alarms, "Campaign", lambda seed: Campaign(seed, 2, ("numpy", TEXTBOOK)))


@pytest.mark.usefixtures("small")
def test_command_ends_with_one_line(capsys):
    """And exit code 0."""
    assert main(["power", "--alarms", "4", "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("4 cases, ")


def test_command_ends_with_1_on_an_alarm(monkeypatch, planted, capsys):
    """A residual above 1 is a failure."""
    monkeypatch.setattr(alarms, "Campaign", lambda seed: Campaign(seed, 2, (planted,)))
    assert main(["power", "--alarms", "40", "--jobs", "1"]) == 1
    assert "reproduce" in capsys.readouterr().out


@pytest.mark.usefixtures("small")
def test_command_tells_a_bad_file_in_one_line(tmp_path, capsys):
    """On standard error; exit code 2."""
    (tmp_path / "bad").write_text("nothing\n", "utf-8")
    for name in ("bad", ".", "no folder/file"):
        arguments = ["power", "--alarms", "4", "--jobs", "1", "--alarms-file"]
        assert main([*arguments, str(tmp_path / name)]) == 2
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert str(tmp_path / name) in told[0]


@pytest.mark.usefixtures("small")
def test_interrupted_command_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    """Exit code 130; what is finished is in the file, and the command continues."""
    path, real, asked = tmp_path / "a b.jsonl", alarms.judged, []

    def interrupted(block):
        asked.append(block)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(block)

    monkeypatch.setattr(alarms, "judged", interrupted)
    arguments = ["power", "--alarms", "8", "--jobs", "1", "--alarms-file", str(path)]
    assert main(arguments) == 130
    told = f"go on by crossgrad power --alarms 8 --alarms-file '{path}' --seed 0\n"
    assert capsys.readouterr().err == f"crossgrad: interrupted: {told}"
    assert len(path.read_bytes().splitlines()) == 1 + 2
    assert main(arguments) == 0
    assert len(asked) == 3 + 2


def test_progress_is_for_a_terminal_only(monkeypatch, capfd):
    """A bar, a rate, the time left."""
    for terminal in (False, True):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        with Meter(0, 10) as meter:
            meter.advance(5)
        assert bool(capfd.readouterr().err) == terminal

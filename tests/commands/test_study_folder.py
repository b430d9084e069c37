"""A study's folder: whatever interrupts it, it goes on with what is missing, and merges."""

# The settings are made before a framework is imported.
from crossgrad.comparisons.machine.environment import prepare

prepare()

import json
import shutil
from concurrent.futures import Executor, Future

import pytest
from studies import CASES, SMALL, WRONG, in_this_process, rows, study, whole

from crossgrad.comparisons.commands.study import engine, folder
from crossgrad.comparisons.machine.workers import through

__all__ = ["in_this_process", "whole"]
pytestmark = pytest.mark.usefixtures("in_this_process")


# ------------------------------------------------------------------ going on
def test_a_killed_study_is_gone_on_with(whole, tmp_path, monkeypatch):
    """Some parts are there, one was being written: what is missing is done, nothing twice."""
    out = tmp_path / "out"
    monkeypatch.setattr(folder, "PAUSE", 0.0)
    assert study(out, *CASES) == 0
    parts = sorted((out / "rows").iterdir())
    assert len(parts) == 12
    for part in parts[2:7]:
        part.rename(f"{part}123.part")
    asked = spied(monkeypatch)
    assert study(out, "--resume", "--jobs", 1) == 0
    assert asked == [2, 3, 4, 5, 6]
    assert rows(out) == rows(whole)
    assert not list(out.rglob("*.part"))


def spied(monkeypatch):
    """The blocks that are done from now on."""
    asked, work = [], engine.work

    def spy(task):
        asked.append(task.block)
        return work(task)

    monkeypatch.setattr(engine, "work", spy)
    return asked


def test_a_finished_study_does_nothing_more(whole, monkeypatch, capsys):
    asked = spied(monkeypatch)
    assert study(whole, "--resume") == 0
    assert asked == []
    assert "24 cases" in capsys.readouterr().out


def test_more_cases_go_on(whole, tmp_path):
    """A larger study begins as a smaller one."""
    assert study(tmp_path / "out", *SMALL, "--cases", 10) == 0
    assert study(tmp_path / "out", "--resume", "--cases", 24) == 0
    assert rows(tmp_path / "out") == rows(whole)


def test_what_interrupts_leaves_what_is_finished(tmp_path, monkeypatch, capsys):
    """Ctrl-C in the fifth block: four are kept, and the line says how to go on."""
    work, out = engine.work, tmp_path / "my study"

    def pressed(task):
        if task.block == 4:
            raise KeyboardInterrupt
        return work(task)

    monkeypatch.setattr(engine, "AHEAD", 1)
    monkeypatch.setattr(engine, "work", pressed)
    assert study(out, *CASES) == 130
    assert sorted(rows(out)) == [0, 1, 2, 3]
    assert f"go on by crossgrad study --out '{out}' --resume" in capsys.readouterr().err


def test_a_full_disk_is_told(tmp_path, monkeypatch, capsys):
    """One line; what was written before is there, and nothing half."""

    def full(path, _):
        if path.suffix == ".jsonl" and list(path.parent.glob("*.jsonl")):
            raise OSError(28, "No space left on device", str(path))
        return write(path, _)

    write = folder.write_part.__globals__["write_whole"]
    monkeypatch.setattr(folder, "PAUSE", 0.0)
    monkeypatch.setattr("crossgrad.comparisons.commands.study.rows.write_whole", full)
    assert study(tmp_path / "out", *CASES) == 2
    error = capsys.readouterr().err
    assert "No space left on device" in error
    assert f"go on by crossgrad study --out {tmp_path / 'out'} --resume" in error
    assert error.count("\n") == 1
    assert sorted(rows(tmp_path / "out")) == [0]


# ------------------------------------------------------------------ several folders
def test_shards_merge_to_the_whole(whole, tmp_path, capsys):
    """Three machines, one of them with a block of another's: each block once."""
    outs = [tmp_path / str(k) for k in (1, 2, 3)]
    for k, out in enumerate(outs, start=1):
        assert study(out, *CASES, "--shard", f"{k}/3") == 0
    assert sorted(rows(outs[1])) == [1, 4, 7, 10]
    capsys.readouterr()
    assert study(tmp_path / "all", "--merge", *outs, outs[0]) == 0
    told = capsys.readouterr().out
    assert rows(tmp_path / "all") == rows(whole)
    assert "4 blocks were in more than one folder: counted once" in told
    assert "24 cases" in told


def test_a_merged_study_tells_what_is_missing_and_can_be_gone_on_with(whole, tmp_path, capsys):
    """Of three shards two: eight of twelve blocks."""
    outs = [tmp_path / str(k) for k in (1, 2)]
    for k, out in enumerate(outs, start=1):
        assert study(out, *CASES, "--shard", f"{k}/3") == 0
    assert study(tmp_path / "all", "--merge", *outs) == 0
    assert "blocks that are missing: 4; that are there: 8" in capsys.readouterr().out
    assert study(tmp_path / "all", "--resume") == 0
    assert rows(tmp_path / "all") == rows(whole)


def test_other_studies_do_not_merge(whole, tmp_path, capsys):
    """One line that says what differs; nothing is written."""
    assert study(tmp_path / "other", "--cases", 2, *SMALL[:-1], 4) == 0
    assert study(tmp_path / "all", "--merge", whole, tmp_path / "other") == 2
    assert "seed is 3, and 4" in capsys.readouterr().err
    assert not (tmp_path / "all").exists()


# ------------------------------------------------------------------ bad input
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "--cases N is needed"),
        ("--cases 0", "at least 1"),
        ("--cases 1e3", "'1e3': a whole number is needed"),
        ("--cases 99999999999999999999", "at most 10**15 is possible"),
        ("--cases 2 --scheduler=", "expected an address, tcp://HOST:PORT"),
        ("--cases 2 --report study.json/page.html", "cannot be written"),
        ("--cases 2 --dtype float8", "--dtype float8: known are float64, float32"),
        ("--cases 2 --backend theano", "backend 'theano': known are"),
        ("--cases 2 --backend none.py:f", "no file none.py"),
        ("--cases 2 --shard 3/2", "--shard '3/2'"),
        ("--cases 2 --format csv", "--format csv: known are jsonl, parquet"),
        ("--cases 2 --report page.txt", "ends in .html"),
        ("--cases 2 --report none/page.html", "cannot be written"),
        ("--cases 2 --scheduler tcp://x --jobs 2", "--jobs has no effect on --scheduler"),
        ("--cases 2 --scheduler here", "--scheduler here: expected an address, tcp://HOST:PORT"),
        ("--resume", "no study"),
        ("--merge none", "none: no study"),
        ("--merge none --cases 2", "--cases has no effect on --merge"),
        ("--merge none --seed 0", "--seed has no effect on --merge"),
    ],
)
def test_bad_input_is_told_in_one_line(tmp_path, capsys, arguments, told):
    out = tmp_path / "out"
    try:
        code = study(out, *arguments.split())
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    assert told in capsys.readouterr().err.splitlines()[-1]
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--cases 24", "not empty: go on with --resume, or take another"),
        ("--resume --seed 4", "--seed: the study in {} has 3"),
        ("--resume --seed 0", "--seed: the study in {} has 3"),
        ("--resume --dtype float32", "--dtype: the study in {} has float64,float32"),
        ("--resume --backend jax", "--backend: the study in {} has numpy,numpy.fast"),
        ("--resume --format parquet", "--format: the study in {} has jsonl"),
        ("--resume --cases 12", "--cases: the study in {} has 24, and can grow"),
        ("--merge .", "not empty: take another folder"),
    ],
)
def test_what_does_not_fit_the_folder_is_told(whole, capsys, arguments, told):
    """The folder stays as it is."""
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    assert study(whole, *arguments.split()) == 2
    assert told.format(whole) in capsys.readouterr().err
    assert {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda header: header | {"study": 0}, "a folder of another version"),
        (lambda header: header | {"cases": 0}, "cannot go on"),
        (lambda header: header | {"extra": 0}, "cannot go on"),
        (lambda header: {k: v for k, v in header.items() if k != "plan"}, "cannot go on"),
        (lambda header: with_numpy(header, "1.0"), "numpy 1.0 in the study"),
    ],
    ids=["version", "cases", "extra", "no plan", "other numpy"],
)
def test_a_folder_of_another_version_is_refused(whole, tmp_path, capsys, change, told):
    """One line that names the file."""
    header = json.loads((whole / "study.json").read_text("utf-8"))
    (tmp_path / "study.json").write_text(json.dumps(change(header)), encoding="utf-8")
    assert study(tmp_path, "--resume") == 2
    error = capsys.readouterr().err
    assert told in error
    assert str(tmp_path) in error


def with_numpy(header, version):
    """The header of a study that was begun with another NumPy."""
    plan = header["plan"]
    return header | {"plan": plan | {"versions": plan["versions"] | {"numpy": version}}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: [*lines[:5], "{", *lines[6:]], ", line 6: no row"),
        (lambda lines: [*lines[:5], "[]", *lines[6:]], ", line 6: no row of a block"),
        (lambda lines: [*lines[:5], '{"block": 0}', *lines[6:]], ", line 6: no row of a block"),
        (lambda lines: [*lines[:5], '{"block": -2, "scenario": "x"}'], "line 6: no row of a block"),
        (lambda lines: [line.replace("-s", "-s1", 1) for line in lines], "is another scenario"),
        (lambda lines: [line.replace('"check": "z"', '"check": 7') for line in lines], "no row"),
        (lambda lines: [*lines, *lines], "is there twice"),
        (lambda lines: lines[:-3], "is not whole"),
        (lambda lines: lines[1:], "is not whole"),
        (lambda lines: [failing(lines[0]), *lines[1:]], "residual 5.0, status pass"),
    ],
    ids=[
        "cut",
        "no object",
        "no scenario",
        "no block",
        "other scenario",
        "no check",
        "twice",
        "no end",
        "no start",
        "residual",
    ],
)
def test_a_damaged_part_is_refused(whole, tmp_path, capsys, change, told):
    (tmp_path / "rows").mkdir()
    (tmp_path / "study.json").write_bytes((whole / "study.json").read_bytes())
    (part,) = (whole / "rows").iterdir()
    text = "\n".join(change(part.read_text("utf-8").splitlines())) + "\n"
    (tmp_path / "rows" / part.name).write_text(text, encoding="utf-8")
    assert study(tmp_path, "--resume") == 2
    error = capsys.readouterr().err
    assert told in error
    assert str(tmp_path / "rows") in error


def failing(line):
    """A row whose residual was edited, and its status was not."""
    return json.dumps(json.loads(line) | {"residual": 5.0})


def test_a_block_in_two_parts_is_told(whole, tmp_path, capsys):
    shutil.copytree(whole, tmp_path / "out")
    (part,) = (tmp_path / "out" / "rows").iterdir()
    shutil.copy(part, part.with_name("000000009.jsonl"))
    assert study(tmp_path / "out", "--resume") == 2
    assert "is there twice" in capsys.readouterr().err


def test_two_runs_do_not_write_to_one_folder(whole, capsys):
    """The second is told, and has not changed what the first is doing."""
    before = (whole / "study.json").read_bytes()
    with folder.locked(whole):
        assert study(whole, "--resume", "--cases", 48) == 2
    assert "another run is writing to it" in capsys.readouterr().err
    assert (whole / "study.json").read_bytes() == before


def test_nothing_verified_is_no_success(tmp_path, capsys):
    """A backend that supports nothing, and a shard that has no block: as in the suite."""
    module = tmp_path / "mine.py"
    module.write_text("def f(problem):\n    raise NotImplementedError('nothing yet')\n", "utf-8")
    cases = "--cases", 2, "--draws", 1, "--jobs", 1
    assert study(tmp_path / "a", *cases, "--backend", f"{module}:f", "--backend", "numpy") == 1
    assert f"Nothing was verified of {module}:f" in capsys.readouterr().out
    assert study(tmp_path / "b", "--cases", 1, *cases[2:], "--shard", "2/2") == 1
    assert "Nothing was verified" in capsys.readouterr().out


def test_a_backend_that_was_edited_does_not_go_on(tmp_path, capsys):
    """Rows of two programs are not put under one name."""
    module = tmp_path / "mine.py"
    module.write_text(WRONG, encoding="utf-8")
    asked = "--draws", 2, "--jobs", 1, "--backend", f"{module}:wrong"
    study(tmp_path / "out", "--cases", 2, *asked)
    module.write_text(WRONG + "# now right\n", encoding="utf-8")
    capsys.readouterr()
    assert study(tmp_path / "out", "--resume", "--cases", 4) == 2
    assert f"{module}:wrong " in capsys.readouterr().err


class AtOnce(Executor):
    """Whatever it is given is done, or has failed, when it is looked at."""

    def submit(self, work, *given):
        future = Future()
        try:
            future.set_result(work(*given))
        except ZeroDivisionError as error:
            future.set_exception(error)
        return future


def test_what_is_finished_is_not_lost_to_what_fails():
    """Of eight at once of which one fails, seven are told before."""
    told = []
    done = through(AtOnce(), lambda number: 1 // number, enumerate(range(8)), 8)
    with pytest.raises(ZeroDivisionError):
        told.extend(number for number, _ in done)
    assert sorted(told) == list(range(1, 8))


def test_a_merge_that_fails_leaves_nothing(whole, tmp_path, capsys):
    """A damaged part in the last folder: no folder, and the corrected command works."""
    other = tmp_path / "other"
    shutil.copytree(whole, other)
    (part,) = (other / "rows").iterdir()
    text = part.read_bytes()
    part.write_bytes(text[:-3] + b"\xff\n")
    assert study(tmp_path / "all", "--merge", whole, other) == 2
    assert str(part) in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]
    part.write_bytes(text)
    assert study(tmp_path / "all", "--merge", whole, other) == 0


def test_a_page_is_written_of_what_there_is(whole, tmp_path):
    """Of a shard it says that more is missing."""
    assert study(whole, "--resume", "--report", tmp_path / "whole.html") == 0
    assert "not finished" not in (tmp_path / "whole.html").read_text("utf-8")
    shard = *CASES, "--shard", "1/3", "--report", tmp_path / "shard.html"
    assert study(tmp_path / "shard", *shard) == 0
    assert "not finished" in (tmp_path / "shard.html").read_text("utf-8")

"""``crossgrad study``: every block once, whatever interrupts it, and the same rows by every way."""

# ruff: noqa: E402 - the settings are made before a framework is imported
from comparisons.environment import prepare

prepare()

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest
from suite import ROOT, clean_environment

from comparisons.__main__ import main
from comparisons.backends import Backend, load_backend
from comparisons.regimes import REGIMES
from comparisons.scenario import Scenario
from comparisons.study import block as blocks
from comparisons.study import campaign, folder, keeper
from comparisons.study.block import Work, slices
from comparisons.study.columns import LARGEST, as_columns, from_columns
from comparisons.study.folder import Folder
from comparisons.study.plan import plan_of
from comparisons.verdict import Row
from comparisons.verification import Verification

#: Twelve blocks of two draws each, through the two quick backends.
SMALL = ("--backend", "numpy", "--backend", "torch", "--draws", "2", "--seed", "3")
CASES = ("--cases", "24", *SMALL, "--jobs", "1")
#: What a study of less has no use for.
TIMES = ("seconds",)


def study(out, *arguments):
    """Run the command in this process; its exit code."""
    return main(["study", "--out", str(out), *map(str, arguments)])


def rows(out):
    """All rows, block by block, without what the clock says."""
    there = Folder.open(out).blocks()
    return {
        number: [{k: v for k, v in row.items() if k not in TIMES} for row in group]
        for number, group in there
    }


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Workers are started where they are looked at; here blocks are done one after the other."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    monkeypatch.setattr("comparisons.study.executors.processes", ThreadPoolExecutor)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study that nothing interrupted."""
    out = tmp_path_factory.mktemp("study") / "whole"
    with pytest.MonkeyPatch.context() as patch:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        patch.setattr("comparisons.study.executors.processes", ThreadPoolExecutor)
        assert study(out, *CASES) == 0
    return out


# ------------------------------------------------------------------ what is in it
def test_rows_are_those_of_the_suite(whole):
    """The same places, residuals, entries and counts as an item of the suite has."""
    for number, found in rows(whole).items():
        scenario = plan_of(3, 2, None, ["numpy", "torch"]).scenario(number)
        verification = Verification()
        backends = [load_backend(name) for name in ("numpy", "torch")]
        for asked in ([backends[0]], [backends[1]], backends):
            verification.run(scenario, asked)
        expected = sorted(verification.rows, key=Row.order)
        assert [from_columns(row) for row in found] == expected


def test_blocks_are_numbered_from_nothing(whole):
    """Twelve of two draws, float64 and float32 in turn."""
    found = rows(whole)
    assert list(found) == list(range(12))
    assert [group[0]["dtype"] for group in found.values()] == ["float64", "float32"] * 6


@pytest.mark.parametrize(
    ("cases", "draws"),
    [(1, 8), (3199, 8), (3200, 16), (10_000, 48), (204_800, 1024), (10**9, 1024)],
)
def test_a_small_study_has_many_architectures_too(cases, draws):
    """Draws of each are whole turns of the regimes, up to 1,024."""
    plan = plan_of(None, None, None, None, cases)
    assert plan.draws == draws
    assert plan.scenario(0).draws == draws


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
        tmp_path / "out", "--cases", 4, "--draws", 2, "--jobs", 1, "--backend", f"{module}:wrong"
    )
    out = capsys.readouterr().out
    assert code == 1
    assert "fails BP3 at layer" in out
    assert "the last sample is dropped" in out
    assert "reproduce" in out
    failed = {
        r["check"] for group in rows(tmp_path / "out").values() for r in group if r["residual"] > 1
    }
    assert failed == {"BP3"}


WRONG = """
from dataclasses import asdict
from comparisons.backends.numpy_reference import trace

def wrong(problem):
    found = trace(problem)
    db = [d[:, :-1].sum(axis=1, keepdims=True) for d in found.delta]
    parts = {name: list(getattr(found, name)) for name in ("dW", "z", "a", "delta")}
    return parts | {"db": db, "cost": found.cost}
"""


# ------------------------------------------------------------------ columns
def test_columns_give_the_row_back():
    """Everything but what is not finite."""
    scenario = Scenario.parse("2x2x1-sigmoid,tanh-quadratic-float32-m1-s0")
    row = Row(str(scenario), "torch", "BP2", 1, "divergence", 0.5, 9, 2, 3, (1, 0), 1.5, -2.0, 1e-9,
              0.25, "", {"x": (3, 4.0)}, "", (1, 2), (3, 4))  # fmt: skip
    columns = as_columns(7, scenario, row, 1.25)
    assert from_columns(columns) == row
    assert (columns["activation"], columns["depth"], columns["width"]) == ("sigmoid", 2, 2)
    assert columns["regime"] == list(REGIMES)[3]


def test_an_infinite_residual_is_still_above_one():
    """And the file is JSON that everybody reads."""
    scenario = Scenario.parse("2x2x1-sigmoid,tanh-quadratic-float32-m1-s0")
    row = Row(str(scenario), "torch", "a", 1, "fail", np.inf, value=np.nan, ulps=np.inf)
    columns = as_columns(0, scenario, row, 0.0)
    json.dumps(columns, allow_nan=False)
    assert (columns["residual"], columns["value"], columns["ulps"]) == (LARGEST, None, None)
    assert from_columns(columns).residual > 1


def test_parquet_has_what_json_lines_have(whole, tmp_path):
    """Row by row; pyarrow reads the folder as one table."""
    from pyarrow import parquet  # noqa: PLC0415 - takes its time

    assert study(tmp_path / "p", "--merge", whole, "--format", "parquet") == 0
    assert rows(tmp_path / "p") == rows(whole)
    table = parquet.read_table(tmp_path / "p" / "rows")
    assert table.num_rows == sum(map(len, rows(whole).values()))


# ------------------------------------------------------------------ going on
def test_a_killed_study_is_gone_on_with(whole, tmp_path, monkeypatch):
    """Some parts are there, one was being written: what is missing is done, nothing twice."""
    out = tmp_path / "out"
    monkeypatch.setattr(keeper, "PAUSE", 0.0)
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
    asked, work = [], campaign.work

    def spy(task):
        asked.append(task.block)
        return work(task)

    monkeypatch.setattr(campaign, "work", spy)
    return asked


def test_a_finished_study_does_nothing_more(whole, monkeypatch, capsys):
    """It is only told."""
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
    work, out = campaign.work, tmp_path / "my study"

    def pressed(task):
        if task.block == 4:
            raise KeyboardInterrupt
        return work(task)

    monkeypatch.setattr(campaign, "AHEAD", 1)
    monkeypatch.setattr(campaign, "work", pressed)
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
    monkeypatch.setattr(keeper, "PAUSE", 0.0)
    monkeypatch.setattr("comparisons.study.parts.write_whole", full)
    assert study(tmp_path / "out", *CASES) == 2
    error = capsys.readouterr().err
    assert "No space left on device" in error
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
    assert "8 of 12 blocks are there" in capsys.readouterr().out
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
        ("--cases 2 --dtype float8", "--dtype float8: known are float64, float32"),
        ("--cases 2 --backend tensorflow", "backend 'tensorflow': known are"),
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
    """And nothing is written."""
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
        ("--resume --backend jax", "--backend: the study in {} has numpy,torch"),
        ("--resume --format parquet", "--format: the study in {} has jsonl"),
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
        (lambda lines: [line.replace("-s", "-s1", 1) for line in lines], "is another scenario"),
        (lambda lines: [line.replace('"check": "z"', '"check": 7') for line in lines], "no row"),
        (lambda lines: [*lines, *lines], "is there twice"),
    ],
    ids=["cut", "no object", "other scenario", "no check", "twice"],
)
def test_a_damaged_part_is_refused(whole, tmp_path, capsys, change, told):
    """One line that names it."""
    (tmp_path / "rows").mkdir()
    (tmp_path / "study.json").write_bytes((whole / "study.json").read_bytes())
    (part,) = (whole / "rows").iterdir()
    text = "\n".join(change(part.read_text("utf-8").splitlines())) + "\n"
    (tmp_path / "rows" / part.name).write_text(text, encoding="utf-8")
    assert study(tmp_path, "--resume") == 2
    error = capsys.readouterr().err
    assert told in error
    assert str(tmp_path / "rows") in error


def test_two_runs_do_not_write_to_one_folder(whole, capsys):
    """The second is told."""
    with Folder.open(whole).locked():
        assert study(whole, "--resume") == 2
    assert "another run is writing to it" in capsys.readouterr().err


# ------------------------------------------------------------------ processes
def test_a_killed_run_keeps_its_parts(whole, tmp_path):
    """The whole program is killed, workers and all; gone on with by two processes."""
    out = tmp_path / "out"
    begun = ["study", "--out", str(out), *CASES[:-2]]
    script = (
        f"import comparisons.study.keeper as k; k.PAUSE = 0; import sys; sys.argv[1:] = {begun}"
    )
    script += "; from comparisons.__main__ import main; raise SystemExit(main())"
    run = started("-c", script)
    wait_for(lambda: list(out.glob("rows/*.jsonl")))
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert rows(out)
    run = started("-m", "comparisons", "study", "--out", str(out), "--resume", "--jobs", "2")
    assert run.wait() == 0
    assert rows(out) == rows(whole)


def started(*arguments):
    """Python in a process of its own, which nobody listens to."""
    command, quiet = [sys.executable, *map(str, arguments)], subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env=clean_environment(), stdout=quiet, stderr=quiet
    )


def wait_for(condition, seconds=90):
    """Until it comes true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# ------------------------------------------------------------------ a cluster
SLOW = """
import time
from comparisons.backends.numpy_reference import trace

def slow(problem):
    time.sleep(0.1)
    answer = trace(problem)
    return {name: getattr(answer, name) for name in ("dW", "db", "cost", "z", "a", "delta")}
"""


def test_a_cluster_loses_a_worker_half_way_and_nothing_else(tmp_path):
    """A real scheduler and two workers, one of them killed: nothing lost, nothing twice."""
    module = tmp_path / "slow.py"
    module.write_text(SLOW, encoding="utf-8")
    asked = ("--cases", 32, "--draws", 2, "--backend", f"{module}:slow", "--backend", "numpy")
    with cluster(tmp_path) as (address, workers):
        run = started(
            "-m", "comparisons", "study", "--out", tmp_path / "out", *asked, "--scheduler", address
        )
        wait_for(lambda: list((tmp_path / "out").glob("rows/*")) or at_work(address) == 2)
        workers[0].kill()
        assert run.wait() == 0
    assert study(tmp_path / "here", *asked, "--jobs", 1) == 0
    assert rows(tmp_path / "out") == rows(tmp_path / "here")
    assert sorted(rows(tmp_path / "out")) == list(range(16))


def test_no_scheduler_is_told(tmp_path, monkeypatch, capsys):
    """One line, and nothing is written."""
    monkeypatch.setattr("comparisons.study.executors.PATIENCE", 1)
    out, nowhere = tmp_path / "out", "tcp://127.0.0.1:1"
    assert study(out, "--cases", 2, "--scheduler", nowhere) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"crossgrad: --scheduler {nowhere}: ")
    assert error.count("\n") == 1
    assert not out.exists()


@contextmanager
def cluster(folder):
    """A scheduler's address, and its two workers."""
    file = folder / "scheduler.json"
    options = "--scheduler-file", file, "--no-dashboard"
    alone = *options, "--no-nanny", "--nthreads", "1", "--local-directory"
    processes = [started("-m", "distributed.cli.dask_scheduler", "--port", "0", *options)]
    try:
        wait_for(file.is_file)
        processes += [
            started("-m", "distributed.cli.dask_worker", *alone, folder / str(k)) for k in range(2)
        ]
        yield json.loads(file.read_text("utf-8"))["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def at_work(address):
    """How many workers have a block now."""
    from distributed import Client  # noqa: PLC0415 - takes its time

    with Client(address, set_as_default=False) as client:
        return sum(bool(blocks) for blocks in client.processing().values())

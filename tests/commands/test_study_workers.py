"""A study's workers: killed with their boss, or one by one; nothing is lost or done twice."""

# The settings are made before a framework is imported.
from crossgrad.comparisons.machine.environment import prepare

prepare()

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from studies import CASES, in_this_process, rows, study, whole
from suite import ROOT, clean_environment

__all__ = ["in_this_process", "whole"]
pytestmark = pytest.mark.usefixtures("in_this_process")


# ------------------------------------------------------------------ processes
def test_a_killed_run_keeps_its_parts(whole, tmp_path):
    """The whole program is killed, workers and all; gone on with by two processes."""
    out = tmp_path / "out"
    begun = ["study", "--out", str(out), *CASES[:-2]]
    script = "import crossgrad.comparisons.commands.study.folder as k; k.PAUSE = 0; "
    script += f"import sys; sys.argv[1:] = {begun}"
    script += "; from crossgrad.comparisons.__main__ import main; raise SystemExit(main())"
    run = started("-c", script)
    wait_for(lambda: list(out.glob("rows/*.jsonl")))
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert rows(out)
    run = started("-m", "crossgrad", "study", "--out", str(out), "--resume", "--jobs", "2")
    assert run.wait() == 0
    assert rows(out) == rows(whole)


def started(*arguments):
    """Python in a process of its own, which nobody listens to."""
    command, quiet = [sys.executable, *map(str, arguments)], subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, env=clean_environment(), stdout=quiet, stderr=quiet
    )


def wait_for(condition, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# ------------------------------------------------------------------ a cluster
SLOW = """
import time
from crossgrad.comparisons.backends.numpy_reference import trace

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
            "-m", "crossgrad", "study", "--out", tmp_path / "out", *asked, "--scheduler", address
        )
        wait_for(lambda: list((tmp_path / "out").glob("rows/*")) or at_work(address) == 2)
        workers[0].kill()
        assert run.wait() == 0
    assert study(tmp_path / "here", *asked, "--jobs", 1) == 0
    assert rows(tmp_path / "out") == rows(tmp_path / "here")
    assert sorted(rows(tmp_path / "out")) == list(range(16))


def test_no_scheduler_is_told(tmp_path, monkeypatch, capsys):
    """One line, and nothing is written."""
    monkeypatch.setattr("crossgrad.comparisons.commands.study.executors.PATIENCE", 1)
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

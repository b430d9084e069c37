"""Workers of a long run: who gives them work, and what becomes of them without."""

import signal
import subprocess
import sys

from processes import alive, wait_for
from suite import ROOT, clean_environment

BOSS = """
import os, time
from pathlib import Path
from crossgrad.comparisons.machine.workers import all_done

def work(folder):
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(120)

if __name__ == "__main__":
    all_done(work, [FOLDER, FOLDER], 2, print)
"""


def test_workers_end_with_who_gives_them_work(tmp_path):
    """Even if that is killed, and can say nothing any more."""
    folder = tmp_path / "pids"
    folder.mkdir()
    script = tmp_path / "boss.py"
    script.write_text(BOSS.replace("FOLDER", repr(str(folder))), encoding="utf-8")
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    boss = subprocess.Popen([sys.executable, str(script)], env=environment)  # noqa: S603 - our own
    try:
        assert wait_for(lambda: len(list(folder.iterdir())) == 2)
        workers = [int(path.name) for path in folder.iterdir()]
        assert all(map(alive, workers))
    finally:
        boss.send_signal(signal.SIGKILL)
        boss.wait()
    assert wait_for(lambda: not any(map(alive, workers)), seconds=20)

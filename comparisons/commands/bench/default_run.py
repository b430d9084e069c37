"""The README's command, in a process of its own: wall time, workers, and where time goes."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from crossgrad.comparisons.machine.location import VERIFY, findable

#: Where a listening run leaves the seconds of its stages.
VARIABLE = "CROSSGRAD_BENCH_STAGES"
#: Enough for a figure that is told to be quick.
QUICK = ("--architectures", "3")


def measured_run(*options: str) -> tuple[float, int, Counter[str]]:
    """Wall time, number of workers, seconds of each stage; nothing compiled earlier is used."""
    workers = os.cpu_count() or 1
    command = [sys.executable, "-m", "pytest", *VERIFY, "-q", "-n", str(workers), "-p", __name__]
    command += ["--no-compile-cache", *options]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "stages.json")
        start = time.perf_counter()
        run = subprocess.run(  # noqa: S603 - our own command
            command,
            env=findable(os.environ | {VARIABLE: str(told)}),
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.perf_counter() - start
        if run.returncode:
            said = (run.stdout + run.stderr).split()[-20:]
            raise ValueError(f"the default run failed: {' '.join(said)}")
        return wall, workers, Counter(json.loads(told.read_text()))


# ------------------------------------------------------------------ a plugin of that run
STAGES: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what the items tell, in the controller."""
    told: Mapping[str, float] = getattr(report, "crossgrad", {}).get("seconds", {})
    STAGES.update(told)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave it where it is looked for; workers have nothing to add."""
    if not hasattr(session.config, "workerinput"):
        Path(os.environ[VARIABLE]).write_text(json.dumps(STAGES))

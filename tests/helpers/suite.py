"""The suite as a user runs it: pytest in a process of its own."""

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
#: What a user never sees, whatever was wrong with what they gave.
INTERNALS = ("Traceback", "INTERNALERROR")
#: To load it takes as long as all the rest of a run of one scenario, which does not use it.
WITHOUT_HYPOTHESIS = (
    "--ignore=tests/equivalence/test_smallest.py",
    "-p",
    "no:_hypothesis_pytestplugin",
)


def run(*arguments, environment=None):
    """Exit code and output (both streams) of the suite, in a process of its own."""
    suite = ["tests/equivalence", "-p", "no:cacheprovider", *WITHOUT_HYPOTHESIS]
    suite += map(str, arguments)
    if sys.platform != "linux":
        return execute([sys.executable, "-m", "pytest", *suite], environment)
    asked = {"arguments": suite, "environment": clean_environment() | (environment or {})}
    with TemporaryDirectory() as folder:
        print(json.dumps(asked | {"folder": folder}), file=forking().stdin, flush=True)
        code = int(forking().stdout.readline())
        return code, "".join(Path(folder, f).read_text("utf-8") for f in ("stdout", "stderr"))


@cache
def forking():
    """What forks for each run: most of the time of a small one would be that of its imports."""
    forks = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, Path(__file__).with_name("forks.py")],
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(forks.communicate)
    return forks


def execute(command, environment=None):
    """Exit code and output of a command in the root of the project."""
    finished = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        env=clean_environment() | (environment or {}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return finished.returncode, finished.stdout + finished.stderr


def clean_environment():
    """This process's environment, without what the outer pytest and a CI server put there."""
    outer = ("PYTEST_", "GITHUB_STEP_SUMMARY", "COLUMNS", "CI", "BUILD_NUMBER")
    inner = {key: value for key, value in os.environ.items() if not key.startswith(outer)}
    here = Path(sys.executable).parent
    return inner | {"PYTHONIOENCODING": "utf-8", "PATH": f"{here}{os.pathsep}{inner['PATH']}"}


def lines_with(output, *words):
    """The lines of an output that contain all the words."""
    return [line for line in output.splitlines() if all(word in line for word in words)]

"""A Python that has imported what each run of the suite imports, and becomes pytest in its forks.

Started as a script, in the folder of the runs: for each line of JSON that it is given, it answers
with the exit code of the run that the line asks for.
"""

import gc
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from runpy import run_module

#: No framework; nor what pytest loads by itself, whose asserts it rewrites.
MODULES = (
    "pytest",
    "crossgrad.comparisons.suite.run",
    "crossgrad.comparisons.backends.numpy_reference",
    "crossgrad.comparisons.judging.verification",
    "crossgrad.comparisons.reports.closing",
    "crossgrad.comparisons.reports.columns",
    "crossgrad.comparisons.reports.failure",
    "crossgrad.comparisons.reports.page.run",
)


def become_pytest(arguments, environment, folder):
    """As ``python -m pytest`` would; what it writes is in two files of the folder."""
    os.environ.clear()
    os.environ.update(environment)
    sys.path[1:1] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    sys.argv = ["pytest", *arguments]
    for descriptor, file in enumerate([os.devnull, f"{folder}/stdout", f"{folder}/stderr"]):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), descriptor)
    run_module("pytest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    for name in MODULES:
        import_module(name)
    gc.freeze()
    for line in sys.stdin:
        if not (child := os.fork()):
            become_pytest(**json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()

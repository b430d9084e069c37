"""A copy of the project that a test may add to, and what its Python prints."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

ROOT = Path(__file__).parents[2]
FOLDERS = ("comparisons", "crossgrad", "docs", "reference", "tests")
FILES = ("conftest.py", "pyproject.toml", "README.md")


def copied(to):
    """All that a run needs, without what was compiled; returns the folder."""
    for folder in FOLDERS:
        copytree(ROOT / folder, to / folder, ignore=ignore_patterns("__pycache__"))
    for file in FILES:
        (to / file).write_bytes((ROOT / file).read_bytes())
    return to


def python(tree, *arguments, code=0):
    """What a Python of the copy prints, which ends with an exit code."""
    return printed(tree, sys.executable, *arguments, code=code)


def called(tree, function):
    """What a function of a test file, ``module.name``, returns there, as text."""
    module, _, name = function.partition(".")
    path = "import glob, sys; sys.path[:0] = glob.glob('tests/*'); "
    return python(tree, "-c", f"{path}import {module}; print({module}.{name}())").strip()


def printed(tree, *command, given=None, code=0):
    """Likewise of any program, with something on its standard input."""
    own = {"PYTHONPATH": str(tree), "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(  # noqa: S603 - our own code
        command,
        cwd=tree,
        env=os.environ | own,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout

"""docs/adding.md: each diff applies, is as small as it says, and what it adds is right."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns, which

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"\n## (.*?)\n.*?```diff\n(.*?)```", PAGE, re.DOTALL))
FOLDERS = ("comparisons", "crossgrad", "docs", "reference", "tests")
#: What each adds, and the file that it is.
ADDED = {
    "An activation": ("softshrink", "comparisons/parts/activations/softshrink.py"),
    "A cost": ("mae", "comparisons/parts/costs/mae.py"),
}
BY_HAND = {"An activation": "reference/activations.py", "A cost": "reference/costs.py"}
ROWS = {"comparisons/backends/torch_autograd.py", "comparisons/backends/jax_jit.py"}


def touched(diff):
    """Its files."""
    return set(re.findall(r"^\+\+\+ b/(.*)", diff, re.MULTILINE))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the project, with all that the page adds."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        copytree(ROOT / folder, tree / folder, ignore=ignore_patterns("__pycache__"))
    for file in ("conftest.py", "pyproject.toml"):
        (tree / file).write_bytes((ROOT / file).read_bytes())
    for diff in SECTIONS.values():
        run(tree, str(which("git")), "apply", "-", given=diff)
    return tree


def run(tree, *command, given=None):
    """What a command of the copy prints."""
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "GIT_CEILING_DIRECTORIES": str(tree.parent),
    }
    done = subprocess.run(  # noqa: S603 - our own code
        command, cwd=tree, env=environment, input=given, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("section", SECTIONS)
def test_a_part_is_one_file_an_entry_and_a_row_for_each_framework(section):
    """Of lines a row is one; nothing is changed that was there."""
    diff, (_, file) = SECTIONS[section], ADDED[section]
    assert touched(diff) == {file, BY_HAND[section], *ROWS}
    assert not re.findall(r"^-(?!--)", diff, re.MULTILINE)
    for row in ROWS:
        part = diff.split(f"+++ b/{row}\n")[1].split("\n--- ")[0]
        assert len(re.findall(r"^\+", part, re.MULTILINE)) == 1


def test_what_is_added_is_certified(tree):
    """In balls, in all formats, as all others are; by forms, variants and formulas in words."""
    names = " or ".join(name for name, _ in ADDED.values())
    files = ("tests/truth", "tests/reference", "tests/harness/test_explain.py")
    told = run(
        tree, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", names
    )
    assert int(re.search(r"(\d+) passed", told)[1]) > 60


def test_what_is_added_is_judged(tree):
    """In networks of its own, in a run of the suite."""
    verify = ("-m", "crossgrad.comparisons", "verify", "--backend", "numpy", "--backend", "torch")
    few = ("--dtype", "float32", "--architectures", "4")
    for chosen in (("--activation", "softshrink"), ("--cost", "mae")):
        assert " passed" in run(tree, sys.executable, *verify, *few, *chosen)

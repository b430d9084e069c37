"""What the README shows is what there is."""

import re
import shlex
import sys
from importlib import import_module
from pathlib import Path

import duckdb
import numpy as np
import pytest
from suite import execute, lines_with, run

import crossgrad
from crossgrad.comparisons import ROOMS
from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.backends import MODES
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.comparisons.equations.walk import CHECKS
from crossgrad.comparisons.suite.options import OPTIONS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
JUDGED, OWN, TESTED, *_ = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SIGMOID = "3x4x2-sigmoid,sigmoid-quadratic-float64-m3-s1"


def test_arrays_are_judged_as_it_says(capsys):
    """The call stands as it is; the network is written by hand."""
    rng = np.random.default_rng(0)
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in ((2, 3), 3, (3, 1), 1))
    x, y = rng.normal(size=(4, 2)), rng.uniform(size=(4, 1))
    h = np.tanh(x @ W1 + b1)
    d2 = (1 / (1 + np.exp(-(h @ W2 + b2))) - y) / 4
    d1 = d2 @ W2.T * (1 - h**2)
    gradients = {"dW1": x.T @ d1, "db1": d1.sum(0), "dW2": h.T @ d2, "db2": d2.sum(0)}
    given = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "x": x, "y": y, "crossgrad": crossgrad}
    exec(JUDGED, given | gradients)  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("right: all 13 numbers are within")


def test_own_backprop_passes(tmp_path):
    """The ten lines, as they stand."""
    file = tmp_path / "my_network.py"
    file.write_text(OWN, encoding="utf-8")
    code, output = run("--backend", f"{file}:gradients", "--scenario", SIGMOID)
    assert code == pytest.ExitCode.OK, output


def test_own_backprop_is_judged(tmp_path):
    """The ten lines without σ′ on the way back."""
    file = tmp_path / "my_network.py"
    file.write_text(OWN.replace("@ delta * a[l] * (1 - a[l])", "@ delta"), encoding="utf-8")
    code, output = run("--backend", f"{file}:gradients", "--scenario", SIGMOID)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert lines_with(output, "fails dW at layer 1")


def test_own_backprop_passes_in_a_test_of_its_own(tmp_path):
    """Both files as they stand, in one folder."""
    (tmp_path / "my_network.py").write_text(OWN, encoding="utf-8")
    file = tmp_path / "test_my_network.py"
    file.write_text(TESTED, encoding="utf-8")
    code, output = execute([sys.executable, "-m", "pytest", str(file)])
    assert code == pytest.ExitCode.OK, output
    assert "1 passed" in output


@pytest.mark.parametrize(
    "line", re.findall(r"^\.venv/bin/crossgrad (explain .*)$", README, re.MULTILINE)
)
def test_explain_runs_as_it_stands(line, tmp_path, monkeypatch, capsys):
    """Each line; what it reads is in the clone, what it writes is not."""
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line, comments=True)) == 0
    assert "every equation holds for everybody" in capsys.readouterr().out


def test_ci_runs_the_second_command():
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_options_are_those_there_are():
    """Each option in the README is one of the suite, and the other way round."""
    shown = set(
        re.findall(r"--[a-z][a-z-]*", README.partition("## Options")[2].partition("## ")[0])
    )
    assert shown == {f"--{name}" for name in OPTIONS}


def test_query_runs_on_the_rows_of_a_study(tmp_path, monkeypatch):
    """The SQL as it stands: activations and depths, the worst first, all within their bounds."""
    monkeypatch.chdir(tmp_path)
    asked = "--cases", "32", "--draws", "8", "--backend", "numpy", "--jobs", "1"
    assert main(["study", *asked, "--out", "found"]) == 0
    query = re.search(r"```sql\n(.*?)```", README, re.DOTALL).group(1)
    answer = duckdb.sql(query).fetchall()
    assert {type(value) for value in answer[0]} == {str, int, float}
    assert [row[2] for row in answer] == sorted((row[2] for row in answer), reverse=True)
    assert 0 < answer[0][2] <= 1


def test_every_mode_is_named():
    """In the table of modes; and there are as many divergences as it says."""
    part = README.partition("## Every mode")[2].partition("### Where")[0]
    assert set(MODES) <= set(re.findall(r"`([a-z0-9.]+)`", part))
    known = [entry for entry in DIVERGENCES if entry.framework in ("torch", "jax")]
    said = re.search(r"over (\d+) divergences of torch and JAX", README)
    assert len(known) > int(said[1])


def test_files_are_there():
    """Each file and folder that the README names."""
    names = re.findall(r"`((?:reference|comparisons|tests)/[a-z_/]*(?:\.py)?)", README)
    assert names
    assert all((ROOT / name).exists() for name in names)


def test_equations_are_where_the_table_says():
    """Each `file: function` of the table, in the folder of its column."""
    table = README.split("## The equations and where they are")[1].split("\n\n")[1]
    told = re.findall(r"`(\S+): (\w+)`", table)
    assert len(told) == len(re.findall(r"`\S+: ", table)) > len(CHECKS)
    for file, function in told:
        found = [ROOT / folder / file for folder in ("reference", "comparisons/parts")]
        (path,) = filter(Path.exists, found)
        assert re.search(rf"^ *def {function}\(", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_layout_has_the_rooms_in_their_order():
    """Each with what its ``__init__`` says that it holds."""
    purpose = [import_module(f"crossgrad.comparisons.{room}").__doc__ for room in ROOMS]
    lines = [
        f"  {room}/".ljust(18) + text.splitlines()[0]
        for room, text in zip(ROOMS, purpose, strict=True)
    ]
    assert "\n".join(["", *lines, ""]) in README


def test_scenario_of_the_options_is_one():
    """The id in the README's table of options runs."""
    scenario = re.search(r"`(5x8x3-[^`]*)`", README).group(1)
    assert run("--backend", "numpy", "--scenario", scenario)[0] == pytest.ExitCode.OK

"""The commands of ``crossgrad``."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from suite import execute, run

from crossgrad.comparisons import commands
from crossgrad.comparisons.__main__ import commands as parser
from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands import verify


def test_table_of_shards_is_that_of_the_whole(tmp_path, capsys):
    files = [tmp_path / f"{k}.jsonl" for k in (1, 2, 3)]
    options = "--backend", "numpy", "--architectures", "2", "--draws", "2"
    for k, file in enumerate(files, start=1):
        assert run(*options, "--shard", f"{k}/3", "--results", file)[0] == pytest.ExitCode.OK
    _, whole = run(*options)
    assert main(["verify", "--show", *map(str, files)]) == 0
    table = capsys.readouterr().out.strip()
    assert table in whole
    assert "numpy" in table


def test_table_names_a_bad_file(tmp_path, capsys):
    """One line on standard error, exit code 2."""
    file = tmp_path / "bad.jsonl"
    file.write_text(json.dumps({"scenario": 1}), encoding="utf-8")
    assert main(["verify", "--show", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"crossgrad: {file}, line 1: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--show a --backend numpy", "--backend"),
        ("--show a --seed=0", "--seed"),
        ("--results b --show a", "--results"),
        ("-x --show a", "-x"),
        ("a --show a", "a"),
    ],
)
def test_what_has_no_effect_beside_a_table_is_refused(arguments, told, capsys):
    """In one line; the files are not read."""
    assert main(["verify", *arguments.split()]) == 2
    line = f"crossgrad: {told} has no effect on --show: nothing is run\n"
    assert capsys.readouterr() == ("", line)


def test_verify_hands_its_options_to_pytest(monkeypatch):
    asked, settings = [], {}

    def replaced_by(command, environment):
        asked.extend(command)
        settings.update(environment)
        return 1

    monkeypatch.setattr(verify, "replaced_by", replaced_by)
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    assert main(["verify", "--backend", "numpy", "-k", "a or b"]) == 1
    assert asked[-4:] == ["--backend", "numpy", "-k", "a or b"]
    assert Path(asked[-5]).parts[-2:] == ("tests", "equivalence")
    assert "PYTHONOPTIMIZE" not in settings


@pytest.mark.parametrize(
    "arguments",
    ["", "comparee", "bench --quik", "bench --js a.json", "power --alarms 0", "verify --show"],
)
def test_mistyped_command_is_told(arguments, capsys):
    """Usage and one line, exit code 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments.split())
    assert stopped.value.code == 2
    assert "crossgrad" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "successor"),
    [("diff", "compare"), ("ledger", "compare"), ("table", "verify --show")],
)
def test_a_command_that_is_gone_names_its_successor(name, successor, capsys):
    """One line, exit code 2, whatever is asked of it; it is not in the help."""
    assert main([name, "--help"]) == 2
    told = f"crossgrad: crossgrad {name} is crossgrad {successor} now\n"
    assert capsys.readouterr() == ("", told)
    assert not re.search(rf"^ *{name} ", parser().format_help(), re.MULTILINE)


@pytest.mark.parametrize("path", ["README.md/x", "/proc/x", "nowhere/x", "tests"])
def test_what_cannot_be_written_is_told_before_anything_runs(path, capsys):
    """Below a file, where rights alone do not tell, in no folder, over a folder."""
    assert main(["train", "--json", path]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"crossgrad: --json {path}: cannot be written\n")


def test_a_file_that_lacks_a_part_is_named(monkeypatch, tmp_path):
    (tmp_path / "half.py").write_text('HELP = "half of a command"', encoding="utf-8")
    monkeypatch.setattr(commands, "__path__", [str(tmp_path)])
    with pytest.raises(TypeError, match=r"half\.py: lacks options, run"):
        commands.command_of("half")


def test_help_imports_no_framework():
    """``crossgrad --help`` is quick."""
    code = "import sys; from crossgrad.comparisons.__main__ import commands; "
    code += "commands().format_help(); "
    code += "assert not {'torch', 'jax', 'numpy'} & set(sys.modules)"
    assert execute([sys.executable, "-c", code])[0] == 0


def test_a_closed_pipe_is_told_once(tmp_path):
    """One line, no traceback; what is to be written is written."""
    file = tmp_path / "all.json"
    code = "import os, sys; from crossgrad.comparisons.commands.terminal import Output, tell; "
    code += "from pathlib import Path; "
    code += f"files = {{Path({str(file)!r}): lambda: 'all'}}; "
    code += "raise SystemExit(tell(lambda: Output('much ' * 50000, 1, files)))"
    reader, writer = os.pipe()
    os.close(reader)
    finished = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert finished.stderr == "crossgrad: standard output was closed before all was told\n"
    assert finished.returncode == 1
    assert file.read_text("utf-8") == "all"

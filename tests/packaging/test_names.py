"""The one name, from the top: what is offered, when it is imported, how the suite is started."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from suite import ROOT, execute

import crossgrad
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import DEFAULT
from crossgrad.comparisons.machine.location import (
    VERIFY,
    VERIFYING,
    as_typed,
    command,
    install,
    installed,
    on_path,
    run_from_here,
)
from crossgrad.comparisons.problems.choice import Choice
from crossgrad.comparisons.problems.generations import NEWEST
from crossgrad.comparisons.problems.scenario import usual_draws
from crossgrad.comparisons.suite.options import CHOOSING, OPTIONS


def run_code(code):
    return execute([sys.executable, "-c", code])[1]


def test_names_at_the_top_are_imported_when_they_are_asked_for():
    """Each is there; nothing is before."""
    code = "import crossgrad, sys; print(*sorted(sys.modules)); "
    code += "print([getattr(crossgrad, name) for name in crossgrad.__all__])"
    said = execute([sys.executable, "-c", code])[1]
    before = said.splitlines()[0].split()
    assert [name for name in before if name.startswith("crossgrad")] == ["crossgrad"]
    assert "numpy" not in before
    assert dir(crossgrad) == sorted([*crossgrad.__all__, "comparisons", "reference"])
    assert crossgrad.reference.__name__ == "crossgrad.reference"
    with pytest.raises(AttributeError, match="'crossgrad' has no attribute 'judje'"):
        _ = crossgrad.judje


def test_the_top_has_one_copy():
    """A clone's folder is in the path of the package."""
    code = "try: import crossgrad.crossgrad\nexcept ImportError as error: print(error)"
    assert "is crossgrad's: by another name it is a second copy" in run_code(code)


def test_a_folder_without_code_is_no_package(tmp_path, monkeypatch):
    """One's own notes on torch, say."""
    (tmp_path / "flax_notes").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert not installed("flax_notes")
    assert not installed("no_such_package")
    assert installed("numpy")


def test_pytest_may_be_started_by_whoever_imports_the_package(tmp_path):
    """Where warnings are errors: it does not ask to be rewritten."""
    file = tmp_path / "test_main.py"
    file.write_text(
        "import crossgrad, pytest\n"
        "def test_a(): pass\n"
        "if __name__ == '__main__': pytest.main([__file__, '-q', '-W', 'error'])\n"
    )
    assert "1 passed" in execute([sys.executable, str(file)])[1]


def test_a_module_has_one_copy_whichever_way_it_is_reached():
    """By the folders of the clone, not by the links that editors follow."""
    code = "import crossgrad.reference.costs as c; print(c.__file__); import sys; "
    code += "print([m for m in sys.modules if m.endswith('costs')])"
    said = run_code(code).splitlines()
    assert said == [str(ROOT / "reference" / "costs.py"), "['crossgrad.reference.costs']"]


def test_the_plugin_imports_names_only():
    """An unused run does not pay for it."""
    code = "import pytest, sys; before = set(sys.modules); import crossgrad.plugin; "
    code += "print(*sorted(set(sys.modules) - before))"
    said = execute([sys.executable, "-c", code])[1].split()
    others = [name for name in said if not name.startswith("crossgrad")]
    assert [name for name in others if name.partition(".")[0] not in sys.stdlib_module_names] == []
    assert len(said) < 20


def test_every_option_of_the_plugin_begins_with_the_name(tmp_path):
    """Nobody else has one of them; nor has it a fixture but one."""
    help_, fixtures = (
        execute([sys.executable, "-m", "pytest", *what, str(tmp_path)])[1]
        for what in (["--help"], ["--fixtures", "-v"])
    )
    part = help_.partition("crossgrad: the networks")[2].partition("\n\n")[0]
    shown = re.findall(r"^ +(--[\w-]+)", part, re.MULTILINE)
    assert shown == [f"--crossgrad-{name}" for name in CHOOSING]
    assert re.findall(r"^(\w+) .*crossgrad/plugin.py", fixtures, re.MULTILINE) == ["crossgrad"]


def test_options_that_choose_are_the_fields_of_a_choice():
    """By their names; and the help tells the defaults."""
    assert sorted(CHOOSING) == sorted(Choice._fields)
    assert " and ".join(FORMATS) in CHOOSING["dtype"]["help"]
    assert f"default {usual_draws(NEWEST)}:" in CHOOSING["draws"]["help"]
    assert ", ".join(DEFAULT) in OPTIONS["backend"]["help"]


def test_the_clone_has_the_settings_of_the_installed_suite():
    """But for what its conftest.py loads, and a cache of what failed last."""
    clone = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    installed = tomllib.loads((ROOT / "comparisons/suite/pytest.toml").read_text("utf-8"))["pytest"]
    assert (clone["strict"], clone["filterwarnings"]) == (True, installed["filterwarnings"])
    more = ["-p", "crossgrad.comparisons.suite.plugin", "-p", "no:cacheprovider"]
    assert clone["addopts"] + more == installed["addopts"]


def test_a_command_is_told_as_it_can_be_typed_here(tmp_path, monkeypatch):
    """In the clone's own folder by pytest; from anywhere else by the name."""
    here = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(here))
    monkeypatch.delenv(VERIFYING, raising=False)
    on_path.cache_clear()
    monkeypatch.chdir(ROOT)
    assert run_from_here() == 'pytest "tests/equivalence"'
    assert install("atlas") == "pip install -c constraints.txt -e '.[atlas]'"
    monkeypatch.setenv(VERIFYING, "1")
    assert run_from_here() == "crossgrad verify"
    monkeypatch.delenv(VERIFYING)
    monkeypatch.chdir(tmp_path)
    assert run_from_here() == "crossgrad verify"
    assert install("atlas") == f"pip install -c {ROOT}/constraints.txt -e '{ROOT}[atlas]'"
    monkeypatch.setenv("PATH", str(tmp_path))
    on_path.cache_clear()
    assert run_from_here() == f"{here}/crossgrad verify"
    assert command("nothing") == f"{sys.executable} -m nothing"
    on_path.cache_clear()
    assert as_typed([*VERIFY, "-x"]) == ["crossgrad", "verify", "-x"]
    assert as_typed(["tests/equivalence"]) == ["pytest", "tests/equivalence"]

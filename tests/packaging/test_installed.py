"""The package as people install it: a wheel in a fresh environment, beside a project of their own.

Of each Python that is here; frameworks on the one that runs the tests, for which they are pinned.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from suite import execute

from crossgrad.comparisons.commands import COMMANDS
from crossgrad.comparisons.suite.options import OPTIONS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = f"3.{sys.version_info.minor}"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
#: What takes long to unpack is linked, from the environment that runs the tests.
LARGE = ("torch", "jax", "jaxlib", "scipy", "sympy", "matplotlib")
#: What is said where something is missing.
MISSING = {
    "verify": "verify needs pytest: pip install 'crossgrad[suite]'",
    "train --steps 2 --plot x.svg": "--plot needs matplotlib: pip install 'crossgrad[plot]'",
    "explain --backend jax": "backend jax: not installed: pip install 'crossgrad[jax]'",
    "atlas": "atlas needs flint: pip install 'crossgrad[atlas]'",
    "bench steps": "bench needs pytest: pip install 'crossgrad[suite]'",
    "power --slackness x.jsonl": "--slackness needs flint: pip install 'crossgrad[atlas]'",
    "power": "backend torch: not installed: pip install 'crossgrad[torch]'",
}
#: Hypothesis's plugin takes as long as all the rest.
QUICK = ("-p", "no:hypothesispytest")
ONE = ("--scenario", "2x2x1-sigmoid,sigmoid-quadratic-float64-m4-s0-k3-g2")


# ------------------------------------------------------------------ an environment
def python(minor):
    """An interpreter of a minor version, or none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [shutil.which(f"python{minor}"), *sorted(pyenv.glob(f"{minor}.*/bin/python"))]
    ours = [sys.executable] if minor == OURS else []
    for path in filter(None, [*ours, *found]):
        asked = [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
        if said.stdout.strip() == minor:  # a shim of pyenv's finds nothing, and says so
            return path
    return None


class Environment:
    """Of its own, and a copy of a foreign project to call its commands from."""

    def __init__(self, folder, interpreter):
        self.bin = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self.project = folder / "project"
        shutil.copytree(HERE / "foreign", self.project)
        outer = ("PYTEST_", "PYTHON", "CROSSGRAD_", "COLUMNS")
        self.variables = {k: v for k, v in os.environ.items() if not k.startswith(outer)}
        self.variables |= {"PYTEST_ADDOPTS": "", "PYTHONIOENCODING": "utf-8"}
        self.run(interpreter, "-m", "venv", "--without-pip", folder / "venv")
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        self.packages = Path(self.run(self.bin / "python", "-c", where).strip())

    def run(self, *command, code=0, **variables):
        """What a command says, called in the project; it has to end with the exit code."""
        finished = subprocess.run(  # noqa: S603 - our own commands
            list(map(str, command)),
            cwd=self.project,
            env=self.variables | variables,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert finished.returncode == code, finished.stdout + finished.stderr
        return finished.stdout + finished.stderr

    def install(self, *what, linked=(), constraints=("-c", ROOT / "constraints.txt")):
        """By the pip that there is; it has to ask for what is linked, and finds it."""
        for found in map(distribution, linked):
            for top in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
                (self.packages / top).symlink_to(found.locate_file(top))
        pip = [sys.executable, "-m", "pip", "--python", self.bin.parent, "install", "--no-compile"]
        compiled = {"PYTHONPYCACHEPREFIX": str(self.bin.parent / "pip")}  # not where pip is
        said = self.run(*pip, *constraints, *what, **compiled)
        assert all(f"Requirement already satisfied: {name}" in said for name in linked), said

    def crossgrad(self, *arguments, **how):
        return self.run(self.bin / "crossgrad", *arguments, **how)

    def add_plugin(self):
        """Somebody else's plugin of pytest, as pip leaves it."""
        shutil.copy(HERE / "other_plugin.py", self.packages)
        metadata = self.packages / "other_plugin-1.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: other-plugin\nVersion: 1\n"
        )
        (metadata / "entry_points.txt").write_text("[pytest11]\nother_plugin = other_plugin\n")


# ------------------------------------------------------------------ what is built
def build(source, folder, *targets):
    """By the build system that pyproject.toml names."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder), *targets]
    subprocess.run(command, cwd=source, check=True, capture_output=True)  # noqa: S603 - ours


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("built")
    build(ROOT, folder, "-t", "sdist", "-t", "wheel")
    return folder


def wheel_in(folder):
    (wheel,) = folder.glob("*.whl")
    return wheel


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_below(folder, inside):
    """Each file of a folder of the clone, and where it is in the wheel."""
    paths = (
        path for path in (ROOT / folder).rglob("*") if path.is_file() and not path.is_symlink()
    )
    return {
        f"{inside}/{path.relative_to(ROOT / folder).as_posix()}": path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }


def test_the_wheel_has_one_name_and_everything_in_it(built):
    """Byte for byte: both parts, the suite, the top; nothing else but what is said of it."""
    files = contents(wheel_in(built))
    said = {name for name in files if name.partition("/")[0].endswith(".dist-info")}
    assert {name: files[name] for name in files.keys() - said} == {
        **files_below("crossgrad", "crossgrad"),
        **files_below("reference", "crossgrad/reference"),
        **files_below("comparisons", "crossgrad/comparisons"),
        **files_below("tests/equivalence", "crossgrad/comparisons/suite/equivalence"),
    }


def test_the_wheel_of_the_sdist_is_the_same(built, tmp_path):
    """Also where links were lost: as in an archive, or on Windows."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    build(source, tmp_path / "again", "-t", "wheel")
    assert contents(wheel_in(tmp_path / "again")) == contents(wheel_in(built))


# ------------------------------------------------------------------ installed
@pytest.mark.parametrize("minor", PYTHONS)
def test_a_project_of_their_own(minor, built, tmp_path):
    """What needs nothing, then the suite, then their tests, all called from a foreign project."""
    interpreter = python(minor)
    if not interpreter:
        pytest.skip(f"Python {minor} is not here")
    here = Environment(tmp_path, interpreter)
    if minor == OURS:
        here.install(wheel_in(built), linked=["numpy"])
        tells_what_is_missing(here)
        has_one_name(here)
        here.install("crossgrad[suite]", linked=LARGE)  # as it is printed
        assert "5 passed" in here.run(here.bin / "pytest", "-q")
    else:
        here.install(wheel_in(built), "pytest", "pytest-xdist", "hypothesis")
        has_one_name(here)
    here.add_plugin()
    verifies(here, () if minor == OURS else ("--backend", "numpy"))
    assert "5 passed" in here.run(here.bin / "pytest", "-q", "-n", "2", *QUICK)


def has_one_name(here):
    """And commands, some of which need nothing else."""
    for name in ("reference", "comparisons", "tests"):
        alone = f"import sys; sys.path.remove(''); import crossgrad, {name}"
        said = here.run(here.bin / "python", "-c", alone, code=1)
        assert said.endswith(f"ModuleNotFoundError: No module named '{name}'\n")
    assert f"crossgrad {version('crossgrad')}\n" == here.crossgrad("--version")
    said = here.crossgrad("--help"), here.crossgrad("verify", "--help")
    assert all(name in said[0] for name in COMMANDS)
    assert all(f"--{name} " in said[1] for name in OPTIONS)
    said = here.crossgrad("explain", ONE[1], "--html", "page.html")
    assert "every equation holds" in said
    assert "not asked: jax: not installed: pip install 'crossgrad[jax]'\n" in said


def tells_what_is_missing(here):
    """In a line, before anything is written."""
    for command, lacks in MISSING.items():
        said = here.crossgrad(*command.split(), code=4 if command == "verify" else 2)
        assert said == f"crossgrad: {lacks}\n"
        assert not (here.project / "x.svg").exists()


def test_an_older_pytest(built, tmp_path):
    """The fixture is there; the suite says what it needs."""
    here = Environment(tmp_path, sys.executable)
    suite = ("pytest-xdist", "hypothesis", "pytest==8.0.2")
    here.install(wheel_in(built), *suite, linked=["numpy", "hypothesis"], constraints=())
    assert "5 passed" in here.run(here.bin / "pytest", "-q", *QUICK)
    said = here.crossgrad("verify", code=4)
    assert said == "crossgrad: verify needs pytest 9, and this is 8.0.2\n"


def verifies(here, backends):
    """In spite of the settings, plugins and variables of others; and in processes of its own."""
    theirs = {"PYTEST_ADDOPTS": "--nonsense", "PYTEST_PLUGINS": "nowhere"}
    said = here.crossgrad("verify", *backends, *ONE, "--results", "rows.jsonl", **theirs)
    assert " passed in " in said
    assert "skipped" not in said
    assert (here.project / "rows.jsonl").exists()
    said = here.crossgrad("verify", "--backend", "network.py:half", *ONE, "-n", "0", code=1)
    (again,) = {line for line in said.splitlines() if line.startswith("  reproduce ")}
    words = shlex.split(again)[1:]
    assert words[:2] == [str(here.bin / "crossgrad"), "verify"]  # which is on no path
    assert "network.py:half fails" in here.run(*words, "-n", "0", code=1)
    study = ("study", "--cases", "8", "--draws", "4", "--backend", "numpy", "--jobs", "2")
    assert here.crossgrad(*study, "--out", "study")


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_a_clone_is_what_is_tested_in_it(built, tmp_path, mode):
    """Not the package that is installed in the same environment."""
    shutil.unpack_archive(wheel_in(built), tmp_path / "installed", "zip")
    script = tmp_path / "script.py"
    script.write_text(
        "import pytest, sys\n"
        "pytest.main(sys.argv[1:])\n"
        "import crossgrad\n"
        "print('tested', crossgrad.ROOT)\n"
    )
    arguments = (
        "-q",
        f"--import-mode={mode}",
        "--backend",
        "numpy",
        *ONE,
        "tests/equivalence/test_equations.py",
    )
    environment = {"PYTHONPATH": str(tmp_path / "installed")}
    code, output = execute([sys.executable, str(script), *arguments], environment)
    assert code == 0, output
    assert "1 passed" in output
    assert output.endswith(f"tested {ROOT}\n")

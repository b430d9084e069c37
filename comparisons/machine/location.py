"""Where this package and its suite are, and the commands that run it or install a missing extra."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from crossgrad import IN_CLONE, ROOT

HERE = Path(__file__).parents[1] / "suite"
SUITE = ROOT / "tests" / "equivalence" if IN_CLONE else HERE / "equivalence"
#: What ``crossgrad verify`` gives to pytest, before what a user gives.
VERIFY = ("-c", str(HERE / "pytest.toml"), "--rootdir", str(SUITE.parent), "-n", "auto", str(SUITE))
#: A variable of the environment of its processes.
VERIFYING = "CROSSGRAD_VERIFYING"


def findable(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which a new process finds this package; a clone need not be installed."""
    if not IN_CLONE:
        return dict(environment)
    path = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
    return {**environment, "PYTHONPATH": path}


# ------------------------------------------------------------------ commands, as they are typed
def run_from_here() -> str:
    """The command that runs the suite from the current folder."""
    if in_root() and VERIFYING not in os.environ:
        return f'{command("pytest")} "tests/equivalence"'
    return f"{command('crossgrad')} verify"


def in_root() -> bool:
    """Whether the current folder is a clone's."""
    try:
        return IN_CLONE and Path.cwd() == ROOT
    except FileNotFoundError:  # it has been deleted
        return False


def command(name: str) -> str:
    """A command of this environment: its name, if the shell finds it by that, else where it is."""
    if on_path(name):
        return name
    file = Path(sys.executable).with_name(name)
    if not file.exists():
        return f"{shlex.quote(sys.executable)} -m {name}"
    inside = in_root() and file.is_relative_to(ROOT)
    return shlex.quote(str(file.relative_to(ROOT) if inside else file))


@cache
def on_path(name: str) -> bool:
    """Whether the shell finds the command of this environment, and not another's."""
    found = shutil.which(name)
    return found is not None and Path(found).parent == Path(sys.executable).parent


def as_typed(arguments: Sequence[object]) -> list[str]:
    """The command that started pytest with these arguments."""
    given = [*map(str, arguments)]
    if given[: len(VERIFY)] == [*VERIFY]:
        return ["crossgrad", "verify", *given[len(VERIFY) :]]
    return ["pytest", *given]


# ------------------------------------------------------------------ what is missing
def install(extra: str) -> str:
    if not IN_CLONE:
        return f"pip install 'crossgrad[{extra}]'"
    if in_root():
        return f"pip install -c constraints.txt -e '.[{extra}]'"
    constraints, clone = str(ROOT / "constraints.txt"), f"{ROOT}[{extra}]"
    return f"pip install -c {shlex.quote(constraints)} -e {shlex.quote(clone)}"


def installed(package: str) -> bool:
    """Whether it can be imported; a folder of its name is none, unless somebody installed that."""
    spec = find_spec(package)
    if spec is None or spec.origin is not None:
        return spec is not None
    from importlib.metadata import packages_distributions  # noqa: PLC0415 - rarely asked

    return package in packages_distributions()


def require(package: str, what: str, extra: str) -> None:
    """Raise ``ValueError``, with one line that names the extra, if a package is not installed."""
    if not installed(package):
        raise ValueError(f"{what} needs {package}: {install(extra)}")


def require_suite(what: str) -> None:
    """The same of all that the suite runs with, beside the frameworks."""
    for package in ("pytest", "xdist", "hypothesis"):
        require(package, what, "suite")

"""Where this package and its suite are, and the commands that run it or install a missing extra."""

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from crossgrad import IN_CLONE, ROOT

HERE = Path(__file__).parent / "suite"
SUITE = ROOT / "tests" / "equivalence" if IN_CLONE else HERE / "equivalence"
#: What ``crossgrad verify`` gives to pytest, before what a user gives.
VERIFY = ("-c", str(HERE / "pytest.toml"), "--rootdir", str(SUITE.parent), "-n", "auto", str(SUITE))


def findable(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which a new process finds this package; a clone need not be installed."""
    if not IN_CLONE:
        return dict(environment)
    path = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
    return {**environment, "PYTHONPATH": path}


def run_from_here() -> str:
    """The command that runs the suite from the current folder."""
    return 'pytest "tests/equivalence"' if IN_CLONE and Path.cwd() == ROOT else "crossgrad verify"


def as_typed(arguments: Sequence[object]) -> list[str]:
    """The command that started pytest with these arguments."""
    given = [*map(str, arguments)]
    if given[: len(VERIFY)] == [*VERIFY]:
        return ["crossgrad", "verify", *given[len(VERIFY) :]]
    return ["pytest", *given]


def install(extra: str) -> str:
    """The command that installs an extra."""
    if IN_CLONE:
        return f"pip install -c constraints.txt -e '.[{extra}]'"
    return f"pip install 'crossgrad[{extra}]'"


def require(package: str, what: str, extra: str) -> None:
    """Raise ``ValueError``, with one line that names the extra, if a package is not installed."""
    if not find_spec(package):
        raise ValueError(f"{what} needs {package}: {install(extra)}")


def require_suite(what: str) -> None:
    """The same of all that the suite runs with, beside the frameworks."""
    for package in ("pytest", "xdist", "hypothesis"):
        require(package, what, "suite")

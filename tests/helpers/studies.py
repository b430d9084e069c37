"""Small studies, as a user makes them; their blocks are done in this process."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.commands.study import folder
from crossgrad.comparisons.commands.study.folder import Folder

#: Twelve blocks of two draws each, through two quick backends.
SMALL = ("--backend", "numpy", "--backend", "numpy.fast", "--draws", "2", "--seed", "3")
CASES = ("--cases", "24", *SMALL, "--jobs", "1")
PROCESSES = "crossgrad.comparisons.commands.study.executors.processes"
#: A backend whose bias gradients lack the last sample.
WRONG = """
from crossgrad.comparisons.backends.numpy_reference import trace

def wrong(problem):
    found = trace(problem)
    db = [d[:, :-1].sum(axis=1, keepdims=True) for d in found.delta]
    parts = {name: list(getattr(found, name)) for name in ("dW", "z", "a", "delta")}
    return parts | {"db": db, "cost": found.cost}
"""


def study(out, *arguments):
    return main(["study", "--out", str(out), *map(str, arguments)])


def rows(out):
    """All rows, block by block, without what the clock says."""
    return {
        number: [{k: v for k, v in row.items() if k != "seconds"} for row in group]
        for number, _, group in Folder.open(out).blocks()
    }


@pytest.fixture
def in_this_process(monkeypatch):
    """Threads for processes: nothing has to start, and what is patched here is patched there."""
    monkeypatch.setattr(PROCESSES, ThreadPoolExecutor)


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """A study that nothing interrupted, in one part."""
    out = tmp_path_factory.mktemp("study") / "whole"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PROCESSES, ThreadPoolExecutor)
        patch.setattr(folder, "PAUSE", float("inf"))
        assert study(out, *CASES) == 0
    return out

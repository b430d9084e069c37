"""The study of false alarms: correct programs, and whatever is called wrong in them."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import DEFAULT
from crossgrad.comparisons.backends.variants import VARIANT, VARIANTS
from crossgrad.comparisons.commands.power.totals import Totals
from crossgrad.comparisons.commands.study.engine import run
from crossgrad.comparisons.commands.study.executors import executor_of
from crossgrad.comparisons.commands.study.folder import Folder, Header, locked
from crossgrad.comparisons.commands.study.plan import Plan, installed
from crossgrad.comparisons.problems.choice import DRAWS
from crossgrad.comparisons.records.baseline.surroundings import differences

NAMES = tuple(VARIANT + name for name in VARIANTS)


def plan_of(
    seed: int,
    draws: int = DRAWS,
    backends: tuple[str, ...] = DEFAULT,
    alone: tuple[str, ...] = NAMES,
) -> Plan:
    """The frameworks and every variant, in as many networks of each kind from the start."""
    return Plan(seed, draws, tuple(FORMATS), backends, installed(backends), alone, strides=True)


def false_alarms(
    plan: Plan, cases: int, path: Path | None = None, jobs: int | None = None
) -> Totals:
    """Run what is not in the folder yet; what all the cases come to.

    Raises ``ValueError`` and ``OSError`` with one line that names the culprit.
    """
    asked = plan.blocks(cases)
    totals = Totals(plan, asked)
    with folder_of(plan, cases, path) as folder, executor_of(None, jobs) as executor:
        run(plan, asked, folder, executor, totals)
    return totals


@contextmanager
def folder_of(plan: Plan, cases: int, path: Path | None) -> Iterator[Folder | None]:
    """Where the rows go, if anywhere: a new folder, or one to go on with."""
    if path is None:
        yield None
        return
    if path.is_file():
        raise ValueError(f"{path}: a file, as earlier versions wrote one: name a folder")
    path.mkdir(exist_ok=True)
    with locked(path):
        header = Header(plan, cases)
        if any(path.iterdir()):
            header = Folder.open(path).header
            for name, (there, here) in differences(header.plan.told(), plan.told()).items():
                raise ValueError(f"{path}: {name} {there} there, {here} here: cannot go on")
            header = replace(header, cases=max(cases, header.cases))
        yield Folder(path, header.here()).write_header()


def how_to_go_on(seed: int, cases: int, path: Path | None) -> str:
    """One line for who has interrupted a run."""
    if not path:
        return "nothing is kept without --alarms-file"
    command = f"crossgrad power --alarms {cases} --alarms-file {shlex.quote(str(path))}"
    return f"go on by {command} --seed {seed}"

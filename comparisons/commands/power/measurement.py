"""All of it: the mutation scores, then the smallest faults, with a bar for who watches."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from crossgrad.comparisons.commands.power import runs, score, thresholds
from crossgrad.comparisons.commands.power.checkers import others
from crossgrad.comparisons.commands.power.report import Power
from crossgrad.comparisons.equations.faults import CATALOGUE
from crossgrad.comparisons.reports.progress import Meter

PACKAGES = ("crossgrad", "numpy", "torch", "jax", "chex")


class Size(NamedTuple):
    """Networks of each kind for the scores, and for the smallest faults.

    This suite is shown every fault, other checkers one in ``every``, in narrow networks; correct
    programs are shown where those are. So many faults are put before the default run, and one in
    ``restricted`` of these before the runs of restricted programs.
    """

    networks: int
    sized: int
    every: int
    restricted: int = 8


FULL = Size(networks=3, sized=12, every=1)
QUICK = Size(networks=2, sized=1, every=12, restricted=0)
#: Every fault before the run of every restriction.
RUNS = FULL._replace(restricted=1)


def measure(size: Size, seed: int, jobs: int | None = None) -> Power:
    checkers, _ = others()
    jobs = jobs or os.cpu_count() or 1
    planted = score.tasks(size.networks, seed, size.every)
    sized, in_a_run = thresholds.tasks(size.sized, seed), runs.tasks(size.every, size.restricted)
    cases = sum(len(task.faults) for task in planted) + len(sized)
    cases += sum(len(task.planted) for task in in_a_run)
    with Meter(0, cases, "faults") as meter:
        scores = score.measure(planted, jobs, lambda task: meter.advance(len(task.faults)))
        faults = thresholds.measure(sized, jobs, lambda _: meter.advance(1))
        found = runs.measure(in_a_run, jobs, lambda task: meter.advance(len(task.planted)))
    return Power(scores, faults, checkers, settings(size, seed, jobs), tuple(found))


def settings(size: Size, seed: int, jobs: int) -> dict[str, Any]:
    """What another machine or another day may have otherwise."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return {
        "versions": {name: installed(name) for name in PACKAGES},
        "machine": machine,
        "jobs": jobs,
        "seed": seed,
        "planted": len(CATALOGUE),
        **size._asdict(),
    }


def installed(name: str) -> str | None:
    """The version of a package, if it is there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None

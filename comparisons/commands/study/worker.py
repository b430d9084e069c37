"""What is sent to a worker, in this process, in another, or on another machine.

A worker of a cluster has none of our settings: they are made before a framework is imported, and
NumPy, which a task brings with it, is told to use one thread.
"""

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from crossgrad.comparisons.machine.environment import prepare

if TYPE_CHECKING:
    from crossgrad.comparisons.commands.study.block import Finished
    from crossgrad.comparisons.commands.study.plan import Plan

#: A worker of a cluster may have several threads: one block at a time is done in a process.
ONE_AT_A_TIME = Lock()


class Task(NamedTuple):
    """A block of a plan, by its number."""

    plan: "Plan"
    block: int


def work(task: Task) -> "Finished":
    """The block; raises ``ValueError`` where other versions are installed than the plan's."""
    prepare(compile_cache=False)  # an architecture is met once
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - after the settings

    from crossgrad.comparisons.commands.study.block import finished  # noqa: PLC0415
    from crossgrad.comparisons.commands.study.plan import installed  # noqa: PLC0415

    plan = task.plan
    with ONE_AT_A_TIME, threadpool_limits(1):
        plan.check(installed(plan.backends), "at a worker")
        return finished(plan.scenario(task.block), plan.backends, plan.alone)

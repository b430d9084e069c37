"""Run what is asked for and not there yet: the one engine of studies and of false alarms."""

from concurrent.futures import Executor
from contextlib import nullcontext
from typing import Protocol

from crossgrad.comparisons.commands.study.block import Finished
from crossgrad.comparisons.commands.study.columns import Columns, as_columns
from crossgrad.comparisons.commands.study.executors import AHEAD
from crossgrad.comparisons.commands.study.folder import Folder
from crossgrad.comparisons.commands.study.plan import Plan
from crossgrad.comparisons.commands.study.worker import Task, work
from crossgrad.comparisons.judging.row import Row
from crossgrad.comparisons.machine.workers import through
from crossgrad.comparisons.reports.progress import Meter


class Results(Protocol):
    """What is made of all blocks, in any order."""

    def add(self, block: int, rows: list[Row], columns: list[Columns]) -> None:
        """The rows of a finished block, also as a file has them."""


def run(
    plan: Plan, asked: range, folder: Folder | None, executor: Executor, results: Results
) -> None:
    """Every block; of those that a folder has, nothing is done, and others are put there.

    Whatever stops it, what is finished is kept.
    """
    there = set[int]()
    for block, rows, columns in folder.blocks() if folder else ():
        there.add(block)
        results.add(block, rows, columns)
    done = sum(block in asked for block in there)
    tasks = ((block, Task(plan, block)) for block in asked if block not in there)
    meter = Meter(done * plan.draws, len(asked) * plan.draws)
    with meter, folder.keeping() if folder else nullcontext(lambda _: None) as keep:
        for block, finished in through(executor, work, tasks, AHEAD):
            columns = as_rows(plan, block, finished)
            keep(columns)
            results.add(block, finished.rows, columns)
            meter.advance(plan.draws)


def as_rows(plan: Plan, block: int, finished: Finished) -> list[Columns]:
    """The rows of a block as columns, with the seconds of the backend, or of a pair's checks."""
    scenario, count, seconds = plan.scenario(block), len(finished.rows), finished.seconds
    return [
        {
            "block": block,
            "rows": count,
            **as_columns(scenario, row, seconds.get("checks" if row.against else row.backend, 0.0)),
        }
        for row in finished.rows
    ]

"""Run what a folder does not have yet."""

from concurrent.futures import Executor

from crossgrad.comparisons.campaign.progress import Meter
from crossgrad.comparisons.campaign.workers import through
from crossgrad.comparisons.row import Row
from crossgrad.comparisons.study.block import Finished
from crossgrad.comparisons.study.columns import Columns, as_columns
from crossgrad.comparisons.study.executors import AHEAD
from crossgrad.comparisons.study.folder import Folder
from crossgrad.comparisons.study.keeper import keeper_of
from crossgrad.comparisons.study.plan import Plan
from crossgrad.comparisons.study.worker import Task, work


def run(folder: Folder, executor: Executor) -> None:
    """Every block that is asked for and not there; whatever stops it, what is finished is kept."""
    header, there = folder.header, folder.finished()
    asked = header.plan.blocks(header.cases, header.shard)
    done = sum(block in asked for block in there)
    tasks = ((block, Task(header.plan, block)) for block in asked if block not in there)
    draws = header.plan.draws
    meter = Meter(done * draws, len(asked) * draws)
    with meter, keeper_of(folder) as keeper:
        for block, finished in through(executor, work, tasks, AHEAD):
            keeper.add(as_rows(header.plan, block, finished))
            meter.advance(draws)


def as_rows(plan: Plan, block: int, finished: Finished) -> list[Columns]:
    """The rows of a block as columns; of a pair, the seconds of the checks."""
    scenario, count = plan.scenario(block), len(finished.rows)
    return [
        {"block": block, "rows": count, **as_columns(scenario, row, seconds_of(row, finished))}
        for row in finished.rows
    ]


def seconds_of(row: Row, finished: Finished) -> float:
    """What its backend took, or of a pair the checks."""
    return finished.seconds.get("checks" if row.against else row.backend, 0.0)

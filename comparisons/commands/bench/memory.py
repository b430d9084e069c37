"""What stays in memory as cases go by: the slope of a study's worker, over 10⁵ cases.

Each block is another architecture or format, compiled, verified and dropped as in a study. The
first fifth of the run, in which libraries and pools grow to their size, is left out.
"""

import math
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import DEFAULT
from crossgrad.comparisons.commands.bench.figures import Found, figure
from crossgrad.comparisons.commands.bench.process_memory import resident
from crossgrad.comparisons.commands.study.block import finished
from crossgrad.comparisons.machine.workers import processes
from crossgrad.comparisons.problems.first_networks import first_scenario

CASES, DRAWS = 100_000, 1000
#: The bar moves once in so many blocks.
STRIDE = 10
#: Mark: megabytes a thousand cases.
MOST = 1.0


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    """In a process of its own, block after block."""
    blocks = (CASES // 10 if quick else CASES) // DRAWS
    after = []
    with processes(1) as pool:
        for number in range(blocks):
            after.append(in_a_worker(pool, number))
            if number % STRIDE == 0:
                advance()
    most = math.inf if quick else MOST  # in so few blocks it has not settled
    settled = after[blocks // 5 :]
    slope = float(np.polyfit(np.arange(len(settled)) * DRAWS / 1000, settled, 1)[0])
    return Found(
        [
            figure(f"growth over {blocks * DRAWS:,} cases, a thousand", [slope], "MB", most=most),
            figure("a worker's memory at the end", [after[-1]], "MB"),
        ]
    )


def in_a_worker(pool: Executor, number: int) -> float:
    return pool.submit(megabytes_after, number).result()


def megabytes_after(number: int) -> float:
    """The worker's memory when a block is done."""
    dtype = list(FORMATS)[number % len(FORMATS)]
    scenario = first_scenario(number // len(FORMATS), DRAWS, seed=1, dtype=dtype)
    finished(scenario, DEFAULT)
    return resident()

"""Work in processes of their own. What a worker starts from imports nothing heavy."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from crossgrad.comparisons.machine.environment import prepare

Given = TypeVar("Given")
Done = TypeVar("Done")
#: So much a worker does before it is replaced: what JAX compiles stays in memory, 12 MB a task.
MOST = 64


def start() -> None:
    """Before a worker imports a framework; Ctrl-C, or its parent's end, ends it without a word.

    Most architectures are met once: their compiled programs would push others out of the cache.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=end_with_parent, daemon=True).start()
    prepare(compile_cache=False)


def end_with_parent() -> None:
    """Nobody is left to give the work to."""
    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def processes(jobs: int) -> Iterator[Executor]:
    """So many of them; raises ``ChildProcessError`` if one dies."""
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=start)
    try:
        yield pool
    except BrokenProcessPool:
        raise ChildProcessError("a worker died: if of want of memory, take fewer jobs") from None
    finally:
        pool.shutdown(cancel_futures=True)


def all_done(
    work: Callable[[Given], Done],
    todo: Sequence[Given],
    jobs: int,
    advance: Callable[[Given], None],
) -> list[Done]:
    """What each comes to, in their order; ``advance`` is told of each when it is done.

    Little work of one job is done in this process. Raises ``ChildProcessError`` if a worker dies.
    """
    done: dict[int, Done] = {}
    for number, result in each_done(work, list(enumerate(todo)), jobs):
        done[number] = result
        advance(todo[number])
    return [done[number] for number in range(len(todo))]


def each_done(
    work: Callable[[Given], Done], todo: list[tuple[int, Given]], jobs: int
) -> Iterator[tuple[int, Done]]:
    """Each number with its work done, as soon as it is."""
    if jobs == 1 and len(todo) <= MOST:
        yield from ((number, work(given)) for number, given in todo)
        return
    for first in range(0, len(todo), jobs * MOST):
        some = todo[first : first + jobs * MOST]
        with processes(min(jobs, len(some))) as pool:
            yield from through(pool, work, some, len(some))


def through(
    executor: Executor,
    work: Callable[[Given], Done],
    todo: Iterable[tuple[int, Given]],
    ahead: int,
) -> Generator[tuple[int, Done], None, None]:
    """Each number with its work done, as soon as it is; ``ahead`` at a time are given away."""
    left = iter(todo)
    given: dict[Future[Done], int] = {}
    while True:
        given |= {executor.submit(work, what): n for n, what in islice(left, ahead - len(given))}
        if not given:
            return
        done = wait_for(given, return_when=FIRST_COMPLETED).done
        for future in sorted(done, key=failed):  # what is finished is not lost to what is not
            yield given.pop(future), future.result()


def failed(future: Future[Done]) -> bool:
    return future.cancelled() or future.exception() is not None

"""Who does the blocks: processes of this machine, or a dask cluster, as executors alike."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from crossgrad.comparisons.machine.workers import processes

#: Seconds to wait for a scheduler, and how often a block may lose its worker.
PATIENCE, RETRIES = 10, 3
#: Blocks that are given away at a time: enough for every worker to find one, few in memory.
AHEAD = 256


@contextmanager
def executor_of(scheduler: str | None, jobs: int | None) -> Iterator[Executor]:
    """The cluster's, if there is one; raises ``OSError`` with one line."""
    if scheduler is None:
        with processes(jobs or os.cpu_count() or 1) as pool:
            yield pool
    else:
        with cluster(scheduler) as pool:
            yield pool


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """A dask cluster's: a block whose worker dies is given to another one."""
    from distributed import KilledWorker  # noqa: PLC0415 - optional

    logging.disable()  # what is lost is told in one line
    try:
        client = connected(address)
        try:
            yield client.get_executor(retries=RETRIES)
        finally:
            with suppress(Exception):  # a scheduler that is gone cannot be told so
                client.close(timeout=PATIENCE)
    except KilledWorker as error:
        raise ChildProcessError(f"--scheduler {address}: {first_line(error)}") from None
    except CancelledError:
        raise ConnectionError(f"--scheduler {address}: the connection is lost") from None
    finally:
        logging.disable(logging.NOTSET)


def connected(address: str) -> Any:  # noqa: ANN401 - distributed has no types for it
    from distributed import Client  # noqa: PLC0415 - optional

    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except OSError as error:
        raise ConnectionError(f"--scheduler {address}: {first_line(error)}") from None


def has_port(address: str) -> bool:
    """Whether it is the address of a scheduler: tcp://HOST:PORT, or HOST:PORT."""
    try:
        return bool(urlsplit(address if "://" in address else f"tcp://{address}").port)
    except ValueError:
        return False


def first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

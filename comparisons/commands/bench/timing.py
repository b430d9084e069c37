"""Seconds of several ways to do one thing, in turns: what drifts, drifts for all of them."""

import time
from collections.abc import Callable, Mapping
from math import ceil

Work = Callable[[], object]
#: A turn of each way takes so long at least, whatever a call does: seconds.
TURN = 0.02


def interleaved(
    ways: Mapping[str, Work], rounds: int, turn: float = TURN
) -> dict[str, list[float]]:
    """The seconds of a call of each way, once a round; in every other round backwards."""
    calls = {name: ceil(turn / warmed(work, turn)) for name, work in ways.items()}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            found[name].append(repeated(ways[name], calls[name]))
    return found


def warmed(work: Work, turn: float) -> float:
    """The seconds of a call that is not the first, which may compile."""
    work()
    second = repeated(work, 1)
    return second if second > turn else repeated(work, 3)


def repeated(work: Work, calls: int) -> float:
    """The seconds of one of so many calls."""
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls

"""Every number of 500 judged scenarios, as digests: has a change of the code changed a bound?

    python -m tests.oracle save FILE         on the tree of before
    python -m tests.oracle compare FILE      on the tree of now, on the same machine

A digest is of what was reported and expected, of the bound and the residual, entry by entry, and of
what is said of it: its status, what divergences explain, the likely cause. Traces are judged whole,
without what is on the way, and with entries that are off by 64 ulps. The last bits of functions are
those of a processor and its libraries, so that a file says nothing on another machine.
"""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.judging.verdict import judged
from crossgrad.comparisons.judging.verification import answers, drawn
from crossgrad.comparisons.problems.choice import random_scenario
from crossgrad.comparisons.problems.networks import DEEP, SHALLOW
from crossgrad.comparisons.problems.problem import Trace
from crossgrad.comparisons.problems.scenario import Scenario

#: All large networks of a round with all draws, and as many of the small ones as make 500.
LARGE, SMALL, OF_SMALL = SHALLOW + DEEP, 500 - SHALLOW - DEEP, 3
#: JAX compiles each network: it is asked one in so many.
BACKENDS = {"numpy": 1, "torch": 1, "jax": 12}
#: Of a trace's entries one in so many is moved, by so many units of roundoff.
EVERY, MOVED = 7, 64
Digests = dict[str, str]


def scenarios() -> Iterator[Scenario]:
    for index in range(LARGE + SMALL):
        for dtype in ALL_FORMATS:
            yield random_scenario(index, 21 if index < LARGE else OF_SMALL, 0, dtype)


def moved(trace: Trace, dtype: str) -> Trace:
    def off(array: np.ndarray) -> np.ndarray:
        factor = np.ones(array.size)
        factor[::EVERY] += MOVED * ALL_FORMATS[dtype].u
        return (array * factor.reshape(array.shape)).astype(array.dtype)

    parts = {name: [off(array) for array in getattr(trace, name)] for name in ("dW", "db", "delta")}
    return replace(trace, **parts)


def digests(item: tuple[int, Scenario]) -> Digests:
    """Of one scenario, backend by backend, by what of the trace is judged."""
    number, scenario = item
    problems, stack = drawn(scenario)
    found: Digests = {}
    for name, share in BACKENDS.items():
        if number // len(ALL_FORMATS) % share:
            continue
        trace = answers(load_backend(name), problems, stack)
        seen = {
            "whole": trace,
            "gradients": Trace(trace.dW, trace.db),
            "moved": moved(trace, scenario.dtype),
        }
        for what, partial in seen.items():
            for comparison, row in judged(scenario, load_backend(name), stack, partial):
                arrays = (getattr(comparison, part) for part in PARTS)
                digest = blake2b(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays))
                told = (row.status, row.cause, row.explained, row.uninformative, row.residual)
                digest.update(repr(told).encode())
                key = f"{name} {what} {comparison.check}{comparison.layer}"
                found[key] = digest.hexdigest()[:16]
    return found


PARTS = ("reported", "expected", "bound", "residual")


def record() -> dict[str, Digests]:
    """Of all of them, in two processes."""
    asked = list(enumerate(scenarios()))
    with ProcessPoolExecutor(2) as pool:
        found = pool.map(digests, asked, chunksize=8)
        return {str(scenario): one for (_, scenario), one in zip(asked, found, strict=True)}


def told(before: dict[str, Digests], now: dict[str, Digests]) -> list[str]:
    """A line for each that is another, or is not there on one of the two sides."""
    return [
        f"{scenario}: {key}"
        for scenario in sorted({*before, *now})
        for key in sorted({*before.get(scenario, {}), *now.get(scenario, {})})
        if before.get(scenario, {}).get(key) != now.get(scenario, {}).get(key)
    ]


def main(verb: str, file: str) -> int:
    """Save them, or say how many are the same."""
    found, path = record(), Path(file)
    count = sum(map(len, found.values()))
    if verb == "save":
        path.write_text(json.dumps(found, indent=0), "utf-8")
        sys.stdout.write(f"{count} comparisons of {len(found)} scenarios: {path}\n")
        return 0
    others = told(json.loads(path.read_text("utf-8")), found)
    lines = [*others[:20], f"{count - len(others)} of {count} comparisons have the same bits"]
    sys.stdout.write("\n".join(lines) + "\n")
    return bool(others)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

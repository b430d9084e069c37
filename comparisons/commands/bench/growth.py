"""How time and memory grow with the number of parameters, the batch and the depth, in float32.

A gradient step of each framework, and the local checks of one trace, beside the bare matrix
products of a step, which nobody can do without. Memory is what it takes to hold the network and
make a step; of JAX, with its compiler.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from crossgrad.comparisons.backends import DEFAULT, load_backend
from crossgrad.comparisons.commands.bench.figures import Figure, Found, Series, figure, spread
from crossgrad.comparisons.commands.bench.jax_step import jax_step
from crossgrad.comparisons.commands.bench.process_memory import forget_peak, peak, resident
from crossgrad.comparisons.commands.bench.steps import fast_step, products, readable_step
from crossgrad.comparisons.commands.bench.timing import Work, interleaved
from crossgrad.comparisons.commands.bench.torch_step import torch_step
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.judging.verification import Verification
from crossgrad.comparisons.machine.workers import processes
from crossgrad.comparisons.problems.problem import Problem, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture

#: Widths of two layers, so that all their parameters are 10¹, 10², … 10⁷.
WIDTHS = (2, 7, 22, 70, 223, 707, 2236)
BATCHES = tuple(4**k for k in range(7))
DEPTHS = tuple(2**k for k in range(7))
#: Where they do not grow.
WIDTH, DEPTH, BATCH = 70, 2, 32
#: Mark: seconds in which 10⁷ parameters are verified.
SECONDS = 60.0


class Place(NamedTuple):
    """What grows, how far it has, and the network there."""

    over: str
    x: int
    scenario: Scenario


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    """Each axis in a process of its own, from small to large; then the largest network's checks."""
    series = []
    for places in axes(quick=quick):
        scenarios = [place.scenario for place in places]
        with processes(1) as pool:
            seconds = list(pool.map(partial(seconds_at, rounds=3 if quick else 9), scenarios))
        with returning_memory(), processes(1) as pool:
            megabytes = list(pool.map(megabytes_at, scenarios))
        for name in WAYS:
            points = [
                (place.x, *spread(taken[name]), held[name])
                for place, taken, held in zip(places, seconds, megabytes, strict=True)
            ]
            series.append(Series(places[0].over, name, points))
        advance()
    with processes(1) as pool:
        whole = pool.submit(seconds_to_verify, network(WIDTHS[-1], DEPTH, BATCH)).result()
    advance()
    return Found([verified(whole)], series)


def verified(seconds: float) -> Figure:
    name = f"{parameters(network(WIDTHS[-1], DEPTH, BATCH)):,} parameters verified in float32"
    return figure(name, [seconds], "s", most=SECONDS)


# ------------------------------------------------------------------ networks
def axes(*, quick: bool) -> Iterator[list[Place]]:
    step = 3 if quick else 1
    wide = [network(width, DEPTH, BATCH) for width in WIDTHS[::step]]
    yield [Place("parameters", parameters(scenario), scenario) for scenario in wide]
    yield [Place("batch", m, network(WIDTH, DEPTH, m)) for m in BATCHES[::step]]
    yield [Place("depth", L, network(WIDTH, L, BATCH)) for L in DEPTHS[::step]]


def network(width: int, depth: int, batch: int) -> Scenario:
    """Sigmoids, all layers of one width, the quadratic cost; one draw, which is ordinary."""
    architecture = Architecture((width,) * (depth + 1), ("sigmoid",) * depth, "quadratic")
    return Scenario(architecture, "float32", batch, seed=0, draws=1)


def parameters(scenario: Scenario) -> int:
    return sum((below + 1) * n for below, n in pairwise(scenario.architecture.widths))


# ------------------------------------------------------------------ in a process of its own
def seconds_at(scenario: Scenario, rounds: int) -> dict[str, list[float]]:
    (problem,) = scenario.problems()
    return interleaved({name: way(problem) for name, way in WAYS.items()}, rounds)


def megabytes_at(scenario: Scenario) -> dict[str, float]:
    """The most that each way holds at once, beside the problem; the second time it is called."""
    (problem,) = scenario.problems()
    return {name: [megabytes(way, problem) for _ in range(2)][-1] for name, way in WAYS.items()}


def megabytes(way: Callable[[Problem], Work], problem: Problem) -> float:
    """From before it is made until it has been called."""
    gc.collect()  # JAX's arrays of before are held by functions that refer to each other
    forget_peak()
    before = resident()
    way(problem)()
    return max(peak() - before, 0.0)


@contextmanager
def returning_memory() -> Iterator[None]:
    """Processes that are started within give back at once what they no longer need (glibc)."""
    name = "MALLOC_MMAP_THRESHOLD_"
    before = os.environ.get(name)
    os.environ[name] = str(1 << 16)
    try:
        yield
    finally:
        del os.environ[name]
        os.environ |= {name: before} if before else {}


def checks(problem: Problem) -> Work:
    """The local checks of the reference's trace."""
    stack = stack_problems([problem])
    trace = stack_traces([load_backend("numpy").trace(problem)])
    return lambda: local_checks(stack, trace)


#: From a problem to what is called.
WAYS: dict[str, Callable[[Problem], Work]] = {
    "matrix products": lambda problem: products(fast_step(problem)),
    "numpy.fast": lambda problem: fast_step(problem).step,
    "numpy": readable_step,
    "torch": torch_step,
    "jax": jax_step,
    "checks": checks,
}


def seconds_to_verify(scenario: Scenario) -> float:
    """Drawn, answered by all three, every check, every pair; JAX compiles."""
    backends = [load_backend(name) for name in DEFAULT]
    start = time.perf_counter()
    verification = Verification(counting=False)
    for backend in backends:
        verification.run(scenario, [backend])
    outcome = verification.run(scenario, backends)
    if outcome != "pass":
        raise ValueError(f"{scenario}: {outcome}")
    return time.perf_counter() - start

"""What it takes to judge one large product of matrices, beside the product that is judged.

With the worst entry, as a row has it, and whether all pass alone. The equations are z = W x + b and
BP4 of one layer. For the worst entry a sum is evaluated in more digits than it was computed in, and
its bound once more: of float32 three products in its own time are the least that it takes. Whether
all pass is told by the sum in the digits that it has, in parts: little more than one product.
"""

import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Passed
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.commands.bench.figures import Figure, Found, figure, ratio
from crossgrad.comparisons.commands.bench.timing import Work, interleaved
from crossgrad.comparisons.equations.walk import Check, check_of, here_of
from crossgrad.comparisons.problems.problem import Problem, Trace, stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

#: Inputs, units and batch alike; in a quick run, and otherwise.
QUICK, WIDTHS = (512,), (512, 1024)
#: Of what memory is measured, and a batch as small as people have.
LARGEST, BATCH = 2048, 32
#: Marks: products that it takes with the worst entry, and for a verdict alone; memory of what is
#: judged.
WORST, VERDICT = {"float32": 4.0, "float64": 6.0}, {"float32": 2.5, "float64": 2.5}
MEMORY = {"float32": 1.2, "float64": 2.0}
#: Which product each equation judges, by its factors.
PRODUCTS: dict[str, Callable[[Problem, Trace], Array]] = {
    "z": lambda problem, _: problem.W[0] @ problem.x,
    "BP4": lambda problem, trace: trace.delta[0] @ problem.x.mT,
}


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    figures = []
    for dtype in FORMATS:
        for width in QUICK if quick else WIDTHS:
            figures += timed(dtype, width, width, rounds=3 if quick else 9, marked=True)
            advance()
        figures += timed(dtype, LARGEST, BATCH, rounds=3 if quick else 9, marked=False)
        figures += [held(dtype, LARGEST, m) for m in ((BATCH,) if quick else (BATCH, LARGEST))]
        advance()
    return Found(figures)


def timed(dtype: str, width: int, batch: int, *, rounds: int, marked: bool) -> list[Figure]:
    """Of both equations, with a mark or without."""
    figures = []
    for name, (product, worst, verdict) in asked(dtype, width, batch).items():
        taken = interleaved({"product": product, "worst": worst, "verdict": verdict}, rounds)
        for way, marks in (("worst", WORST), ("verdict", VERDICT)):
            told = f"{name}, its {way} ÷ the product, {width} x {width}, batch {batch}, {dtype}"
            most = {"most": marks[dtype]} if marked else {}
            figures.append(ratio(told, taken[way], taken["product"], **most))
    return figures


def held(dtype: str, width: int, batch: int) -> Figure:
    """The memory that judging z with its worst entry takes, of that of W, x and z."""
    _, worst, _ = asked(dtype, width, batch)["z"]
    tracemalloc.start()
    worst()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    judged = np.dtype(dtype).itemsize * width * (width + 2 * batch)
    name = f"memory ÷ what is judged, {width} x {width}, batch {batch}, {dtype}"
    return figure(name, [peak / judged], most=MEMORY[dtype])


def asked(dtype: str, width: int, batch: int) -> dict[str, tuple[Work, Work, Work]]:
    """Of each equation the product, its worst entry, and whether all pass; of the reference."""
    architecture = Architecture((width, width), ("sigmoid",), "quadratic")
    problems = Scenario(architecture, dtype, batch, seed=0, draws=1).problems()
    problem = stack_problems(problems)
    trace = stack_traces([load_backend("numpy").trace(one) for one in problems])
    here = here_of(1, problem, trace)

    found: dict[str, tuple[Work, Work, Work]] = {}
    for name, product in PRODUCTS.items():
        check = check_of(name, here)
        if not isinstance(check.brief(here), Passed):
            raise TypeError(f"{name} of {width} units was not judged by blocks")
        brief, passes = (partial(way, check, here) for way in (Check.brief, Check.passes))
        found[name] = partial(product, problem, trace), brief, passes
    return found

"""One gradient step, the cost and all gradients, by everybody, each given what it likes best.

Weights and batches are the same, in each one's own arrays before it begins. Everybody computes the
same network of sigmoids with the quadratic cost; scikit-learn, whose squared loss has linear
outputs, is compared with the reference on that network.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.backends.nielsen_book import backprop as by_the_book
from crossgrad.comparisons.commands.bench.figures import Figure, Found, ratio
from crossgrad.comparisons.commands.bench.jax_step import jax_step
from crossgrad.comparisons.commands.bench.timing import Work, interleaved
from crossgrad.comparisons.commands.bench.torch_step import torch_step
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.backprop import backprop
from crossgrad.reference.fast import Network
from crossgrad.reference.parameters import draw_parameters, raw_bits, uniform


class Size(NamedTuple):
    """Widths and batch, and the marks: at most so many times torch's, scikit-learn's seconds."""

    widths: tuple[int, ...]
    batch: int
    torch: float
    sklearn: float

    def __str__(self) -> str:
        """As in 784-30-10, batch 10."""
        return f"{'-'.join(map(str, self.widths))}, batch {self.batch}"


SIZES = (
    Size((2, 2, 1), 4, torch=0.10, sklearn=0.40),
    Size((784, 30, 10), 10, torch=0.30, sklearn=0.40),
    Size((784, 512, 512, 10), 128, torch=1.05, sklearn=0.80),
)
#: Of the seconds of a step on the last network, its matrix products are at least this share.
PRODUCTS = 0.95


def measure(*, quick: bool, advance: Callable[[], None]) -> Found:
    rounds = 7 if quick else 41
    figures: list[Figure] = []
    for size in SIZES:
        for dtype in FORMATS:
            figures += compared(size, dtype, rounds)
            advance()
    return Found(figures)


def compared(size: Size, dtype: str, rounds: int) -> Iterator[Figure]:
    """The reference beside each of the others."""
    problem = problem_of(size, dtype, "sigmoid")
    linear = problem_of(size, dtype, "identity")
    seconds = interleaved(ways_of(problem) | linear_ways(linear), rounds)
    last = size is SIZES[-1]

    def beside(one: str, other: str, **mark: float) -> Figure:
        name = f"{'numpy.fast' if one == 'linear' else one} ÷ {other}"
        return ratio(f"{name}, {size}, {dtype}", seconds[one], seconds[other], **mark)

    yield beside("numpy.fast", "torch", most=size.torch)
    if "sklearn" in seconds:
        yield beside("linear", "sklearn", most=size.sklearn)
    yield beside("numpy.fast", "jax")
    yield beside("numpy.fast", "the book")
    yield beside("numpy", "torch")
    yield beside("matrix products", "numpy.fast", **({"least": PRODUCTS} if last else {}))


# ------------------------------------------------------------------ the same for everybody
def problem_of(size: Size, dtype: str, last: str) -> Problem:
    """Sigmoids, and the last activation; what is drawn is ordinary."""
    names = ("sigmoid",) * (len(size.widths) - 2)
    network = Architecture(size.widths, (*names, last), "quadratic")
    parameters = draw_parameters(network, dtype, seed=0)
    shapes = [(n, size.batch) for n in (size.widths[0], size.widths[-1])]
    x, y = (uniform(raw_bits(s, 0, 0, 100 + i), dtype) for i, s in enumerate(shapes))
    return Problem(network, dtype, parameters.W, parameters.b, x, y)


# ------------------------------------------------------------------ ways
def ways_of(problem: Problem) -> dict[str, Work]:
    """A call of each is a step."""
    fast = fast_step(problem)
    return {
        "numpy.fast": fast.step,
        "numpy": readable_step(problem),
        "matrix products": products(fast),
        "torch": torch_step(problem),
        "jax": jax_step(problem),
        "the book": book_step(problem),
    }


def linear_ways(problem: Problem) -> dict[str, Work]:
    """Of scikit-learn's network, where that is installed (``.[study]``)."""
    if missing("sklearn"):
        return {}
    from crossgrad.comparisons.commands.bench.sklearn_step import sklearn_step  # noqa: PLC0415 - optional

    return {"linear": fast_step(problem).step, "sklearn": sklearn_step(problem)}


def fast_step(problem: Problem) -> Network:
    """Into buffers that are made once."""
    network = Network(problem.architecture, problem.batch, problem.dtype)
    network.load(problem.parameters)
    network.take(problem.x, problem.y)
    return network


def readable_step(problem: Problem) -> Work:
    """As ``reference/backprop.py`` has it."""
    return lambda: backprop(problem.architecture, problem.parameters, problem.x, problem.y)


def products(network: Network) -> Work:
    """The matrix products of a step, and nothing else."""
    network.step()  # numbers to multiply

    def work() -> None:
        for layer in network.layers:
            np.dot(layer.below, layer.W_T, layer.z)
        for above, layer in network.downwards:
            np.dot(above.delta, above.W, layer.delta)
        for layer in network.layers:
            np.dot(layer.delta_T, layer.below, layer.dW)

    return work


def book_step(problem: Problem) -> Work:
    """Example by example, then the mean."""
    samples = range(problem.batch)
    examples = [(problem.x[:, [k]], problem.y[:, [k]]) for k in samples]

    def work() -> None:
        answers = [by_the_book(problem.W, problem.b, one, problem.cost) for one in examples]
        costs, _, _, _, nabla_w, nabla_b = zip(*answers, strict=True)
        for terms in (*zip(*nabla_w, strict=True), *zip(*nabla_b, strict=True), costs):
            sum(terms) / problem.batch

    return work

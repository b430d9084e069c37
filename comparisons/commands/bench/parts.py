"""The parts of the benchmark, each with what it measures."""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from crossgrad.comparisons.commands.bench.figures import Found


class Part(NamedTuple):
    """A module of this package, of which ``measure`` is called, and what it measures."""

    module: str
    title: str

    def measure(self, *, quick: bool, advance: Callable[[], None]) -> Found:
        """Its figures; imports what it needs only now."""
        module = import_module(f"{__package__}.{self.module}")
        return module.measure(quick=quick, advance=advance)


PARTS = {
    "steps": Part("steps", "a gradient step, cost and all gradients, one thread"),
    "large": Part("large_products", "a large product judged, beside the product alone, one thread"),
    "throughput": Part("throughput", "cases drawn, answered by three backends and checked"),
    "compile": Part("compilation", "what JAX's compilation costs"),
    "checkers": Part("checkers", "beside torch's gradcheck, a gradient of 9,608 parameters"),
    "start": Part("startup", "how long it takes to begin"),
    "memory": Part("memory", "what stays in memory"),
    "growth": Part("growth", "how cost grows"),
}

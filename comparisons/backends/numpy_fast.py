"""``reference/fast.py``: the reference into buffers that are made once, held to its equations."""

from functools import lru_cache
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.problems.problem import Problem, Trace, of_layers_with_any
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.fast import Network


@np.errstate(all="ignore")  # what overflows is ∞, and is judged as such
def trace(problem: Problem) -> Trace:
    """One step, and copies of what it leaves in the buffers."""
    network = receive(problem)
    cost, layers = network.step(), network.layers
    dalpha = network.gradients.dalpha
    return Trace(
        dW=[layer.dW.copy() for layer in layers],
        db=[layer.db[:, None].copy() for layer in layers],
        cost=cost,
        z=[layer.z.T.copy() for layer in layers],
        a=[layer.a.T.copy() for layer in layers],
        delta=[layer.delta.T.copy() for layer in layers],
        others=of_layers_with_any("dalpha", [d if d is None else d.copy() for d in dalpha]),
    )


def receive(problem: Problem) -> Any:  # noqa: ANN401 - as every backend's
    """The problem's arrays in the buffers of a network; raises ``NotSupportedError``."""
    if problem.dtype not in FORMATS:
        raise NotSupportedError(f"numpy.fast: {problem.dtype}: NumPy would add up in 16 bits")
    network = network_of(problem.architecture, problem.batch, problem.dtype)
    network.load(problem.parameters)
    network.take(problem.x, problem.y)
    return network


@lru_cache(maxsize=4)
def network_of(architecture: Architecture, batch: int, dtype: str) -> Network:
    return Network(architecture, batch, dtype)


def release() -> None:
    """The buffers are dropped."""
    network_of.cache_clear()

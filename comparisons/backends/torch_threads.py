"""Eager autograd on several threads, for as long as it is asked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch

from crossgrad.comparisons.backends import torch_autograd
from crossgrad.comparisons.backends.torch_autograd import SIGMA
from crossgrad.comparisons.problems.problem import Problem, Trace

#: An operation on more numbers than this is shared out among threads (ATen's grain size).
GRAIN = 32768


def trace(problem: Problem) -> Trace:
    """The eager mode's, with as many threads as there are cores, and two at least."""
    warm_up()
    with threads(max(2, os.cpu_count() or 1)):
        return torch_autograd.trace(problem)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads within an operation; then as many as before, whatever happened."""
    usual = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


@cache
def warm_up() -> None:
    """Each function once on one thread: of MKL's, a first call by several may be less exact.

    https://github.com/pytorch/pytorch/issues/188792
    """
    for dtype in (torch.float64, torch.float32):
        z = torch.linspace(-4, 4, 2 * GRAIN, dtype=dtype).reshape(2, GRAIN).requires_grad_()
        for sigma in SIGMA.values():
            sigma(z).sum().backward()
        z.detach().exp().log().log1p().sqrt()

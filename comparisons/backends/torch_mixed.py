"""Mixed precision: what PyTorch computes in a narrower format than the problem's, and when asked.

``torch.autocast``: modules in float32 whose products are taken in bfloat16; the loss, inside as
well, in float32; backward outside. (In float16 gradients overflow without a scaled loss.)
``torch.tf32``: factors of a GPU's products have 11 digits.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from crossgrad.comparisons.backends import torch_autograd
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.backends.torch_autograd import DEVICE
from crossgrad.comparisons.backends.torch_module import LOSS, receive, reported, watched
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problems.problem import Problem, Trace

#: Where TF32 is set, and to what; with the old name from torch 2.9 on it would be set twice.
MATMUL = torch.backends.cuda.matmul
SETTING, TF32 = (
    ("fp32_precision", "tf32") if hasattr(MATMUL, "fp32_precision") else ("allow_tf32", True)
)


@torch.enable_grad()  # whoever switched it off
def autocast(problem: Problem) -> Trace:
    """The model's trace, in float32 as its parameters are; raises ``NotSupportedError``."""
    if COSTS[problem.cost].of_probabilities:
        raise NotSupportedError("torch.autocast: a probability near 1 is 1 in bfloat16, its cost ∞")
    if problem.dtype != "float32":
        raise NotSupportedError(f"torch.autocast: {problem.dtype}, where it casts from float32")
    model, x, y = receive(problem)
    zs, activations = watched(model)
    with torch.autocast(DEVICE.type, dtype=torch.bfloat16):
        cost = LOSS[problem.cost](model(x), y)
    cost.backward()
    return reported(model, cost, zs, activations).map(lambda array: array.astype(np.float32))


# ------------------------------------------------------------------ a GPU's products
def tf32(problem: Problem) -> Trace:
    """The eager mode's, where products may be; raises ``NotSupportedError``."""
    if DEVICE.type != "cuda":
        raise NotSupportedError("torch.tf32: computes on a GPU only, with --device cuda")
    if problem.dtype != "float32":
        raise NotSupportedError(f"torch.tf32: {problem.dtype}, where it is float32 that is rounded")
    with products_in_tf32():
        return torch_autograd.trace(problem)


@contextmanager
def products_in_tf32() -> Iterator[None]:
    """TF32 in a GPU's products of matrices; then what was set before, whatever happened."""
    usual = getattr(MATMUL, SETTING)
    setattr(MATMUL, SETTING, TF32)
    try:
        yield
    finally:
        setattr(MATMUL, SETTING, usual)

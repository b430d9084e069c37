"""Settings of PyTorch that are made by a call, each for as long as a backend is asked.

Problems are drawn in the same thread before and after: the numbers must not depend on them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import torch


@contextmanager
def flush_denormal() -> Iterator[None]:
    """Results and operands below the normal numbers are 0, in all that this thread computes."""
    if not torch.set_flush_denormal(True):
        raise RuntimeError("this processor cannot flush subnormal numbers")
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def deterministic_algorithms() -> Iterator[None]:
    """The same result in each run, or an error where torch has no algorithm that gives it."""
    torch.use_deterministic_algorithms(True)  # noqa: FBT003
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)  # noqa: FBT003


@contextmanager
def without_onednn() -> Iterator[None]:
    """No kernels of oneDNN, which torch calls by its old name."""
    usual = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]  # a property of a module
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = usual


@contextmanager
def medium_precision() -> Iterator[None]:
    """Products of float32 matrices may round their factors to bfloat16."""
    usual = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(usual)


#: The call as a person writes it → what makes it and takes it back.
CALLS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "torch.set_flush_denormal(True)": flush_denormal,
    "torch.use_deterministic_algorithms(True)": deterministic_algorithms,
    "torch.backends.mkldnn.enabled = False": without_onednn,
    'torch.set_float32_matmul_precision("medium")': medium_precision,
}

"""What is asked of the arrays of NumPy, torch and JAX; each of these answers in a file of its own.

No framework is imported that the user has not imported: without it there are none of its arrays.
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Protocol, cast

import ml_dtypes
import numpy as np

from crossgrad.comparisons.suite.vacuity import numpy_arrays
from crossgrad.comparisons.suite.vacuity.trees import Leaf
from crossgrad.reference.parameters import Array


class Arrays(Protocol):
    """The arrays of one framework. What is computed from them can be differentiated as they can."""

    def concrete(self, array: Leaf) -> Array | None:
        """The numbers, in float64 or wider; None where a transformation has none."""

    def copied(self, array: Leaf) -> Leaf:
        """The same numbers elsewhere, to be differentiated if those are."""

    def scaled(self, array: Leaf, factors: Array) -> Leaf:
        """Each entry times its factor, rounded to the format once."""

    def rounded(self, array: Leaf, dtype: str) -> Leaf:
        """To a narrower format and back."""

    def cast(self, array: Leaf, dtype: str) -> Leaf:
        """In another format."""

    def replaced(self, array: Leaf, other: Leaf) -> Leaf:
        """The numbers of another array of this shape, with the derivative of this."""

    def writer(self, array: Leaf) -> Callable[[Leaf], object] | None:
        """What writes the numbers of another array into it; None where nobody can."""

    def with_derivative(self, array: Leaf, spoil: Callable[[Leaf], Leaf]) -> Leaf:
        """The same numbers; where a derivative by them is taken, it is spoilt."""

    def gradients(
        self, total: Callable[..., Leaf], inputs: list[Leaf], held: list[Leaf]
    ) -> list[Leaf | None]:
        """The gradient of ``total(*inputs)``, one number; by inputs, then by what it holds."""


def format_of(array: Leaf) -> str:
    """``float64``, ``int32`` and so on."""
    dtype = array.dtype if hasattr(array, "dtype") else np.asarray(array).dtype
    return str(dtype).removeprefix("torch.")


def eps(array: Leaf) -> float:
    """From 1 to the next number of the format; 0 where numbers are whole, or are none."""
    try:
        return float(ml_dtypes.finfo(np.dtype(format_of(array))).eps)
    except (TypeError, ValueError):
        return 0.0


def kind_of(value: Leaf) -> Arrays | None:
    """Whose array it is; None if it is no array of numbers."""
    for framework, kind in (("torch", "Tensor"), ("jax", "Array")):
        of = getattr(sys.modules.get(framework), kind, ())
        if isinstance(value, of):
            return cast(Arrays, import_module(f"{__package__}.{framework}_arrays"))
    if isinstance(value, np.ndarray | np.generic):
        numbers = value.dtype.kind in "biufc" or eps(value) > 0
    else:
        numbers = isinstance(value, int | float | complex) and not isinstance(value, bool)
    return cast(Arrays, numpy_arrays) if numbers else None


def shape_of(array: Leaf) -> tuple[int, ...]:
    return tuple(np.shape(array))


def restoring(arrays: Arrays, array: Leaf) -> Callable[[], object]:
    """What gives an array its present numbers back, if anybody can write to it."""
    write, before = arrays.writer(array), arrays.copied(array)
    return partial(write, before) if write else lambda: None

"""Arrays of NumPy, and Python's numbers. Nothing can be differentiated.

``arrays.py`` says what each function is for. Formats of ml_dtypes (bfloat16) are NumPy's too.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from crossgrad.comparisons.suite.vacuity.trees import Leaf
from crossgrad.reference.parameters import Array


def as_given(array: Array, given: Leaf) -> Leaf:
    """An array where one was given, a number of Python's where that was."""
    if isinstance(given, np.ndarray):
        return array
    return array[()] if isinstance(given, np.generic) else array.item()


def concrete(array: Leaf) -> Array | None:
    given = np.asarray(array)
    return given.astype(np.result_type(given.dtype, np.float64))


def copied(array: Leaf) -> Leaf:
    return as_given(np.array(array), array)


def scaled(array: Leaf, factors: Array) -> Leaf:
    given = np.asarray(array)
    with np.errstate(all="ignore"):
        wide = given.astype(np.result_type(given.dtype, np.float64)) * factors
        return as_given(np.where(factors == 1, given, wide.astype(given.dtype)), array)


def rounded(array: Leaf, dtype: str) -> Leaf:
    with np.errstate(all="ignore"):
        return as_given(np.asarray(cast(array, dtype)).astype(np.asarray(array).dtype), array)


def cast(array: Leaf, dtype: str) -> Leaf:
    given = np.asarray(array).astype(np.dtype(dtype))
    return given if isinstance(array, np.ndarray) else given[()]


def replaced(_array: Leaf, other: Leaf) -> Leaf:
    return copied(other)


def writer(array: Leaf) -> Callable[[Leaf], object] | None:
    writable = isinstance(array, np.ndarray) and array.flags.writeable
    return partial(np.copyto, array) if writable else None


def with_derivative(array: Leaf, _spoil: object) -> Leaf:
    return array

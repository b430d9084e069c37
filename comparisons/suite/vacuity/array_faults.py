"""Faults of one array of an answer, or of a derivative: each is one function of the right array."""

import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import eps, format_of, shape_of
from crossgrad.comparisons.suite.vacuity.catalogue import At, NotHereError, fault, need
from crossgrad.comparisons.suite.vacuity.trees import Leaf

NARROW = {"float32": 2.0**-23, "bfloat16": 2.0**-7}


# ------------------------------------------------------------------ all of it
@fault(gross=True, together=True)
def zeros(array: Leaf, at: At) -> Leaf:
    """Nothing is computed: everything is 0."""
    return at.scaled(array, 0)


@fault(gross=True, together=True)
def sign_flipped(array: Leaf, at: At) -> Leaf:
    """Everything is its negative, as with y - a for a - y."""
    return at.scaled(array, -1)


@fault(gross=True, together=True)
def twice_as_large(array: Leaf, at: At) -> Leaf:
    """A factor 2 too much, as with the derivative of a cost without its ½."""
    return at.scaled(array, 2)


@fault(gross=True, together=True)
def half_as_large(array: Leaf, at: At) -> Leaf:
    """A factor ½ too much."""
    return at.scaled(array, 0.5)


@fault(gross=True, together=True, samples=True)
def not_divided_by_m(array: Leaf, at: At) -> Leaf:
    """A sum over the samples where a mean was meant."""
    return at.scaled(array, at.samples)


@fault(gross=True, together=True, samples=True)
def divided_by_m_twice(array: Leaf, at: At) -> Leaf:
    """1/m in the cost, and once more in the gradient."""
    return at.scaled(array, 1 / at.samples)


# ------------------------------------------------------------------ rows and columns
@fault(gross=True)
def last_row_dropped(array: Leaf, at: At) -> Leaf:
    """A loop ends too early: the last row that is not all 0 is."""
    need(shape_of(array)[:1], "rows")
    return at.scaled(array, 0, at.spot.row)


@fault(gross=True)
def last_column_dropped(array: Leaf, at: At) -> Leaf:
    """A loop ends too early: the last column that is not all 0 is."""
    need(shape_of(array)[1:][-1:], "columns")
    return at.scaled(array, 0, ..., at.spot.column)


@fault(gross=True)
def transposed(array: Leaf, _at: At) -> Leaf:
    """Rows for columns, which nothing refuses where a matrix is square."""
    need(shape_of(array)[1:][-1:], "columns")
    rows, columns = shape_of(array)[-2:]
    if rows != columns:
        raise NotHereError("not square")
    return array.swapaxes(-1, -2)


@fault(gross=True)
def rows_reversed(array: Leaf, _at: At) -> Leaf:
    """The last row first."""
    need(shape_of(array)[:1], "rows")
    return array[np.arange(len(array) - 1, -1, -1)]


# ------------------------------------------------------------------ one entry
@fault(gross=True)
def one_entry_zero(array: Leaf, at: At) -> Leaf:
    """One entry of ordinary size is 0."""
    need(shape_of(array), "entries")
    return at.scaled(array, 0, *at.spot.entry)


@fault()
def one_entry_doubled(array: Leaf, at: At) -> Leaf:
    """One entry of ordinary size is added twice."""
    need(shape_of(array), "entries")
    return at.scaled(array, 2, *at.spot.entry)


@fault()
def first_entry_off(array: Leaf, at: At) -> Leaf:
    """A boundary is treated otherwise: the first entry is half as large again."""
    need(shape_of(array), "entries")
    return at.scaled(array, 1.5, *(0 for _ in shape_of(array)))


@fault()
def last_entry_off(array: Leaf, at: At) -> Leaf:
    """A boundary is treated otherwise: the last entry is half as large again."""
    need(shape_of(array), "entries")
    return at.scaled(array, 1.5, *(-1 for _ in shape_of(array)))


@fault(gross=True)
def nan_in_one_entry(array: Leaf, at: At) -> Leaf:
    """One entry is no number, as 0/0 is none."""
    if not eps(array):
        raise NotHereError("whole numbers have no NaN")
    return at.scaled(array, float("nan"), *at.spot.entry)


# ------------------------------------------------------------------ formats and shapes
@fault(together=True)
def rounded_to_float32(array: Leaf, at: At) -> Leaf:
    """It was computed in float32 on the way."""
    return narrowed(array, at, "float32")


@fault(together=True)
def rounded_to_bfloat16(array: Leaf, at: At) -> Leaf:
    """It was computed in bfloat16 on the way."""
    return narrowed(array, at, "bfloat16")


def narrowed(array: Leaf, at: At, dtype: str) -> Leaf:
    if not 0 < eps(array) < NARROW[dtype] or "complex" in format_of(array):
        raise NotHereError(f"{format_of(array)} is not wider")
    return at.arrays.rounded(array, dtype)


@fault(derivative=False)
def in_another_format(array: Leaf, at: At) -> Leaf:
    """Float32 where float64 was asked for, and the other way round."""
    given = format_of(array)
    other = {"float64": "float32", "float32": "float64"}.get(given)
    if not other:
        raise NotHereError(f"{given} has none that is taken for it")
    return at.arrays.cast(array, other)


@fault(derivative=False)
def one_axis_more(array: Leaf, _at: At) -> Leaf:
    """A column for a vector, a stack of one for a matrix: to compare it, NumPy makes more of it."""
    given = array if hasattr(array, "shape") else np.asarray(array)
    return given[:, None] if given.ndim == 1 else given[None]

"""JAX's primitives in NumPy, as ``jax.lax`` documents them; only those that gradients here need.

Each takes the operands, and the parameters by name. Error functions are the standard library's.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from crossgrad.reference.parameters import Array

Primitive = Callable[..., Array]
#: Of what has 16 bits, these take the bits: all others compute with them in float32.
OF_BITS = ("bitcast_convert_type",)


# ------------------------------------------------------------------ entry by entry
def elementwise(function: Primitive) -> Primitive:
    """The function of the operands alone; parameters only say how exactly, or where."""
    return lambda *operands, **_parameters: function(*operands)


def by_number(function: Callable[[float], float]) -> Primitive:
    """A function of one number, applied to each entry in float64."""
    each = np.frompyfunc(function, 1, 1)
    return lambda x, **_: np.asarray(each(x.astype(np.float64)), np.float64)


def logistic(x: Array) -> Array:
    """1 / (1 + e⁻ˣ)."""
    return 1 / (1 + np.exp(-x))


def one_minus_square(x: Array) -> Array:
    """1 - x², as a product in which nothing cancels."""
    return (1 + x) * (1 - x)


def polynomial(x: Array, *coefficients: Array) -> Array:
    """a₀ + x (a₁ + x (a₂ + …)), by Horner's rule."""
    total = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = coefficient + x * total
    return total


def bitcast_convert_type(x: Array, *, new_dtype: Any) -> Array:  # noqa: ANN401 - as JAX names it
    """The same bits as another type's: those of k smaller numbers are a last axis of length k."""
    x, size = np.ascontiguousarray(x), np.dtype(new_dtype).itemsize
    if size < x.itemsize:
        return x[..., None].view(new_dtype)
    return x.view(new_dtype) if size == x.itemsize else x.view(new_dtype)[..., 0]


def integer_pow(x: Array, *, y: int) -> Array:
    return x**y


def select_n(which: Array, *cases: Array, **_: Any) -> Array:  # noqa: ANN401 - parameters
    """The case of each entry: a truth value or a number."""
    return np.choose(which.astype(np.int64), cases)


def clamp(low: Array, x: Array, high: Array) -> Array:
    """The nearest number between low and high."""
    return np.minimum(np.maximum(x, low), high)


# ------------------------------------------------------------------ sums
def dot_general(x: Array, y: Array, *, dimension_numbers: Any, **_: Any) -> Array:  # noqa: ANN401 - nested tuples
    """Products summed over contracted axes; the result has batch axes, those of x, those of y."""
    (contracted_x, contracted_y), (batch_x, batch_y) = dimension_numbers
    axes_x, axes_y = list(range(x.ndim)), list(range(x.ndim, x.ndim + y.ndim))
    for i, j in zip((*contracted_x, *batch_x), (*contracted_y, *batch_y), strict=True):
        axes_y[j] = axes_x[i]
    summed = {axes_x[i] for i in contracted_x}
    batch = [axes_x[i] for i in batch_x]
    rest = [axis for axis in axes_x + axes_y if axis not in summed and axis not in batch]
    return np.einsum(x, axes_x, y, axes_y, batch + rest)


def reduce_sum(x: Array, *, axes: tuple[int, ...], **_: Any) -> Array:  # noqa: ANN401 - parameters
    """Σ over axes."""
    return x.sum(axes)


def reduce_max(x: Array, *, axes: tuple[int, ...], **_: Any) -> Array:  # noqa: ANN401 - parameters
    return x.max(axes)


# ------------------------------------------------------------------ shapes
def iota(*, shape: tuple[int, ...], dimension: int, **_: Any) -> Array:  # noqa: ANN401 - parameters
    """0, 1, 2, … along an axis."""
    return np.indices(shape)[dimension]


def broadcast_in_dim(
    x: Array,
    *,
    shape: tuple[int, ...],
    broadcast_dimensions: tuple[int, ...],
    **_: Any,  # noqa: ANN401 - parameters
) -> Array:
    """Axis i of x becomes axis ``broadcast_dimensions[i]``; the others repeat it."""
    aligned = [1] * len(shape)
    for size, axis in zip(x.shape, broadcast_dimensions, strict=True):
        aligned[axis] = size
    return np.broadcast_to(x.reshape(aligned), shape)


def reshape(x: Array, *, new_sizes: tuple[int, ...], **_: Any) -> Array:  # noqa: ANN401 - parameters
    """The same entries in rows of another length."""
    return x.reshape(new_sizes)


def transpose(x: Array, *, permutation: tuple[int, ...]) -> Array:
    return x.transpose(permutation)


def squeeze(x: Array, *, dimensions: tuple[int, ...]) -> Array:
    """Without axes of length 1."""
    return x.squeeze(dimensions)


# ------------------------------------------------------------------ all of them
ELEMENTWISE: dict[str, Primitive] = {
    "add": np.add,
    "add_any": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "max": np.maximum,
    "min": np.minimum,
    "clamp": clamp,
    "pow": np.power,
    "square": np.square,
    "one_minus_square": one_minus_square,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "logistic": logistic,
    "polynomial": polynomial,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "not": np.invert,  # of truth values, and bit by bit of whole numbers
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "select_n": select_n,
    "copy": np.positive,
    "stop_gradient": np.positive,
    "convert_element_type": np.asarray,  # every result is given its format
}
PRIMITIVES: dict[str, Primitive] = {
    **{name: elementwise(function) for name, function in ELEMENTWISE.items()},
    "erf": by_number(math.erf),
    "erfc": by_number(math.erfc),
    "bitcast_convert_type": bitcast_convert_type,
    "integer_pow": integer_pow,
    "dot_general": dot_general,
    "reduce_sum": reduce_sum,
    "reduce_max": reduce_max,
    "iota": iota,
    "broadcast_in_dim": broadcast_in_dim,
    "reshape": reshape,
    "transpose": transpose,
    "squeeze": squeeze,
}

"""Weights and biases that keep a network where its cost, and its format, have numbers."""

import numpy as np

from crossgrad.comparisons.parts.costs.protocol import USUAL, Limits
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ the domain of a cost
#: Largest |bias| and |weighted sum| of the last layer at which 1 - sigmoid has digits left.
LARGEST_BIAS = {"float64": 32.0, "float32": 8.0, "float16": 2.0, "bfloat16": 1.0}
LARGEST_SUM = 4.0


def probabilities_inside(W: list[Array], b: list[Array], x: Array) -> tuple[Array, Array]:
    """Last weights, scaled by a power of two, and bias, clipped, so that 0 < a < 1 in the format.

    Outside, the binary cross-entropy is infinite. |σ(z)| ≤ |z| + 1 holds for every activation,
    which bounds what reaches the last layer without computing it.
    """
    reach = exceeding(x)
    with np.errstate(over="ignore"):
        for weights, bias in zip(W[:-1], b[:-1], strict=True):
            reach = weights.shape[-1] * exceeding(weights) * reach + exceeding(bias) + 1
        largest_sum = W[-1].shape[-1] * exceeding(W[-1]) * reach
    largest_bias = LARGEST_BIAS[b[-1].dtype.name]
    return (
        scaled_down(W[-1], largest_sum / LARGEST_SUM),
        clipped(b[-1], largest_bias),
    )


# ------------------------------------------------------------------ the range of float16
#: Largest |bias| and |weighted sum| of a hidden layer.
HIDDEN = 64.0
#: Largest |δ|, but for 1/m, below the last layer; |σ′| is at most 1.13.
DELTA, STEEPEST = 64.0, 1.25


#: Where targets are up to 4: twice |a - y| ≤ 9, and some.
WITH_TARGETS = Limits(2.0, 32.0)


def within_range(
    W: list[Array], b: list[Array], x: Array, limits: Limits | tuple[Array, Array] = USUAL
) -> tuple[list[Array], list[Array]]:
    """Weights, scaled by powers of two, and biases, clipped: nothing exceeds float16's 65504.

    Forward z ≤ 128 in hidden layers, so that gelu's z³ may be differentiated; back |δ| ≤ 64, so
    that ∂C/∂W ≤ 2¹⁴. ``limits`` may be arrays, one number a draw.
    """
    W, b = list(W), list(b)
    last, delta = limits
    for l in reversed(range(len(W))):
        grown = delta * STEEPEST * norm(W[l].mT)
        W[l] = scaled_down(W[l], grown / DELTA)
        delta = np.minimum(grown, DELTA)
    reach = exceeding(x)
    for l in range(len(W)):
        limit = HIDDEN if l < len(W) - 1 else last
        b[l] = clipped(b[l], limit)
        W[l] = scaled_down(W[l], norm(W[l]) * reach / limit)
        reach = norm(W[l]) * reach + exceeding(b[l]) + 1
    return W, b


def norm(W: Array) -> Array:
    """The largest sum of |w| in a row, of each draw; exact, of so few numbers of float16."""
    sums = np.abs(W).astype(np.float64).sum(axis=-1, keepdims=True)
    return np.asarray(sums.max(axis=-2, keepdims=True))


def clipped(array: Array, limit: float | Array) -> Array:
    """Between -limit and limit; for bfloat16 NumPy would widen it."""
    return np.clip(array, -limit, limit).astype(array.dtype)


def scaled_down(array: Array, excess: Array) -> Array:
    """Each draw, divided by the smallest power of two that is at least its excess."""
    mantissa, exponent = np.frexp(excess)
    return np.ldexp(array, -np.maximum(0, exponent - (mantissa == 0.5)))  # noqa: PLR2004


def exceeding(array: Array) -> Array:
    """The smallest power of two above every |entry| of a draw."""
    largest = np.abs(array).max(axis=(-2, -1), keepdims=True)
    return np.ldexp(1.0, np.frexp(largest)[1])

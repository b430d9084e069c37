"""Weights and biases that keep a network where its cost, and its format, have numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Activation
from crossgrad.comparisons.parts.activations.protocol import STEEPEST
from crossgrad.comparisons.parts.costs.protocol import USUAL, Limits
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ the domain of a cost
#: Largest |bias| and |weighted sum| of the last layer at which 1 - sigmoid has digits left.
LARGEST_BIAS = {"float64": 32.0, "float32": 8.0, "float16": 2.0, "bfloat16": 1.0}
LARGEST_SUM = 4.0


def probabilities_inside(
    W: list[Array], b: list[Array], x: Array, activations: Sequence[str]
) -> tuple[Array, Array]:
    """Last weights, scaled by a power of two, and bias, clipped, so that 0 < a < 1 in the format.

    Outside, the binary cross-entropy is infinite. What reaches the last layer is bounded without
    computing it, by how |σ| may grow.
    """
    reach = exceeding(x)
    with np.errstate(over="ignore"):
        for weights, bias, name in zip(W[:-1], b[:-1], activations, strict=False):
            z = weights.shape[-1] * exceeding(weights) * reach + exceeding(bias)
            reach = ACTIVATIONS[name].largest(z, weights.shape[-2])
        largest_sum = W[-1].shape[-1] * exceeding(W[-1]) * reach
    largest_bias = LARGEST_BIAS[b[-1].dtype.name]
    return (
        scaled_down(W[-1], largest_sum / LARGEST_SUM),
        clipped(b[-1], largest_bias),
    )


# ------------------------------------------------------------------ the range of a format
class Range(NamedTuple):
    """Largest |bias| and |weighted sum| of a hidden layer with a σ that grows as its argument does.

    And the largest |∂C/∂a|, but for 1/m, below the last layer.
    """

    hidden: float
    v: float


FLOAT16 = Range(64.0, 64.0)
#: Of what grows faster, in other formats. |a| ≤ 2 hidden + 1 =: A in every layer, the last too, and
#: |y| ≤ 4. In float32 and bfloat16 A is 2⁴⁰: C ≤ n (A + 4)² is below 2⁸⁹ for n ≤ 2⁸ outputs,
#: ∂C/∂W ≤ m 2 (A + 4) A 4√A below 2¹¹⁰ of the last layer, for m ≤ 2⁷ samples, and m v 1.25 A below
#: 2¹⁰⁸ of the others: 2¹⁷ is left for a loss scale. In float64 A is 2³²¹, and likewise.
GROWING = {
    "float64": Range(2.0**320, 2.0**640),
    "float32": Range(2.0**39, 2.0**60),
    "bfloat16": Range(2.0**39, 2.0**60),
}
#: Where targets are up to 4: twice |a - y| ≤ 9, and some.
WITH_TARGETS = Limits(2.0, 32.0)


def within_range(
    W: list[Array],
    b: list[Array],
    x: Array,
    activations: Sequence[str],
    limits: Limits | tuple[Array, Array] = USUAL,
) -> tuple[list[Array], list[Array]]:
    """Weights, scaled by powers of two, and biases, clipped: nothing exceeds the format's numbers.

    In float16 these end at 65504. Forward z ≤ 128 in hidden layers, so that gelu's z³ may be
    differentiated; back |∂C/∂a| ≤ 64, so that ∂C/∂W ≤ 2¹⁴. ``limits`` may be arrays, one number a
    draw. In other formats nothing is changed but for an activation that grows faster than its
    argument, and as little as may be: how far z reaches is known before the way back.
    """
    W, b, dtype = list(W), list(b), W[0].dtype.name
    sigmas = [ACTIVATIONS[name] for name in activations]
    if dtype == "float16":
        last, gradient = limits
        bounds = [*[FLOAT16.hidden] * (len(W) - 1), last]
        bounds = [s.end(bound) for s, bound in zip(sigmas, bounds, strict=True)]
        W = back(W, sigmas, [2 * bound for bound in bounds], gradient, FLOAT16.v)
        W, b, _ = forward(W, b, x, sigmas, bounds)
    elif any(sigma.degree > 1 for sigma in sigmas):
        room = GROWING[dtype]
        W, b, z = forward(W, b, x, sigmas, [sigma.end(room.hidden) for sigma in sigmas])
        W = back(W, sigmas, z, 2 * sigmas[-1].largest(z[-1], W[-1].shape[-2]) + 8, room.v)
    return W, b


def back(
    W: list[Array],
    sigmas: Sequence[Activation],
    z: Sequence[Array | float],
    gradient: Array | float,
    most: float,
) -> list[Array]:
    """Weights for which |∂C/∂a| is at most so much below the last layer, of |z| at most that.

    Less, where σ′ is more than usual, so that δ is no larger.
    """
    layers = zip(sigmas, z, W, strict=True)
    slopes = [sigma.slope(size, weights.shape[-2]) for sigma, size, weights in layers]
    below = [most, *(most * (STEEPEST / each) for each in slopes[:-1])]
    W = list(W)
    for l in reversed(range(len(W))):
        grown = gradient * slopes[l] * norm(W[l].mT)
        W[l] = scaled_down(W[l], grown / below[l])
        gradient = np.minimum(grown, below[l])
    return W


def forward(
    W: list[Array],
    b: list[Array],
    x: Array,
    sigmas: Sequence[Activation],
    bounds: Sequence[Array | float],
) -> tuple[list[Array], list[Array], list[Array]]:
    """Weights and biases for which |z| is at most twice the bounds; and how far it reaches."""
    W, b, zs, reach = list(W), list(b), [], exceeding(x)
    for l, (sigma, bound) in enumerate(zip(sigmas, bounds, strict=True)):
        b[l] = clipped(b[l], bound)
        W[l] = scaled_down(W[l], norm(W[l]) * reach / bound)
        zs.append(norm(W[l]) * reach + exceeding(b[l]))
        reach = sigma.largest(zs[-1], W[l].shape[-2])
    return W, b, zs


def norm(W: Array) -> Array:
    """The largest sum of |w| in a row, of each draw; exact, of so few numbers of float16.

    Of other formats a bound of it that no order of summation changes.
    """
    if W.dtype != np.float16:
        return W.shape[-1] * exceeding(W)
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

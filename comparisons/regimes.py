"""How the numbers of a draw are chosen: ordinary, large, tiny, and five adversarial ways.

Each regime changes freshly drawn arrays by exact operations only (powers of two, selection by
raw bits), so that the arrays stay the same on every machine.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from comparisons.problem import Problem, unstack_problems
from reference.architecture import Architecture
from reference.parameters import PRECISION, Array, draw_parameters, raw_bits, uniform

#: Streams of raw bits: 0 for the batch, 1 … 2L for the parameters, these for the rest.
BATCH, TARGETS, CHOICES = 0, 1 << 32, 1 << 33
#: The smallest normal number is 2 to this power.
SMALLEST = {"float64": -1022, "float32": -126, "float16": -14, "bfloat16": -126}
#: Raw bits, one an entry of an array, drawn where a regime asks for them.
Bits: TypeAlias = Callable[[], NDArray[np.uint64]]


def draw_problem(
    architecture: Architecture, dtype: str, batch: int, seed: int, draw: int
) -> Problem:
    """Draw number ``draw`` of a scenario; its regime is the draw's number modulo eight."""
    stack = draw_problems(architecture, dtype, batch, seed, range(draw, draw + 1))
    return unstack_problems(stack)[0]


def draw_problems(
    architecture: Architecture, dtype: str, batch: int, seed: int, draws: range
) -> Problem:
    """Some draws of a scenario as a stack: one problem, with a leading axis over them."""
    parameters = draw_parameters(architecture, dtype, seed, draws)
    x = uniform(raw_bits((architecture.widths[0], batch), seed, draws, BATCH), dtype, 1)
    bits = raw_bits((architecture.widths[-1], batch), seed, draws, TARGETS)
    y = targets(architecture, dtype, bits)
    W, b = list(parameters.W), list(parameters.b)
    change([*W, *b, x], seed, draws)
    if dtype == "float16":
        W, b = within_range(W, b, x)
    if architecture.cost == "binary_cross_entropy":
        W[-1], b[-1] = probabilities_inside(W, b, x)
    return Problem(architecture, dtype, tuple(W), tuple(b), x, y)


def change(arrays: list[Array], seed: int, draws: range) -> None:
    """Weights, biases and batch, in place: each draw as its regime has it.

    All draws of a regime at once: of any range of draws, every eighth has the same.
    """
    for first, draw in enumerate(draws[: len(REGIMES)]):
        same, changed = slice(first, None, len(REGIMES)), REGIMES[regime(draw)]
        for i, (role, array) in enumerate(zip(roles(len(arrays) // 2), arrays, strict=True)):
            bits = partial(raw_bits, array.shape[1:], seed, draws[same], CHOICES + i)
            array[same] = changed(role, array[same], bits)


def regime(draw: int) -> str:
    """The name of a draw's regime."""
    return list(REGIMES)[draw % len(REGIMES)]


def roles(depth: int) -> list[str]:
    """W for each weight matrix, b for each bias, x for the batch."""
    return ["W"] * depth + ["b"] * depth + ["x"]


# ------------------------------------------------------------------ targets
def targets(architecture: Architecture, dtype: str, bits: Array) -> Array:
    """Real numbers, probabilities in quarters, or distributions that sum to 1 exactly."""
    if architecture.cost == "softmax_cross_entropy":
        return distributions(dtype, bits)
    if architecture.cost in ("binary_cross_entropy", "sigmoid_cross_entropy"):
        return np.minimum(bits % 6, 4).astype(dtype) / 4  # 0, 1/4, 1/2, 3/4, and 1 half the time
    return uniform(bits, dtype)


def distributions(dtype: str, bits: Array) -> Array:
    """All the weight on one class, or half on each of two."""
    number, bits = bits.shape[-2], bits[..., :1, :]
    classes = np.arange(number)[:, None]
    first, second = bits % number, (bits >> np.uint64(32)) % number
    second = np.where(bits >> np.uint64(63), first, second)
    return ((classes == first).astype(dtype) + (classes == second).astype(dtype)) / 2


# ------------------------------------------------------------------ regimes
def ordinary(_role: str, array: Array, _bits: Bits) -> Array:
    """Weights of about 1/√n, inputs below 2."""
    return array


def large(role: str, array: Array, _bits: Bits) -> Array:
    """Weights and biases 4 times, inputs 16 times as large."""
    return np.ldexp(array, 4 if role == "x" else 2)


def tiny(_role: str, array: Array, _bits: Bits) -> Array:
    """Everything 64 times smaller."""
    return np.ldexp(array, -6)


def kinks(_role: str, array: Array, bits: Bits) -> Array:
    """-1, -0, 0 and 1 only: sums cancel exactly, at the kinks of relu and hardtanh."""
    return np.array([-1.0, -0.0, 0.0, 1.0], dtype=array.dtype)[bits() % 4]


#: Powers of two of the saturated regime; a third of the units stay as they are.
SHIFTS = np.array([12, 0, 5, 8, 0, 10, 3, 0, 6], dtype=np.int32)


def saturated(role: str, array: Array, bits: Bits) -> Array:
    """Biases up to 4096 times as large: units in every part of the tails, to where e^|z| overflows.

    The units of a layer take the shifts in turn, from a random start.
    """
    if role == "b":
        start, units = bits()[:, :1] % len(SHIFTS), np.arange(array.shape[1], dtype=np.uint64)
        return np.ldexp(array, SHIFTS[(start + units[:, None]) % len(SHIFTS)])
    return np.ldexp(array, 2) if role == "x" else array


def vanishing(role: str, array: Array, _bits: Bits) -> Array:
    """Weights so small that, a few layers on, gradients fall below the smallest number."""
    if role != "W":
        return array
    return np.ldexp(array, SMALLEST[array.dtype.name] // 7)


def subnormal(role: str, array: Array, bits: Bits) -> Array:
    """Inputs, biases and a quarter of the weights between 0 and the smallest normal number."""
    name = array.dtype.name
    stored = PRECISION[name] - 1
    chosen = bits()
    digits = (chosen >> np.uint64(64 - stored)).astype(array.dtype)
    below = np.ldexp(np.copysign(digits, array), SMALLEST[name] - stored)
    return np.where(chosen % 4 == 0, below, array) if role == "W" else below


def zeros(_role: str, array: Array, bits: Bits) -> Array:
    """Half the entries 0, with either sign."""
    return np.where(bits() % 2, array, np.copysign(np.zeros_like(array), array))


REGIMES: dict[str, Callable[[str, Array, Bits], Array]] = {
    "ordinary": ordinary,
    "kinks": kinks,
    "saturated": saturated,
    "large": large,
    "tiny": tiny,
    "zeros": zeros,
    "vanishing": vanishing,
    "subnormal": subnormal,
}


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
#: Largest |bias| and |weighted sum| of a layer; the last one's costs are sums of squares.
HIDDEN, LAST = 64.0, 2.0
#: Largest |δ|, but for 1/m; |∇ₐC| is at most 6 there, |σ′| at most 1.13.
DELTA, FIRST_DELTA, STEEPEST = 64.0, 8.0, 1.25


def within_range(W: list[Array], b: list[Array], x: Array) -> tuple[list[Array], list[Array]]:
    """Weights, scaled by powers of two, and biases, clipped: nothing exceeds float16's 65504.

    Forward z ≤ 128, so that gelu's z³ may be differentiated; back |δ| ≤ 64, so that ∂C/∂W ≤ 2¹⁴.
    """
    W, b = list(W), list(b)
    delta: float | Array = FIRST_DELTA
    for l in reversed(range(len(W))):
        grown = delta * STEEPEST * norm(W[l].mT)
        W[l] = scaled_down(W[l], grown / DELTA)
        delta = np.minimum(grown, DELTA)
    reach = exceeding(x)
    for l in range(len(W)):
        limit = HIDDEN if l < len(W) - 1 else LAST
        b[l] = clipped(b[l], limit)
        W[l] = scaled_down(W[l], norm(W[l]) * reach / limit)
        reach = norm(W[l]) * reach + exceeding(b[l]) + 1
    return W, b


def norm(W: Array) -> Array:
    """The largest sum of |w| in a row, of each draw; exact, of so few numbers of float16."""
    sums = np.abs(W).astype(np.float64).sum(axis=-1, keepdims=True)
    return np.asarray(sums.max(axis=-2, keepdims=True))


def clipped(array: Array, limit: float) -> Array:
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

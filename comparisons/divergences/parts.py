"""What several frameworks do alike: parts in place of the usual ones, where, and why."""

from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import Deviation
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise, Errors
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.reference.activations import QUICK, SELU_ALPHA, SELU_SCALE
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ why
HOW_TANH = "tanh′ is taken as 1 - a², of which nothing is left where a is rounded to ±1"
HOW_SIGMOID = "sigmoid′ is taken as a (1 - a), of which nothing is left where a is rounded to 1"
HOW_GELU_TANH = (
    "gelu_tanh is z/2 · (1 + tanh(…)): the sum of nearly opposite numbers in the left tail"
)
HOW_SOFTSIGN = "softsign′ is taken as 1/q - |z|/q², q = 1 + |z|: nearly equal terms for a large z"
HOW_CUBE = "the derivative of the cubic overflows, and is multiplied by tanh′, which is 0"
HOW_MAXIMUM = "relu written as maximum(z, 0) has the derivative ½ at 0, where that of relu is 0"
HOW_NAN = "of a NaN the derivative is a number: what is downstream of it cannot be told by ∂C/∂z"
HOW_CERTAIN = "the gradient is p - y: 0 where p is rounded to 1, though C, and -C′, are about 1 - p"
HOW_SUM = "the sum of exponentials is held in float16, whose largest number is 65504"
HOW_VJP = "p (v - Σ p v) cancels where p is rounded to 1: 0 is left of p (1 - p)"

# ------------------------------------------------------------------ where
LARGEST, LARGEST_DOUBLE = (float(np.finfo(dtype).max) for dtype in ("float32", "float64"))


def at_zero(z: Array) -> Array:
    return z == 0


def at_ends(z: Array) -> Array:
    return np.abs(z) == 1


def farthest(low: Array, high: Array) -> Array:
    """The largest |z| of an interval."""
    return np.maximum(np.abs(low), np.abs(high))


def within(
    where: tuple[float, ...], off: float = 1.0, *, of_slope: bool = True
) -> Callable[[Array, Array, Format], tuple[Array, Array]]:
    """A deviation of σ′, or of m ∇ₐC: so much in an interval in which one of these points is."""

    def deviation(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
        met = np.logical_or.reduce([(low <= point) & (point <= high) for point in where])
        found, nothing = np.where(met, off, 0.0), np.zeros_like(low)
        return (nothing, found) if of_slope else (found, nothing)

    return deviation


# ------------------------------------------------------------------ a kink is on the steep side
def steep(name: str, where: Callable[[Array], Array]) -> Elementwise:
    """The derivative at a kink is 1."""
    return ELEMENTWISE[name].replaced(where, sigma_prime=1)


# ------------------------------------------------------------------ what errs by more
#: z, a, |σ′| and the format → what is to be added to the errors of σ and σ′.
Extra = Callable[[Array, Array, Array, Format], Errors]


def rougher(name: str, extra: Extra) -> Elementwise:
    """The same σ, with errors that are larger by so much."""
    usual = ELEMENTWISE[name]

    def errors(z: Array, a: Array, d: Array, fmt: Format) -> Errors:
        e0, e1 = usual.errors(z, a, d, fmt)
        more, more_prime = extra(z, a, d, fmt)
        return e0 + more, e1 + more_prime

    return usual.changed(errors=errors)


# ------------------------------------------------------------------ what cancels
def one_minus_sigmoid(more: float = 0) -> Cost:
    """(1 - y) - sigmoid(-a): what the sigmoid errs by is of 1, however small the difference is.

    By ``more`` u besides.
    """
    usual = COSTS["sigmoid_cross_entropy"]

    def error(a: Array, y: Array, fmt: Format) -> Array:
        m = a.shape[-1]
        return usual.gradient_error(a, y, fmt) + of_one(fmt) / m + more * fmt.u / m

    return usual.changed(gradient_error=error)


def of_one(fmt: Format) -> float:
    """κ of a sigmoid near 1, the difference's rounding, and those of the scale."""
    return (fmt.kappa.sigmoid + 6) * fmt.u


def exp_minus_one(name: str, cancels: Deviation) -> Elementwise:
    """Below 0, elu is eᶻ - 1: κ of exp, and the difference's rounding, of at most 1."""
    return rougher(name, lambda z, _a, _d, fmt: cancels(z, z, fmt))


def exp_cancels(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """κ of eᶻ, which is below 1, and a rounding: of σ, and of a σ′ that is taken from it."""
    lost = np.where(low < 0, (fmt.kappa.exp + 1) * fmt.u, 0.0)
    return lost, lost


def scaled_exp_cancels(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """That of elu times λα: in selu."""
    lost, _ = exp_cancels(low, high, fmt)
    return SELU_SCALE * SELU_ALPHA * lost, SELU_SCALE * SELU_ALPHA * lost


# ------------------------------------------------------------------ float16: e⁻ᶻ overflows
LOG_OF_LARGEST = float(np.log(65520.0))  # of what is rounded to ∞


def exp_overflows(z: Array) -> Array:
    """Where 1 + e⁻ᶻ is ∞ in float16."""
    return z < -LOG_OF_LARGEST


def zero_below(name: str, where: Callable[[Array], Array] = exp_overflows) -> Elementwise:
    """Of the sigmoid, and of what is a product with it, nothing is left there."""
    return ELEMENTWISE[name].replaced(where, sigma_prime=0, sigma=np.zeros_like)


def sigmoid_lost(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """All of it, 1.5e-5 at most; and of its derivative, which is smaller."""
    largest = np.exp(np.minimum(high, -LOG_OF_LARGEST))
    lost = np.where(low < -LOG_OF_LARGEST, largest, 0.0)
    return lost, lost


def silu_lost(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """|z| eᶻ, which is largest at the highest z; σ′ = s (1 + z (1 - s)) is below it there."""
    lost, _ = sigmoid_lost(low, high, fmt)
    lost = lost * -np.minimum(high, -LOG_OF_LARGEST)
    return lost, lost


# ------------------------------------------------------------------ float16: e^{-1.702 z}
def stretched_exp_overflows(z: Array) -> Array:
    """Where it is of 1.702 z, a product of two numbers of float16 that is rounded to one."""
    near = np.clip(z, -100, 100).astype(np.float16)
    return exp_overflows((near * np.float16(QUICK)).astype(np.float64))


def quick_gelu_lost(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """That of silu at 1.702 z, over 1.702; σ′ is silu′ there."""
    rounded = QUICK * (1 + 2 * fmt.u)
    lost, slope = silu_lost(rounded * low, QUICK * high, fmt)
    return lost / QUICK, slope


# ------------------------------------------------------------------ eᶻ as 2 to the power z / log 2
def of_exp2(z: Array, fmt: Format) -> Array:
    """η: relative, of eᶻ and e⁻ᶻ, whose power is rounded, and so is what z is multiplied by.

    2u|z| besides κ; two |z| more make room for κ and what is of second order. Of the sigmoid's
    parts 1/(1 + e⁻ᶻ) and, of a positive z, 1 less that, e has the share sigmoid(-z) or less.
    """
    return 2 * fmt.u * (np.abs(z) + 2)


# ------------------------------------------------------------------ sums whose terms are counted
#: What may be rounded after one: the two of a scale by 1/m.
OF_SCALE = 2

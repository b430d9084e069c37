"""What frameworks follow in place of a definition, and where; ``met`` says why."""

from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.divergences.entry import Deviation
from crossgrad.comparisons.pairs import Pair, choose, lift, sum_of
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Elementwise, Errors
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.rounding import Format
from crossgrad.reference.activations import HARD_END, QUICK, SELU_ALPHA, SELU_SCALE
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ torch: softplus past 20
TORCH_THRESHOLD = 20.0


def beyond_threshold(z: Array) -> Array:
    """Where softplus is z, and its derivative 1."""
    return z > TORCH_THRESHOLD


def past_threshold(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """log(1 + e⁻ᶻ) and 1 - sigmoid(z), both below e⁻ᶻ, at the lowest z past the threshold."""
    lost = np.where(high > TORCH_THRESHOLD, np.exp(-np.maximum(low, TORCH_THRESHOLD)), 0.0)
    return lost, lost


# ------------------------------------------------------------------ torch: cross-entropy's clamp
TORCH_EPSILON = float(np.float32(1e-12))  # torch holds it as a float, for doubles too
INDUCTOR_EPSILON = 1e-12  # and its compiler as a double


def clamped(epsilon: float) -> Cost:
    """(a - y) / max(a (1 - a), ε) / m; two roundings more."""
    usual = COSTS["binary_cross_entropy"]

    def gradient(a: Array, y: Array) -> Pair:
        share = lift(a) * sum_of(1.0, -a) / epsilon
        whole = usual.gradient(a, y)
        return choose(share.hi < 1, whole * share, whole)

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return 2 * usual.gradient_error(a, y, fmt) * np.minimum(a * (1 - a) / epsilon, 1.0)

    return usual.replaced(gradient=gradient, gradient_error=error)


def clamp_within(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """All of the gradient may be lost where the interval of a reaches the clamp."""
    nearest = np.minimum(low * (1 - low), high * (1 - high))
    return np.zeros_like(low), np.where(nearest < TORCH_EPSILON, 1.0, 0.0)


# ------------------------------------------------------------------ what cancels
def one_minus_sigmoid() -> Cost:
    """(1 - y) - sigmoid(-a): what the sigmoid errs by is of 1, however small the difference is."""
    usual = COSTS["sigmoid_cross_entropy"]

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return usual.gradient_error(a, y, fmt) + of_one(fmt) / a.shape[-1]

    return usual.changed(gradient_error=error)


def of_one(fmt: Format) -> float:
    """κ of a sigmoid near 1, the difference's rounding, and those of the scale."""
    return (fmt.kappa.sigmoid + 6) * fmt.u


def sigmoid_cancels(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of m ∇ₐC, for negative logits."""
    return np.where(low < 0, of_one(fmt), 0.0), np.zeros_like(low)


def exp_minus_one(name: str, cancels: Deviation) -> Elementwise:
    """Below 0, elu is eᶻ - 1: κ of exp, and the difference's rounding, of at most 1."""
    return rougher(name, lambda z, _a, _d, fmt: cancels(z, z, fmt))


def of_exponential(fmt: Format) -> float:
    """κ of eᶻ, which is below 1, and a rounding."""
    return (fmt.kappa.exp + 1) * fmt.u


def exp_cancels(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of σ, and of a σ′ that is taken from it."""
    lost = np.where(low < 0, of_exponential(fmt), 0.0)
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
    return ACTIVATIONS[name].replaced(where, sigma_prime=0, sigma=np.zeros_like)


def sigmoid_lost(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """All of it, 1.5e-5 at most; and of its derivative, which is smaller."""
    largest = np.exp(np.minimum(high, -LOG_OF_LARGEST))
    lost = np.where(low < -LOG_OF_LARGEST, largest, 0.0)
    return lost, lost


def stretched_exp_overflows(z: Array) -> Array:
    """Where it is of 1.702 z, a product of two numbers of float16 that is rounded to one."""
    near = np.clip(z, -100, 100).astype(np.float16)
    return exp_overflows((near * np.float16(QUICK)).astype(np.float64))


def quick_gelu_lost(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """That of silu at 1.702 z, over 1.702; σ′ is silu′ there."""
    rounded = QUICK * (1 + 2 * fmt.u)
    lost, slope = silu_lost(rounded * low, QUICK * high, fmt)
    return lost / QUICK, slope


def silu_lost(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """|z| eᶻ, which is largest at the highest z; σ′ = s (1 + z (1 - s)) is below it there."""
    lost, _ = sigmoid_lost(low, high, fmt)
    lost = lost * -np.minimum(high, -LOG_OF_LARGEST)
    return lost, lost


# ------------------------------------------------------------------ torch: a sixth of 24 bits
A_SIXTH = float(np.float32(1 / 6))


def between_kinks(z: Array) -> Array:
    """Those of hardsigmoid."""
    return np.abs(z) < HARD_END


def sixth_is_rough(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """σ′ alone, by 5e-9."""
    inside = (low < HARD_END) & (high > -HARD_END)
    return np.zeros_like(low), np.where(inside, abs(A_SIXTH - 1 / 6), 0.0)


# ------------------------------------------------------------------ a kink is on the steep side
def at_zero(z: Array) -> Array:
    """The kink of relu and leaky_relu."""
    return z == 0


def at_ends(z: Array) -> Array:
    """Those of hardtanh."""
    return np.abs(z) == 1


def steep(name: str, where: Callable[[Array], Array]) -> Elementwise:
    """The derivative at a kink is 1."""
    return ACTIVATIONS[name].replaced(where, sigma_prime=1)


# ------------------------------------------------------------------ XLA: log1p in float64
LOG1P_HOLE = float(np.sqrt(2.0) - 1)
LOG1P_WORST = 400.0  # in u; measured: 241 at the hole's end, halving every 0.01 above -0.41


def rough_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """What log1p(-a) adds in the hole, which ends at √2 - 1."""
    usual = COSTS["binary_cross_entropy"].value_error(a, y, fmt)
    if fmt.name != "float64":
        return usual
    rough = fmt.u * LOG1P_WORST * np.exp2(-100 * (LOG1P_HOLE - a))
    terms = np.where(in_log1p_hole(a), -(1 - y) * np.log1p(-a) * rough, 0.0)
    return usual + terms.sum(axis=(-2, -1)) / a.shape[-1]


def in_log1p_hole(a: Array) -> Array:
    """Where XLA's rational approximation of log1p(-a) is used beyond its interval."""
    return (a > 1 - np.sqrt(0.5)) & (a < LOG1P_HOLE)


# ------------------------------------------------------------------ TensorFlow: cut off
def cut_off(fmt: Format) -> Format:
    """A product of matrices loses its last bits as it is stored."""
    return fmt._replace(store=2)


# ------------------------------------------------------------------ what errs by more
#: z, a, |σ′| and the format → what is to be added to the errors of σ and σ′.
Extra = Callable[[Array, Array, Array, Format], Errors]


def rougher(name: str, extra: Extra) -> Elementwise:
    """The same σ, with errors that are larger by so much."""
    usual = ACTIVATIONS[name]

    def errors(z: Array, a: Array, d: Array, fmt: Format) -> Errors:
        e0, e1 = usual.errors(z, a, d, fmt)
        more, more_prime = extra(z, a, d, fmt)
        return e0 + more, e1 + more_prime

    return usual.changed(errors=errors)


def farthest(low: Array, high: Array) -> Array:
    """The largest |z| of an interval."""
    return np.maximum(np.abs(low), np.abs(high))

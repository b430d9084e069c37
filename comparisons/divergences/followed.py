"""What frameworks follow in place of a definition, and where; ``met`` says why."""

import numpy as np

from comparisons.definitions import COST_DEFINITIONS
from comparisons.pairs import Pair, choose, lift, sum_of
from comparisons.rounding import Format
from reference.parameters import Array

# ------------------------------------------------------------------ torch: softplus past 20
TORCH_THRESHOLD = 20.0


def beyond_threshold(z: Array) -> Array:
    """Where softplus is z, and its derivative 1."""
    return z > TORCH_THRESHOLD


def past_threshold(low: Array, high: Array) -> tuple[Array, Array]:
    """log(1 + e⁻ᶻ) and 1 - sigmoid(z), both below e⁻ᶻ, at the lowest z past the threshold."""
    lost = np.where(high > TORCH_THRESHOLD, np.exp(-np.maximum(low, TORCH_THRESHOLD)), 0.0)
    return lost, lost


# ------------------------------------------------------------------ torch: cross-entropy's clamp
TORCH_EPSILON = float(np.float32(1e-12))  # torch holds it as a float, for doubles too


def clamped_gradient(a: Array, y: Array) -> Pair:
    """(a - y) / max(a (1 - a), 10⁻¹²) / m."""
    usual = COST_DEFINITIONS["binary_cross_entropy"].pairs.gradient(a, y)
    share = lift(a) * sum_of(1.0, -a) / TORCH_EPSILON
    return choose(share.hi < 1, usual * share, usual)


def clamped_error(a: Array, y: Array, fmt: Format) -> Array:
    """As without the clamp, scaled by it; two roundings more."""
    usual = COST_DEFINITIONS["binary_cross_entropy"].gradient_error(a, y, fmt)
    return 2 * usual * np.minimum(a * (1 - a) / TORCH_EPSILON, 1.0)


def clamp_within(low: Array, high: Array) -> tuple[Array, Array]:
    """All of the gradient may be lost where the interval of a reaches the clamp."""
    nearest = np.minimum(low * (1 - low), high * (1 - high))
    return np.zeros_like(low), np.where(nearest < TORCH_EPSILON, 1.0, 0.0)


# ------------------------------------------------------------------ XLA: log1p in float64
LOG1P_HOLE = float(np.sqrt(2.0) - 1)
LOG1P_WORST = 400.0  # in u; measured: 241 at the hole's end, halving every 0.01 above -0.41


def rough_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """What log1p(-a) adds in the hole, which ends at √2 - 1."""
    usual = COST_DEFINITIONS["binary_cross_entropy"].value_error(a, y, fmt)
    if fmt.name != "float64":
        return usual
    rough = fmt.u * LOG1P_WORST * np.exp2(-100 * (LOG1P_HOLE - a))
    terms = np.where(in_log1p_hole(a), -(1 - y) * np.log1p(-a) * rough, 0.0)
    return usual + terms.sum(axis=(-2, -1)) / a.shape[-1]


def in_log1p_hole(a: Array) -> Array:
    """Where XLA's rational approximation of log1p(-a) is used beyond its interval."""
    return (a > 1 - np.sqrt(0.5)) & (a < LOG1P_HOLE)


# ------------------------------------------------------------------ JAX: sums in 16 bits
def as_narrow(fmt: Format) -> Format:
    """Sums are accumulated in the format itself."""
    return fmt._replace(wider=None)

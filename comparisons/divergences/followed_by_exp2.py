"""What MLX and tinygrad follow: eᶻ is taken as 2 to the power z / log 2.

The power is rounded, and so is what z is multiplied by: eᶻ errs by 2u|z| besides κ. Of the
sigmoid's parts 1/(1 + e⁻ᶻ) and, of a positive z, 1 less that, e has the share sigmoid(-z) or less.
"""

import numpy as np

from crossgrad.comparisons.divergences.followed import farthest, one_minus_sigmoid
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Elementwise, Errors
from crossgrad.comparisons.parts.costs import Cost
from crossgrad.comparisons.rounding import Format
from crossgrad.reference.activations import sigmoid, sigmoid_prime
from crossgrad.reference.parameters import Array


def of_exp(z: Array, fmt: Format) -> Array:
    """η: relative, of eᶻ and e⁻ᶻ. Two |z| more make room for κ and what is of second order."""
    return 2 * fmt.u * (np.abs(z) + 2)


# ------------------------------------------------------------------ MLX
def sigmoid_by_exp2(z: Array, _a: Array, d: Array, fmt: Format) -> Errors:
    """η s (1 - s); in σ′ = s (1 - s) twice that at most, as η is below 2⁻¹⁶ where e is a number."""
    return of_exp(z, fmt) * d, 2 * of_exp(z, fmt) * d


def silu_by_exp2(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """z s; s + z s (1 - s), in which s may be rounded differently each time."""
    rise = of_exp(z, fmt) * sigmoid(z)
    return np.abs(z) * rise, rise * (1 + 2 * np.abs(z))


def softplus_by_exp2(z: Array, _a: Array, d: Array, fmt: Format) -> Errors:
    """log(1 + e^{-|z|}) hands on e/(1 + e) of η, less than itself; σ′ as a sigmoid or e^{z - a}."""
    return of_exp(z, fmt) * np.log1p(np.exp(-np.abs(z))), of_exp(z, fmt) * d


def mish_by_exp2(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """Of t = tanh(softplus) η at most; of σ′ = t + z (1 - t²) s: t, 2t² z s and (1 - t²) z s."""
    s = sigmoid(z)
    t = 2 * s  # tanh w ≤ w, and 2s is above t: t = (e² + 2e) / (e² + 2e + 2) ≤ 2e / (1 + e)
    return of_exp(z, fmt) * a, of_exp(z, fmt) * (t + 2 * np.abs(z) * s)


BY_EXP2 = {
    "sigmoid": sigmoid_by_exp2,
    "silu": silu_by_exp2,
    "softplus": softplus_by_exp2,
    "log_sigmoid": softplus_by_exp2,
    "mish": mish_by_exp2,
}


def exp2_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of all but log_sigmoid: η, 1 + |z|, and 2 sigmoid(z), which is above log(1 + e^{-|z|})."""
    size = farthest(low, high)
    off = 2 * of_exp(size, fmt) * (1 + size) * sigmoid(high)
    return off, off


def log_sigmoid_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """As softplus, from the other side."""
    return exp2_is_rough(-high, -low, fmt)


def logits_by_exp2() -> Cost:
    """sigmoid(a) as 1 - sigmoid(-a), which errs by η s (1 - s): 2u (|a| + 2) e^{-|a|} ≤ 4u."""
    usual = one_minus_sigmoid()

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return usual.gradient_error(a, y, fmt) + 4 * fmt.u / a.shape[-1]

    return usual.changed(gradient_error=error)


def logits_cancel(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of m ∇ₐC: κ, six roundings and the four, of 1."""
    return np.full_like(low, (fmt.kappa.sigmoid + 10) * fmt.u), np.zeros_like(low)


# ------------------------------------------------------------------ tinygrad
def chain(z: Array, fmt: Format) -> Errors:
    """Of s = 1/(1 + e), e = 2^(-z/log 2), and of s′ as s · s · e · log 2 / log 2, or s (1 - s).

    e errs by η and κ, 1 + e by its share of that and a rounding, its reciprocal by one more. In s′
    are two s, an e, two constants and five products; or an error of s gives what it gives in
    ``sigmoid_errors``: where e is multiplied by s, tinygrad may take 1 - s for the product.
    """
    s, d = sigmoid(z), sigmoid_prime(z)
    of_e = of_exp(z, fmt) + fmt.kappa.exp * fmt.u
    relative = sigmoid(-z) * of_e + 2 * fmt.u
    error = relative * s
    product = (2 * relative + of_e + 7 * fmt.u) * d
    from_s = error * np.abs(1 - 2 * s) + error * error + 4 * fmt.u * d
    return error, np.maximum(product, from_s) + s_lost(z, d, fmt)


def s_lost(z: Array, d: Array, fmt: Format) -> Array:
    """v s s may be below the smallest subnormal, which is uω, where v s′ is above ω: if e > 1/4u.

    All of it is lost then, or it is rounded up to no more than twice as much.
    """
    return np.where(z < np.log(4 * fmt.u), 2 * d, 0.0)


def sigmoid_in_tinygrad() -> Elementwise:
    """Errors of its chain."""

    def errors(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
        e0, e1 = chain(z, fmt)
        return e0 + 2 * fmt.omega, e1 + 2 * fmt.omega

    return ACTIVATIONS["sigmoid"].changed(errors=errors)


def silu_in_tinygrad() -> Elementwise:
    """z s; s + z s′: two products and a sum more."""

    def errors(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
        e0, e1 = chain(z, fmt)
        size, flushed = np.abs(z), fmt.omega * (2 + np.abs(z))
        rounded = 3 * fmt.u * (sigmoid(z) + size * sigmoid_prime(z))
        return size * e0 + fmt.u * a + flushed, e0 + size * e1 + rounded + flushed

    return ACTIVATIONS["silu"].changed(errors=errors)


def tanh_in_tinygrad() -> Elementwise:
    """2 sigmoid(2z) - 1: an error relative to 1; its derivative is 4 s′(2z)."""

    def errors(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
        e0, e1 = chain(2 * z, fmt)
        return 2 * e0 + fmt.u * a + 2 * fmt.omega, 4 * e1 + 2 * fmt.omega

    return ACTIVATIONS["tanh"].changed(errors=errors)


def chain_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of sigmoid, silu and tanh: 5(1 + |z|) times what a chain of 2|z| errs by, of the largest s.

    With the largest |z| in the exponents, which are in s′ three times, and 19 roundings, κ of exp
    three times; all of s′ is lost below log 4u only, where it is no more than s there.
    """
    size, limit = farthest(low, high), np.log(4 * fmt.u)
    relative = 3 * (of_exp(2 * size, fmt) + fmt.kappa.exp * fmt.u) + 19 * fmt.u
    times = 5 * (1 + size)
    off = times * relative * np.maximum(sigmoid(high), sigmoid(2 * high))
    reached = 2 * times * sigmoid(np.minimum(np.maximum(high, 2 * high), limit))
    return off, off + np.where(2 * np.minimum(low, 0) < limit, reached, 0.0)

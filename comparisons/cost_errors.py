"""How far a textbook C and ∇ₐC may be from the truth at an exact float a.

For any textbook formula, by hand or by automatic differentiation, scaled by 1/m before or after
its sum. Arguments: a and y in float64, ``(n_L, m)``, and the format; κ from ``rounding``.
"""

from collections.abc import Callable
from functools import partial
from math import ceil

import numpy as np

from crossgrad.comparisons.local_errors import exp_of_difference
from crossgrad.comparisons.rounding import SLACK, Format, gamma
from crossgrad.reference.activations import sigmoid, softplus
from crossgrad.reference.costs import COSTS, softmax
from crossgrad.reference.parameters import Array

Error = Callable[[Array, Array, Format], Array]


def scaling_roundings(n_outputs: int, batch: int, cost: str, fmt: Format) -> int:
    """Roundings between two reported derivatives that a program scales after it has computed them.

    Each scale rounds either of the two. One is of the program's own: a loss scale, of which the
    derivatives are freed at the end, or the weight k/m of a micro-batch of k samples. One is the
    mean over the batch, or over k samples of it; over 1 or 2 it is exact. mse divides by the
    outputs as well; by a power of two that is exact.

    In 16 bits a scale of one's own is a power of two. Any other rounds each entry of δ once more as
    it is stored, which in a sum that cancels is any number of times what the sum is: so may the
    means do (``Place.summed``), and nothing else.
    """
    over_outputs = cost == "mse" and bool(n_outputs & (n_outputs - 1))
    if fmt.narrow:
        return 2 * (bool(batch & (batch - 1)) + over_outputs)
    over_samples = batch > 2  # noqa: PLR2004 - so that it may be divided by three
    return 2 * (1 + over_samples + over_outputs)


def scale_roundings(cost: str) -> int:
    """Roundings of all scales of one number: two a divisor, and three of the program's own scale.

    XLA multiplies by a rounded reciprocal. A loss scale is multiplied by, and then by its rounded
    reciprocal; a micro-batch's weight is rounded, and multiplied by.
    """
    divisors = 2 if cost == "mse" else 1
    return 2 * divisors + 3


# ------------------------------------------------------------------ quadratic and mse
def divisor(cost: str, a: Array) -> float:
    """∇ₐC is (a - y) over this."""
    outputs, batch = a.shape[-2:]
    return outputs * batch / 2 if cost == "mse" else batch


def squares_value_error(cost: str, a: Array, y: Array, fmt: Format) -> Array:
    """Terms of one sign: difference twice, square, sum, scales."""
    terms = a.shape[-2] * a.shape[-1]
    lost = fmt.omega * (2 * terms + 2 + np.abs(a - y).sum(axis=(-2, -1)))
    return fmt.relative(terms, 2 + scale_roundings(cost)) * COSTS[cost].value(a, y) + lost


def squares_gradient_error(cost: str, a: Array, y: Array, fmt: Format) -> Array:
    """One rounding of a - y, and the scales."""
    return gamma(1 + scale_roundings(cost), fmt.u) * np.abs(a - y) / divisor(cost, a) + fmt.omega


# ------------------------------------------------------------------ cross-entropies
def binary_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """κ of the logarithms; log(1 - a) also hands on the rounding of 1 - a."""
    count = a.shape[-2] * a.shape[-1]
    roundings = ceil(max(fmt.kappa.log, fmt.kappa.log1p)) + 7
    lost = (1 - y).sum(axis=(-2, -1)) * fmt.u / a.shape[-1]
    return fmt.relative(count, roundings) * COSTS["binary_cross_entropy"].value(a, y) + 2 * lost


def binary_gradient_error(a: Array, y: Array, fmt: Format) -> Array:
    """From -y/a + (1 - y)/(1 - a), or as one fraction: five roundings, and five to scale."""
    terms = y / a + (1 - y) / (1 - a)
    return gamma(10, fmt.u) * terms / a.shape[-1] + fmt.omega * (2 + terms)


def logit_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """Errors relative to the terms, of the textbook forms the one with the larger terms.

    max(a, 0) - ya + log(1 + e^{-|a|}), as well as (1 - y) a - log_sigmoid(a), which torch takes
    and which cancels for negative a.
    """
    count = a.shape[-2] * a.shape[-1]
    first = np.maximum(a, 0) + np.abs(a) * y
    second = np.maximum(-a, 0) + np.abs(a) * (1 - y)
    terms = np.maximum(first, second) + softplus(-np.abs(a))
    total = (terms + fmt.omega).sum(axis=(-2, -1)) / a.shape[-1]
    return fmt.relative(count, ceil(fmt.kappa.softplus) + 8) * total + fmt.omega * (2 * count + 2)


def logit_gradient_error(a: Array, y: Array, fmt: Format, reach: Array | float = 0.0) -> Array:
    """sigmoid(a) - y: κ sigmoid; or by the product rule, each sigmoid as e^{a - softplus(a)}.

    Or e^{a - softplus(a)} - y, as the derivative of softplus(a) - ya comes out: the error of that
    sigmoid, whatever y is, for it is there before y is subtracted. It is the larger of the two
    where y is near 1 and a is above 0. (For a below 0 it is relative to s, as the other is; it is
    (1 - y) - sigmoid(-a) that has no digit left there, and no excuse.)
    ``reach`` is how far a may be from what it is taken for.
    """
    s, t = sigmoid(a), sigmoid(-a)
    chained = s * exp_of_difference(a, softplus(a), fmt, a - reach)
    rule = (1 - y) * chained + y * t * exp_of_difference(-a, softplus(-a), fmt, -a - reach)
    rule = np.maximum(rule, chained)
    g = np.abs((1 - y) * s - y * t)
    error = fmt.u * (fmt.kappa.sigmoid * s + 2 * g) + rule
    return (error + gamma(5, fmt.u) * (g + error)) / a.shape[-1] + 3 * fmt.omega


def softmax_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """Terms y (s + ℓ), s = max a - a, ℓ = log Σ e^{-s}: see ``softmax_error`` for ℓ.

    Or as y (λ - a), λ = log Σ eᵃ, or Σ yλ less Σ ya: errors relative to these larger terms. Or as
    -y log p, which hands on the error of p, a quotient of exponentials.
    """
    s, log_sum = softmax_parts(a)
    outputs, batch = a.shape[-2:]
    size = np.abs(a.max(axis=-2, keepdims=True) + log_sum)
    kappa = fmt.kappa
    error = 3 * s + (kappa.log + 2) * log_sum + kappa.log * size
    error = np.maximum(error, (kappa.log + 1) * s + kappa.log * log_sum + kappa.exp + 1)
    error = fmt.u * (error + weighted(s, most_likely(a), fmt)) + fmt.relative(outputs)
    terms = fmt.relative(outputs * batch, 7) * (size + np.abs(a))
    total = (y * (error + terms)).sum(axis=(-2, -1))
    return total / batch * (1 + gamma(6, fmt.u)) + fmt.omega * (2 * outputs * batch + 2)


def softmax_error(a: Array, fmt: Format, reach: Array | float = 0.0) -> Array:
    """Error of p = softmax, in any textbook form, of any logits within ``reach`` of a.

    As e^{-s}/Σe^{-s}, as e^{-s-ℓ}, or as e^{a-λ}, where λ = log Σ eᵃ is max a + ℓ, or the logarithm
    of that sum as it stands, and rounded to its own size. Computed, p is p eʳ or p e⁻ʳ at most, r:
    the argument of each exponential is rounded (u s), and so is ℓ; κ of exp, twice; κ of log on ℓ,
    or on λ; the sum of exponentials, weighted by p; the sum of the targets, which multiplies p. So
    the error is at most p (eʳ - 1), and that is below e^{r-s-ℓ},
    which is a number where p is 0 and eʳ is ∞. Nor is it more than the larger p of the two. The
    exact p is at most 1. The computed p is a term of a sum over that sum, at most 1 and two
    roundings; or the sum is at least e⁰ - κu, so that -s-ℓ is at most κu and a rounding, and its
    exponential 1 + 2κu and three; then the sum of the targets. Where λ errs by 1 or more, e^{a-λ}
    has no digit right, and no excuse.
    """
    s, log_sum = softmax_parts(a)
    size = fmt.kappa.log * (np.abs(a.max(axis=-2, keepdims=True) + log_sum) + reach)
    size = np.where(fmt.u * size < 1, size, 0)
    s, log_sum = s + 2 * reach, log_sum + 2 * reach
    n, log_p, kappa = a.shape[-2], log_likely(a, reach), fmt.kappa
    p = np.exp(log_p)
    first = s + np.maximum(s, size) + (kappa.log + 2) * log_sum
    first += 2 * kappa.exp + 3 + weighted(s, p, fmt)
    r = fmt.u * first + 2 * fmt.relative(n)
    error = np.fmin(p * np.expm1(r), np.exp(log_p + r))  # 0 · ∞ is left out
    return np.fmin(error, 1 + fmt.relative(n, 2 * ceil(fmt.kappa.exp) + 4))


def softmax_parts(a: Array) -> tuple[Array, Array]:
    """s = max a - a and ℓ = log Σ e^{-s}; each grows by 2c at most if the logits move by c."""
    s = a.max(axis=-2, keepdims=True) - a
    return s, np.log(np.exp(-s).sum(axis=-2, keepdims=True))


def log_likely(a: Array, reach: Array | float = 0.0) -> Array:
    """The largest log p of logits within reach: -s - ℓ + 2c, and at most 0.

    Where 2c is about s, the slack is more than what s is rounded by; else that is of no account.
    """
    s, log_sum = softmax_parts(a)
    return np.minimum(2 * SLACK * reach - s - log_sum, 0)


def most_likely(a: Array, reach: Array | float = 0.0) -> Array:
    """The largest p of logits within reach."""
    return np.exp(log_likely(a, reach))


def weighted(s: Array, p: Array, fmt: Format) -> Array:
    """Σ p (s + κ_exp): what the sum of exponentials hands on."""
    return (p * (s + fmt.kappa.exp)).sum(axis=-2, keepdims=True)


def softmax_gradient_error(a: Array, y: Array, fmt: Format) -> Array:
    """p - y: the error of p and two roundings of each part, then the scale."""
    return softmax_difference_error(softmax(a), softmax_error(a, fmt) + 2 * fmt.omega, y, fmt)


def softmax_difference_error(p: Array, p_error: Array, y: Array, fmt: Format) -> Array:
    """(p - y) / m, p known within ``p_error``."""
    error = p_error + 2 * fmt.u * (p + p_error + y)
    return (error + gamma(5, fmt.u) * (np.abs(p - y) + error)) / p.shape[-1] + fmt.omega


#: Of C, then of ∇ₐC.
COST_ERRORS: dict[str, tuple[Error, Error]] = {
    "quadratic": (
        partial(squares_value_error, "quadratic"),
        partial(squares_gradient_error, "quadratic"),
    ),
    "mse": (partial(squares_value_error, "mse"), partial(squares_gradient_error, "mse")),
    "binary_cross_entropy": (binary_value_error, binary_gradient_error),
    "sigmoid_cross_entropy": (logit_value_error, logit_gradient_error),
    "softmax_cross_entropy": (softmax_value_error, softmax_gradient_error),
}

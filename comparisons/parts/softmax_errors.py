"""How far a computed softmax may be from the truth: p = eᵃ / Σ eᵃ over the outputs of each sample.

Arguments: a in float64, ``(n_L, m)``, and the format; κ from ``rounding``.
"""

from math import ceil, log1p

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import SLACK, Format, gamma
from crossgrad.reference.parameters import Array


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
    size = fmt.kappa.log * (size_of_sum(a, log_sum) + reach)
    size = np.where(fmt.u * size < 1, size, 0)
    s, log_sum = s + 2 * reach, log_sum + 2 * reach
    n, log_p, kappa = a.shape[-2], log_likely(a, reach), fmt.kappa
    p = np.exp(log_p)
    first = s + np.maximum(s, size) + (kappa.log + 2) * log_sum
    first += 2 * kappa.exp + 3 + weighted(s, p, fmt)
    r = fmt.u * first + 2 * fmt.relative(n)
    error = np.fmin(p * np.expm1(r), np.exp(log_p + r))  # 0 · ∞ is left out
    return np.fmin(error, 1 + fmt.relative(n, 2 * ceil(fmt.kappa.exp) + 4))


def moved_softmax(a: Array, E: Array) -> Array:
    """How far p may move with logits that are off by E: by e^{E_j} (1 + Σ p_k (e^{E_k} - 1)) - 1.

    Here a and the backend's logits both lie within E of the truth, so within 2E of each other;
    neither p is larger than the largest there, which is finite where the factor is not.
    """
    furthest = E.max(axis=-2, keepdims=True)
    p = most_likely(a, furthest)
    spread = (p * np.expm1(E)).sum(axis=-2, keepdims=True)
    moved = p * (np.expm1(E) + np.exp(E) * spread)
    return np.fmin(moved, most_likely(a, 2 * furthest))  # 0 · ∞ is left out


def log_softmax_error(a: Array, fmt: Format, reach: Array | float = 0.0) -> Array:
    """Error of log p = -(s + ℓ), in any textbook form, of any logits within ``reach`` of a.

    As -s - ℓ: s is rounded, ℓ has κ of log and the error x of its sum, and the difference is
    rounded. As a - λ, λ = max a + ℓ, likewise with a rounding of λ; or λ is the logarithm of Σ eᵃ
    as it stands, with κ of log on λ. Or as log p, of a p that is not flushed to 0: κ of log on
    log p, and what p is off by. x is log Σ p e^{us + κu}, κ of exp, and what n roundings make of
    a sum.
    """
    s, log_sum = softmax_parts(a)
    size = size_of_sum(a, log_sum) + reach
    p, log_p = most_likely(a, reach), log_likely(a, reach)
    s, log_sum = s + 2 * reach, log_sum + 2 * reach
    u, kappa = fmt.u, fmt.kappa
    of_exp = u * s + exponent(kappa.exp * u)
    grown = np.fmin(p * np.expm1(of_exp), np.exp(log_p + of_exp))  # 0 · ∞ is left out
    x = np.log1p(grown.sum(axis=-2, keepdims=True)) + exponent(fmt.relative(a.shape[-2]))
    log_error = x + (kappa.log + 1) * u * (log_sum + x) + fmt.omega
    shifted = u * s + log_error
    by_sum = log_error + kappa.log * u * (size + log_error)
    by_quotient = of_exp + exponent(u) + x + kappa.log * u * (s + log_sum)
    error = np.maximum.reduce(np.broadcast_arrays(shifted, by_sum, by_quotient))
    return error + u * (s + log_sum + error)


def exponent(relative: float) -> float:
    """x with e^{-x} = 1 - r, so that 1 + r ≤ e^x too; where nothing is known, it is large."""
    return -log1p(-min(relative, 0.999))


def softmax_propagated(a: Array, E: Array, fmt: Format) -> Array:
    """Error of a computed p, of logits that are known within E."""
    furthest = E.max(axis=-2, keepdims=True)
    return moved_softmax(a, E) + softmax_error(a, fmt, 2 * furthest) + 2 * fmt.omega


def likelihood_error(a: Array, fmt: Format, roundings: int) -> Array:
    """Error of -log p = s + ℓ, s = max a - a, ℓ = log Σ e^{-s}: see ``softmax_error`` for ℓ.

    Or as λ - a, λ = log Σ eᵃ, or Σ λ less Σ a: errors relative to these larger terms. Or as -log of
    p, a quotient of exponentials, whose error it hands on. It is a term of a sum over outputs and
    batch, rounded so many times before and after.
    """
    s, log_sum = softmax_parts(a)
    outputs, batch = a.shape[-2:]
    size = size_of_sum(a, log_sum)
    kappa = fmt.kappa
    error = 3 * s + (kappa.log + 2) * log_sum + kappa.log * size
    error = np.maximum(error, (kappa.log + 1) * s + kappa.log * log_sum + kappa.exp + 1)
    error = fmt.u * (error + weighted(s, most_likely(a), fmt)) + fmt.relative(outputs)
    return error + fmt.relative(outputs * batch, roundings) * (size + np.abs(a))


def softmax_parts(a: Array) -> tuple[Array, Array]:
    """s = max a - a and ℓ = log Σ e^{-s}; each grows by 2c at most if the logits move by c."""
    s = a.max(axis=-2, keepdims=True) - a
    return s, np.log(np.exp(-s).sum(axis=-2, keepdims=True))


def size_of_sum(a: Array, log_sum: Array) -> Array:
    """|λ|, λ = log Σ eᵃ = max a + ℓ."""
    return np.abs(a.max(axis=-2, keepdims=True) + log_sum)


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


def softmax_difference_error(p: Array, p_error: Array, y: Array, fmt: Format) -> Array:
    """(p - y) / m, p known within ``p_error``."""
    error = p_error + 2 * fmt.u * (p + p_error + y)
    return (error + gamma(5, fmt.u) * (np.abs(p - y) + error)) / p.shape[-1] + fmt.omega

"""How far a textbook σ and σ′ may be from the truth at an exact float z.

e0 bounds |fl(σ(z)) - σ(z)|, e1 bounds |fl(σ′(z)) - σ′(z)|, for any textbook formula, from z or
from a, by hand or by automatic differentiation. Where a textbook derivative cancels (1 - a²
near saturation), e1 is absolute there: no derivative is called wrong for what its algebra does to
rounding. σ itself has no such excuse: log(1 + eᶻ) where log1p is needed, or tanh as a quotient of
differences, is beyond e0. Arguments: z, a = |σ(z)|, d = |σ′(z)| in float64, u and ω of the format;
κ from ``rounding``. Each derivation stands in the docstring.
"""

from collections.abc import Callable

import numpy as np

from comparisons.rounding import Format, gamma
from reference.activations import (
    GELU_CUBIC,
    LEAKY_SLOPE,
    SQRT_2_OVER_PI,
    TAIL,
    gelu_cubic,
    gelu_cubic_prime,
    normal_cdf,
    normal_density,
    sigmoid,
    sigmoid_prime,
    softplus,
    tanh_softplus,
)
from reference.parameters import Array

Errors = tuple[Array, Array]
#: e to this power is still a number in float64.
MOST = 700.0


def local_errors(name: str, z: Array, a: Array, d: Array, fmt: Format) -> Errors:
    """e0 and e1 of the named activation, with what a result flushed to zero adds."""
    e0, e1 = ERRORS[name](z, a, d, fmt)
    if name in SELECTING:
        return e0 + fmt.omega, e1
    flushed = fmt.omega * (2 + (np.abs(z) if name in TIMES_Z else 0))
    return e0 + flushed, e1 + flushed


def selection(z: Array, _a: Array, _d: Array, _fmt: Format) -> Errors:
    """Identity, relu, hardtanh: a comparison and a choice; nothing is rounded."""
    return np.zeros_like(z), np.zeros_like(z)


def leaky_relu(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """The slope is rounded, then its product with z."""
    negative = z <= 0
    return np.where(negative, gamma(2, fmt.u) * a, 0), np.where(negative, fmt.u * LEAKY_SLOPE, 0)


def sigmoid_errors(_z: Array, a: Array, d: Array, fmt: Format) -> Errors:
    """From a (1 - a): an error e of a gives e|1 - 2a| + e², and four roundings; or σ(z) σ(-z)."""
    u, kappa = fmt.u, fmt.kappa
    e = kappa.sigmoid * u * a
    from_a = e * np.abs(1 - 2 * a) + e * e + 4 * u * d
    return e, np.maximum(from_a, (2 * kappa.sigmoid + 1) * u * d)


def tanh(_z: Array, a: Array, d: Array, fmt: Format) -> Errors:
    """From 1 - a²: an error e of a gives 2ea + e², the square one rounding; from cosh, 15."""
    u, kappa = fmt.u, fmt.kappa
    e = kappa.tanh * u * a
    return e, (2 * kappa.tanh + 1) * u * a * a + e * e + 15 * u * d


def softplus_errors(z: Array, a: Array, d: Array, fmt: Format) -> Errors:
    """From sigmoid(z), or e^{z - a}, whose argument errs by (κ + 1)ua + u|z|."""
    return fmt.kappa.softplus * fmt.u * a, d * exp_of_difference(z, a, fmt)


def log_sigmoid(z: Array, a: Array, d: Array, fmt: Format) -> Errors:
    """As softplus of -z; σ′ also as 1 - sigmoid(z), which hands on the error of the sigmoid."""
    u, kappa = fmt.u, fmt.kappa
    e0, e1 = softplus_errors(-z, a, d, fmt)
    return e0, np.maximum(e1, u * (kappa.sigmoid * sigmoid(z) + d))


def exp_of_difference(z: Array, a: Array, fmt: Format) -> Array:
    """Relative error of the sigmoid taken as e^{z - a}, a = softplus(z).

    Past about 6 in bfloat16, later in others, a is z to the last bit and z - a is 0: nothing of
    second order arises that the two u to spare would not hold.
    """
    u, kappa = fmt.u, fmt.kappa
    return (kappa.exp + kappa.sigmoid + 2) * u + (kappa.softplus + 1) * u * a + u * np.abs(z)


def elu(z: Array, a: Array, d: Array, fmt: Format) -> Errors:
    """For z ≤ 0 expm1; σ′ from eᶻ, or from a + 1, which hands on the error of a."""
    u, kappa = fmt.u, fmt.kappa
    negative = z <= 0
    e = np.where(negative, kappa.expm1 * u * a, 0)
    return e, e + np.where(negative, (kappa.exp + 1) * u * d, 0)


def softsign(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """q = 1 + |z|: two roundings. σ′ as 1/q - |z|/q² cancels: terms of at most 1/q, 9 roundings."""
    return gamma(2, fmt.u) * a, gamma(9, fmt.u) / (1 + np.abs(z))


def silu(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """From s (1 + z (1 - s)), or the product rule: errors relative to the terms, not the sum."""
    u, kappa = fmt.u, fmt.kappa
    s = sigmoid(z)
    rise = u * np.abs(z) * s
    slope = (kappa.sigmoid + 3) * (u * s + rise * sigmoid(-z)) + (kappa.sigmoid + 1) * rise
    return (kappa.sigmoid + 2) * rise, slope


def mish(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """t = tanh(w), w = log(1 + eᶻ): w t′/t ≤ 1, so the relative error of t is at most κ.

    σ′ = t + z (1 - t²) s: 1 - t² hands on 2κt² and is rounded; s as in softplus.
    """
    u, kappa = fmt.u, fmt.kappa
    k = kappa.tanh + max(kappa.softplus, kappa.exp + kappa.log1p)
    t, one_minus_square = tanh_softplus(z)
    error = (2 * k + 2) * u * t * t
    error += (exp_of_difference(z, softplus(z), fmt) + 6 * u) * one_minus_square
    return (k + 1) * u * a, (k + 3) * u * t + np.abs(z) * sigmoid(z) * error


def gelu(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """Φ from erf errs absolutely; its argument z/√2 by two roundings; φ by its square's."""
    u, kappa = fmt.u, fmt.kappa
    size = np.abs(z)
    clipped = np.minimum(size, TAIL)
    density = normal_density(z)
    e = u * (kappa.erf / 2 + 1.5 + 4 * clipped * density + 4 * normal_cdf(z))
    slope = clipped * density * u * (kappa.exp + 6 + 2 * clipped * clipped)
    return size * e + 2 * u * a, e + slope


def gelu_tanh(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """½z (1 + t), t = tanh(g): the cubic g errs by 6u|g|; t′ as 1 - t². Or z · sigmoid(2g).

    An ulp by which t may miss ±1, however large z is, is multiplied by z and by the cubic's slope
    there: ``steep``, which must not be clipped as it may where t′ itself is 0. (Past 10¹⁰⁰ it is,
    for its square to be a number; nothing has a digit right there.)
    """
    u, kappa = fmt.u, fmt.kappa
    size = np.abs(z)
    g, g_prime = gelu_cubic(size), gelu_cubic_prime(size)
    far = np.minimum(size, 1e100)
    steep = SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * far * far)
    t, t_prime = np.tanh(g), 4 * sigmoid_prime(2 * g)
    one_plus_t = 2 * sigmoid(np.copysign(2 * g, z))
    e_t = u * (kappa.tanh * t + 6 * t_prime * g + 1)
    e_prime = 2 * t * e_t + e_t * e_t + u * (2 * t * t + 15 * t_prime)
    from_sigmoid = u * (0.5 * kappa.sigmoid * one_plus_t + 3 * t_prime * g)
    e_half = np.maximum(0.5 * (e_t + u * one_plus_t), from_sigmoid)
    slope = 0.5 * far * (steep * e_prime + 8 * u * g_prime * t_prime)
    products = u * (0.5 * one_plus_t + 0.5 * size * t_prime * g_prime)
    return size * e_half + 3 * u * a, e_half + slope + products


def flush_gain(name: str, z: Array) -> Array:
    """What a product with ∂C/∂a that was flushed to zero may still be multiplied by.

    The product rule takes z (and the slope of gelu_tanh's cubic) as a factor of its own: in
    v · σ₁ · z, where v · σ₁ falls below ω, up to ω|z| is lost. The cubic's constant may come before
    the flush, 3z² after it (JAX's order in reverse mode): up to 3ωz².
    """
    size = np.abs(z)
    if name == "gelu_tanh":
        square = 3 * np.minimum(size, TAIL) ** 2
        return size * (1 + GELU_CUBIC * square) + square
    return size if name in (*TIMES_Z, "softsign") else np.zeros_like(z)


#: σ chooses, it does not compute: σ′ is 0 or 1, and products with it are exact.
SELECTING = ("identity", "relu", "hardtanh")
#: σ is a product with z: a factor that is flushed to zero costs ω|z|.
TIMES_Z = ("silu", "mish", "gelu", "gelu_tanh")

ERRORS: dict[str, Callable[[Array, Array, Array, Format], Errors]] = {
    "identity": selection,
    "relu": selection,
    "hardtanh": selection,
    "leaky_relu": leaky_relu,
    "sigmoid": sigmoid_errors,
    "tanh": tanh,
    "softplus": softplus_errors,
    "log_sigmoid": log_sigmoid,
    "elu": elu,
    "softsign": softsign,
    "silu": silu,
    "mish": mish,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
}

"""How far a textbook σ and σ′ may be from the truth at an exact float z.

e0 bounds |fl(σ(z)) - σ(z)|, e1 bounds |fl(σ′(z)) - σ′(z)|, for any textbook formula, from z or
from a, by hand or by automatic differentiation. Where a textbook derivative cancels (1 - a²
near saturation), e1 is absolute there: no derivative is called wrong for what its algebra does to
rounding. σ itself has no such excuse: log(1 + eᶻ) where log1p is needed, or tanh as a quotient of
differences, is beyond e0; but for the left tail of gelu and gelu_tanh, which are *defined* as
½z (1 + …). Further out a function has settled at its limit (``SETTLED``): what is left there of a
form that cancels is 0, and it errs by the value itself. Arguments: z, a = |σ(z)|, d = |σ′(z)| in
float64, u and ω of the format; κ from ``rounding``; ``near`` is the point nearest to 0 of all that
z may be, z itself where it is known. Each derivation stands in the docstring.
"""

import math
from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.rounding import FORMATS, SETTLED, Format, gamma
from crossgrad.reference.activations import (
    GELU_CUBIC,
    LEAKY_SLOPE,
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
from crossgrad.reference.parameters import Array

Errors = tuple[Array, Array]
#: e to this power is still a number in float64.
MOST = 700.0
#: e to the negative of this is below ω² in every format.
SQUARE_OF_OMEGA = 1420.0


def local_errors(
    name: str, z: Array, a: Array, d: Array, fmt: Format, near: Array | None = None
) -> Errors:
    """e0 and e1 of the named activation, with what a result flushed to zero adds.

    What has settled in 16 bits may not have in float32, which it is computed in: 1 + t is then not
    0, but off by what float32 makes of it.
    """
    near = z if near is None else near
    e0, e1 = ERRORS[name](z, a, d, fmt, near)
    if name in SELECTING:
        return e0 + fmt.omega, e1
    if fmt.narrow:
        within = ERRORS[name](z, a, d, FORMATS["float32"], near)
        rounded = (e + fmt.u * (value + e) for e, value in zip(within, (a, d), strict=True))
        e0, e1 = (np.maximum(*pair) for pair in zip((e0, e1), rounded, strict=True))
    flushed = fmt.omega * (2 + (carried(z) if name in TIMES_Z else 0))
    return e0 + flushed, e1 + flushed


# ------------------------------------------------------------------ where functions have settled
def tanh_settles(fmt: Format) -> float:
    """From where on 1 - |tanh z| = 2 / (1 + e^{2|z|}) is below ``SETTLED`` u: it is ±1 exactly."""
    return 0.5 * math.log(2 / (SETTLED * fmt.u) - 1)


def sigmoid_settles(fmt: Format) -> float:
    """From where on 1 - sigmoid(z) is; and, of -z, expm1(z) + 1: it is 1, or -1."""
    return math.log(1 / (SETTLED * fmt.u))


def erf_settles(fmt: Format) -> float:
    """From which |z| on erf(z/√2) is ±1: erfc(x) ≤ e^{-x²}, and z/√2 has two roundings."""
    return math.sqrt(2 * math.log(1 / (SETTLED * fmt.u))) * (1 + 2 * fmt.u)


def softplus_settles(fmt: Format) -> float:
    """From where on every softplus is z to the last bit.

    log1p(eᶻ) errs by κuz, until eᶻ overflows, at 4/ω; who does not fail there adds a nothing to z.
    What is rounded to 16 bits once, from z + e⁻ᶻ + 2u, is z where that is nearer to z than a
    quarter of uz, the least distance of two numbers: from 9.1 on.
    """
    overflow = math.log(4) - math.log(fmt.omega) if fmt.omega else math.inf
    return 10.0 if fmt.narrow else overflow


# ------------------------------------------------------------------ the rules
def selection(z: Array, _a: Array, _d: Array, _fmt: Format, _near: Array) -> Errors:
    """Identity, relu, hardtanh: a comparison and a choice; nothing is rounded."""
    return np.zeros_like(z), np.zeros_like(z)


def leaky_relu(z: Array, a: Array, _d: Array, fmt: Format, _near: Array) -> Errors:
    """The slope is rounded, then its product with z."""
    negative = z <= 0
    return np.where(negative, gamma(2, fmt.u) * a, 0), np.where(negative, fmt.u * LEAKY_SLOPE, 0)


def sigmoid_errors(_z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
    """From a (1 - a): an error e of a gives e|1 - 2a| + e², and four roundings; or σ(z) σ(-z).

    Where a has settled at 1, the first is 0, and the second has the smaller error.
    """
    u, kappa = fmt.u, fmt.kappa
    e = kappa.sigmoid * u * a
    from_a = e * np.abs(1 - 2 * a) + e * e + 4 * u * d
    near_0 = np.maximum(from_a, (2 * kappa.sigmoid + 1) * u * d)
    return e, np.where(near >= sigmoid_settles(fmt), d, near_0)


def tanh(_z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
    """From 1 - a²: an error e of a gives 2ea + e², the square one rounding; from cosh, 15.

    Where a has settled at ±1, the first is 0, and the second has the smaller error.
    """
    u, kappa = fmt.u, fmt.kappa
    e = kappa.tanh * u * a
    near_0 = (2 * kappa.tanh + 1) * u * a * a + e * e + 15 * u * d
    return e, np.where(np.abs(near) >= tanh_settles(fmt), d, near_0)


def softplus_errors(z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
    """From sigmoid(z), or e^{z - a}."""
    return fmt.kappa.softplus * fmt.u * a, d * exp_of_difference(z, a, fmt, near)


def log_sigmoid(z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
    """As softplus of -z; σ′ also as 1 - sigmoid(z), which hands on the error of the sigmoid.

    Or is 0, where that has settled at 1.
    """
    u, kappa = fmt.u, fmt.kappa
    e0, e1 = softplus_errors(-z, a, d, fmt, -near)
    one_minus = np.where(near >= sigmoid_settles(fmt), d, u * (kappa.sigmoid * sigmoid(z) + d))
    return e0, np.maximum(e1, one_minus)


def exp_of_difference(z: Array, a: Array, fmt: Format, near: Array) -> Array:
    """Relative error of the sigmoid taken as e^{z - a}, a = softplus(z).

    Its argument errs by κua, and by u|z - a|, which is u softplus(-z); where a is far below that,
    z - a is z, off by a. Two u are for what is of second order. Where a has settled at z the
    argument is 0, off by the whole of that, and e⁰ is 1, as is the sigmoid.
    """
    u, kappa = fmt.u, fmt.kappa
    difference = softplus(-z)
    rounded = np.where(near <= -sigmoid_settles(fmt), a, u * difference)
    error = (kappa.exp + kappa.sigmoid + 2) * u + kappa.softplus * u * a + rounded
    return np.where(near >= softplus_settles(fmt), difference + 2 * u, error)


def elu(z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
    """For z ≤ 0 expm1; σ′ from eᶻ, or from a + 1, which hands on the error of a.

    Or is 0, where a has settled at -1.
    """
    u, kappa = fmt.u, fmt.kappa
    negative = z <= 0
    e = np.where(negative, kappa.expm1 * u * a, 0)
    near_0 = e + np.where(negative, (kappa.exp + 1) * u * d, 0)
    return e, np.where(near <= -sigmoid_settles(fmt), d, near_0)


def softsign(z: Array, a: Array, _d: Array, fmt: Format, _near: Array) -> Errors:
    """q = 1 + |z| and z/q; or z times 1/q, which serves σ′ too: three roundings.

    σ′ as 1/q - |z|/q² cancels: terms of at most 1/q, 9 roundings.
    """
    return gamma(3, fmt.u) * a, gamma(9, fmt.u) / (1 + np.abs(z))


def silu(z: Array, _a: Array, _d: Array, fmt: Format, near: Array) -> Errors:
    """From s (1 + z (1 - s)), or the product rule: errors relative to the terms, not the sum.

    Where s has settled at 1, z (1 - s) is 0, and four roundings are left. a + s (1 - a) then is
    z + (1 - z), in which nothing is rounded up to z = 1/u. Beyond, it is 0 or 2, and wrong.
    """
    u, kappa = fmt.u, fmt.kappa
    s, t = sigmoid(z), sigmoid(-z)
    rise = u * np.abs(z) * s
    slope = (kappa.sigmoid + 3) * (u * s + rise * t) + (kappa.sigmoid + 1) * rise
    far = np.abs(z) * t + 4 * u
    return (kappa.sigmoid + 2) * rise, np.where(near >= sigmoid_settles(fmt), far, slope)


def mish(z: Array, a: Array, _d: Array, fmt: Format, near: Array) -> Errors:
    """t = tanh(w), w = log(1 + eᶻ): w t′/t ≤ 1, so the relative error of t is at most κ.

    σ′ = t + z (1 - t²) s: 1 - t² hands on 2κt² and is rounded; s as in softplus. Where t has
    settled at 1, the second term is 0; t as a quotient of squares, and what is done with it, has
    eight roundings.
    """
    u, kappa = fmt.u, fmt.kappa
    of_w = max(kappa.softplus, kappa.exp + kappa.log1p)
    k = kappa.tanh + of_w
    w = softplus(z)
    t, one_minus_square = tanh_softplus(z)
    error = (2 * k + 2) * u * t * t
    error += (exp_of_difference(z, w, fmt, near) + 6 * u) * one_minus_square
    rise = np.abs(z) * sigmoid(z)
    settled = near * (1 - of_w * u) >= tanh_settles(fmt)  # w is above z
    e0 = np.where(settled, 8 * u * a + np.abs(z) * one_minus_square, (k + 1) * u * a)
    far = 8 * u + (1 + rise) * one_minus_square
    return e0, np.where(settled, far, (k + 3) * u * t + rise * error)


def gelu(z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
    """Φ from erf errs absolutely; its argument z/√2 by two roundings; φ by its square's.

    Where erf has settled at -1, Φ is 0, or what an erfc gives: it errs by no more than itself. And
    σ′ by no more than that, or is 0 with it.
    """
    u, kappa = fmt.u, fmt.kappa
    size = np.abs(z)
    clipped = np.minimum(size, TAIL)
    density, cdf = clipped * normal_density(z), normal_cdf(z)
    e = u * (kappa.erf / 2 + 1.5 + 4 * density + 4 * cdf)
    slope = density * u * (kappa.exp + 6 + 2 * clipped * clipped)
    tail, settled = cdf + 4 * u * density, near <= -erf_settles(fmt)
    e0 = size * np.where(settled, tail, e) + 2 * u * a
    return e0, np.where(settled, np.maximum(tail + slope, d), e + slope)


def gelu_tanh(z: Array, a: Array, _d: Array, fmt: Format, near: Array) -> Errors:
    """½z (1 + t), t = tanh(g): the cubic g errs by 6u|g|; t′ as 1 - t². Or z · sigmoid(2g).

    Where t has settled at ±1, t′ is 0, and ½ (1 + t) is 1 or 0; or, as a sigmoid, both are what
    they are at a g that is off by 6u|g|: neither errs by more than what there is of it there
    (``lost``), and of the two ½z t′ is the larger, and has the other sign in the left tail.

    There ½z t′ may be added to ½t, which is -½, before ½ is: it is rounded to what -½ can have
    beside it. -½ itself is among that, so that the sum errs by no more than ½z t′ and what is left
    is twice it at most: off by 2X - (x - ``lost``), where x is the exact ½z t′, X the largest that
    g allows and x - ``lost`` the exact σ′. In the right tail that rounding is one of limit's three.
    """
    u, kappa = fmt.u, fmt.kappa
    size = np.abs(z)
    g, g_prime = gelu_cubic(size), gelu_cubic_prime(size)
    t, t_prime = np.tanh(g), 4 * sigmoid_prime(2 * g)
    one_plus_t = 2 * sigmoid(np.copysign(2 * g, z))
    e_t = u * (kappa.tanh * t + 6 * t_prime * g + 1)
    e_prime = 2 * t * e_t + e_t * e_t + u * (2 * t * t + 15 * t_prime)
    from_sigmoid = u * (0.5 * kappa.sigmoid * one_plus_t + 3 * t_prime * g)
    e_half = np.maximum(0.5 * (e_t + u * one_plus_t), from_sigmoid)
    slope = 0.5 * size * g_prime * (e_prime + 8 * u * t_prime)
    products = u * (0.5 * one_plus_t + 0.5 * size * t_prime * g_prime)
    sure = 1 - 6 * u
    settled = gelu_cubic(np.abs(near)) * sure >= tanh_settles(fmt)
    lost, limit = sigmoid(-2 * sure * g), np.where(z < 0, 0, 3 * u)
    largest = size * (2 * g_prime * lost)
    beside_half = np.where(z < 0, largest - 0.5 * size * (g_prime * t_prime) + lost, 3 * u)
    e_half = np.where(settled, lost + limit, e_half)
    e1 = np.where(settled, largest + beside_half, e_half + slope + products)
    return size * e_half + 3 * u * a, e1


def flush_gain(name: str, z: Array) -> Array:
    """What a product with ∂C/∂a that was flushed to zero may still be multiplied by.

    The product rule takes z (and the slope of gelu_tanh's cubic) as a factor of its own: in
    v · σ₁ · z, where v · σ₁ falls below ω, up to ω|z| is lost. The cubic's constant may come before
    the flush, 3z² after it (JAX's order in reverse mode): up to 3ωz².
    """
    if name == "gelu_tanh":  # 1 - t² is below ω² from TAIL on
        size = np.minimum(np.abs(z), TAIL)
        return size * (1 + 3 * GELU_CUBIC * size * size) + 3 * size * size
    if name == "softsign":
        return np.abs(z)
    return carried(z) if name in TIMES_Z else np.zeros_like(z)


def carried(z: Array) -> Array:
    """|z|, as far as a flush is multiplied by it: the other factor is below e^{-|z|}.

    Where that is below ω², v · σ₁ is below ω for any v, and no more is lost than v · σ₁ · z.
    """
    return np.minimum(np.abs(z), SQUARE_OF_OMEGA)


#: σ chooses, it does not compute: σ′ is 0 or 1, and products with it are exact.
SELECTING = ("identity", "relu", "hardtanh")
#: σ is a product with z: a factor that is flushed to zero costs ω|z|.
TIMES_Z = ("silu", "mish", "gelu", "gelu_tanh")

ERRORS: dict[str, Callable[[Array, Array, Array, Format, Array], Errors]] = {
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

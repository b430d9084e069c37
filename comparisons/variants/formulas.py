"""σ and σ′ as they are written elsewhere: from z, and from a as students do."""

import math
from collections.abc import Callable

import numpy as np

from crossgrad.reference.parameters import Array

#: σ(z), and σ′(z, a).
Formula = tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]
Formulas = dict[str, Formula]

erf = np.vectorize(math.erf, otypes=[float])
erfc = np.vectorize(math.erfc, otypes=[float])


def logistic(z: Array) -> Array:
    """1 / (1 + e⁻ᶻ): where e⁻ᶻ overflows, the quotient is 0, as it should be."""
    return 1 / (1 + np.exp(-z))


def upper_tail(z: Array) -> Array:
    """½ erfc(-z/√2), the normal distribution function, in the format of z."""
    return (0.5 * erfc(-z / math.sqrt(2))).astype(z.dtype)


def lower_and_upper(z: Array) -> Array:
    """½ (1 + erf(z/√2)): the same, as textbooks have it."""
    return (1 + erf(z / math.sqrt(2)).astype(z.dtype)) / 2


def density(z: Array) -> Array:
    """The normal density."""
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def cubic(z: Array) -> Array:
    """The argument of gelu's tanh."""
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def cubic_prime(z: Array) -> Array:
    """Its derivative."""
    return math.sqrt(2 / math.pi) * (1 + 0.134145 * z**2)


def gelu_tanh_prime(z: Array, _a: Array) -> Array:
    """½ (1 + t) + ½ z (1 - t²) u′, as textbooks have it."""
    t = np.tanh(cubic(z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * cubic_prime(z)


def gelu_logistic_prime(z: Array, _a: Array) -> Array:
    """The derivative of z s(2u), by the product rule."""
    s, other = logistic(2 * cubic(z)), logistic(-2 * cubic(z))
    return s + 2 * z * s * other * cubic_prime(z)


def gelu_tanh_half_last(z: Array, _a: Array) -> Array:
    """½t + (3c₁z³ + c₀z)/2 · sech² + ½, in that order, as it is found when it is looked up.

    Beyond ±10 all of it is 0 or 1.
    """
    near = np.clip(z, -10, 10)
    cosh = np.cosh(cubic(near))
    return 0.5 * np.tanh(cubic(near)) + 0.5 * near * cubic_prime(near) / cosh**2 + 0.5


def silu_prime(z: Array, a: Array) -> Array:
    """a + s (1 - a); from where a has no digit after the point on, s."""
    s = logistic(z)
    return np.where(a * np.finfo(a.dtype).eps < 1, a + s * (1 - a), s)


def softplus(z: Array) -> Array:
    """log(1 + eᶻ); z, where eᶻ overflows."""
    e = np.exp(z)
    return np.where(np.isinf(e), z, np.log1p(e))


def mish_prime(z: Array, _a: Array) -> Array:
    """T + z (1 - t²) s."""
    t = np.tanh(np.logaddexp(0, z))
    return t + z * (1 - t * t) * logistic(z)


def mish_cosh_prime(z: Array, _a: Array) -> Array:
    """T + z s / cosh²(softplus z)."""
    w = np.logaddexp(0, z)
    return np.tanh(w) + z * logistic(z) / np.cosh(w) ** 2


def one_where(truth: Array, z: Array, otherwise: float = 0.0) -> Array:
    """1 where it is true, in the format of z."""
    return np.where(truth, z.dtype.type(1), z.dtype.type(otherwise))


#: Name → σ(z) and σ′(z, a), σ′ from z.
FROM_Z: Formulas = {
    "identity": (lambda z: +z, lambda z, _: z * 0 + 1),
    "sigmoid": (logistic, lambda z, _: logistic(z) * logistic(-z)),
    "tanh": (np.tanh, lambda z, _: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: np.where(z > 0, z, z.dtype.type(0)), lambda z, _: one_where(z > 0, z)),
    "leaky_relu": (
        lambda z: np.maximum(z, z.dtype.type(0.01) * z),
        lambda z, _: one_where(z > 0, z, 0.01),
    ),
    "elu": (
        lambda z: np.where(z > 0, z, np.expm1(z)),
        lambda z, _: np.where(z > 0, z.dtype.type(1), np.exp(z)),
    ),
    "softplus": (lambda z: np.logaddexp(0, z), lambda z, _: logistic(z)),
    "silu": (lambda z: z / (1 + np.exp(-z)), lambda z, _: logistic(z) * (1 + z * logistic(-z))),
    "gelu": (lambda z: z * upper_tail(z), lambda z, _: upper_tail(z) + z * density(z)),
    "gelu_tanh": (lambda z: z * logistic(2 * cubic(z)), gelu_logistic_prime),
    "softsign": (lambda z: z * (1 / (1 + abs(z))), lambda z, _: (1 / (1 + abs(z))) ** 2),
    "log_sigmoid": (lambda z: -np.logaddexp(0, -z), lambda z, _: 1 - logistic(z)),
    "mish": (lambda z: z * np.tanh(np.logaddexp(0, z)), mish_cosh_prime),
    "hardtanh": (lambda z: np.clip(z, -1, 1), lambda z, _: one_where(abs(z) < 1, z)),
}
#: The same as students write them: σ′ from a where it can be. (The textbook's eᶻ - 1 and
#: log(1 + eᶻ) lose all digits near 0 and far below it: expm1 and logaddexp are the least.)
FROM_A: Formulas = {
    **FROM_Z,
    "sigmoid": (logistic, lambda _, a: a * (1 - a)),
    "tanh": (np.tanh, lambda _, a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda _, a: one_where(a > 0, a)),
    "leaky_relu": (FROM_Z["leaky_relu"][0], lambda _, a: one_where(a > 0, a, 0.01)),
    "elu": (FROM_Z["elu"][0], lambda z, a: np.where(z > 0, z.dtype.type(1), a + 1)),
    "softplus": (softplus, lambda z, a: np.exp(z - a)),
    "silu": (lambda z: z * logistic(z), silu_prime),
    "gelu": (lambda z: z * lower_and_upper(z), lambda z, _: lower_and_upper(z) + z * density(z)),
    "gelu_tanh": (lambda z: 0.5 * z * (1 + np.tanh(cubic(z))), gelu_tanh_prime),
    "softsign": (lambda z: z / (1 + abs(z)), lambda _, a: (1 - abs(a)) ** 2),
    "log_sigmoid": (lambda z: -softplus(-z), lambda z, a: np.exp(a - z)),
    "mish": (FROM_Z["mish"][0], mish_prime),
    "hardtanh": (FROM_Z["hardtanh"][0], lambda _, a: one_where(abs(a) < 1, a)),
}
#: Of one activation another sum, in whose left tail -½ and ½ meet.
HALF_LAST: Formulas = {**FROM_A, "gelu_tanh": (FROM_A["gelu_tanh"][0], gelu_tanh_half_last)}

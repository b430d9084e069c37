"""Narrow formats and cheap approximations, as hardware and libraries have them."""

import numpy as np

from crossgrad.reference.parameters import Array


def rounded(x: Array, bits: int) -> Array:
    """Rounded to nearest with this many significant bits: 8 for bfloat16, 11 for TF32."""
    mantissa, exponent = np.frexp(x)
    return np.ldexp(np.rint(np.ldexp(mantissa, bits)), exponent - bits).astype(x.dtype)


def half_precision_product(A: Array, B: Array) -> Array:
    """A B, each partial sum rounded to float16."""
    total = np.zeros((A.shape[0], B.shape[1]), np.float16)
    for column, row in zip(A.T, B, strict=True):
        total = (total + (column[:, None] * row).astype(np.float16)).astype(np.float16)
    return total


def summed_in_bfloat16(x: Array) -> Array:
    """The sum of each row, each partial sum rounded to 8 bits."""
    total = np.zeros((x.shape[0], 1), x.dtype)
    for column in x.T:
        total = rounded(total + rounded(column[:, None], 8), 8)
    return total


def in_eight_bits(x: Array) -> Array:
    """Symmetric quantization: 255 steps between -max and max."""
    step = np.abs(x).max() / 127
    return np.rint(x / step) * step if step > 0 else x


def flushed_like_float32(x: Array) -> Array:
    """0 below the smallest normal number of float32."""
    return np.where(np.abs(x) < np.finfo(np.float32).tiny, 0, x)


def reciprocal_estimate(x: Array) -> Array:
    """1/x from an estimate of 12 bits, as processors have it, and a step of Newton's: 24 bits."""
    estimate = rounded(1 / x, 12)
    return estimate * (2 - x * estimate)


def exp_by_bits(x: Array) -> Array:
    """eˣ by writing x/ln 2 into the exponent's bits (Schraudolph, 1999): up to 4 % off."""
    clipped = np.clip(x.astype(np.float64), -700, 700)
    bits = np.rint(clipped * (2**52 / np.log(2))) + (1023 * 2**52 - 60801 * 2**32)
    return bits.astype(np.int64).view(np.float64)


def erf_of_seven_digits(x: Array) -> Array:
    """Abramowitz & Stegun 7.1.26: within 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    coefficients = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    return np.sign(x) * (1 - np.polyval((*coefficients, 0), t) * np.exp(-x * x))


def tanh_as_a_fraction(x: Array) -> Array:
    """The continued fraction to x⁷, clipped at 4.97 where it reaches 1: 1e-4 there."""
    x = np.clip(x, -4.97, 4.97)
    s = x * x
    above = x * (135135 + s * (17325 + s * (378 + s)))
    return above / (135135 + s * (62370 + s * (3150 + 28 * s)))

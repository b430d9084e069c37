"""From where on a function has settled at its limit, to the last bit, in a format.

There what a textbook form subtracts is nothing: the forms that cancel give 0, or the limit.
"""

import math

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import SETTLED, Format
from crossgrad.reference.activations import softplus
from crossgrad.reference.parameters import Array


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


def exp_of_difference(z: Array, a: Array, fmt: Format, near: Array) -> Array:
    """Relative error of the sigmoid taken as e^{z - a}, a = softplus(z).

    Its argument errs by κua, and by u|z - a|, which is u softplus(-z); where a is far below that,
    z - a is z, off by a. Two u are for what is of second order. Where a has settled at z the
    argument is 0, off by the whole of that, and e⁰ is 1, as is the sigmoid. ``near`` is the point
    nearest to 0 of all that z may be.
    """
    u, kappa = fmt.u, fmt.kappa
    difference = softplus(-z)
    rounded = np.where(near <= -sigmoid_settles(fmt), a, u * difference)
    error = (kappa.exp + kappa.sigmoid + 2) * u + kappa.softplus * u * a + rounded
    return np.where(near >= softplus_settles(fmt), difference + 2 * u, error)

"""z Φ(z), Φ the normal distribution function."""

import math
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import erf_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, choose, functions
from crossgrad.comparisons.arithmetic.pairs.cache import remembered
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference.activations import TAIL, normal_cdf, normal_density
from crossgrad.reference.parameters import Array

#: Left of it Φ is below 2⁻⁵⁰, and is judged by what it is: 2⁻⁶⁵ is too much.
SMALL_CDF = -8.0


@remembered
def cdf(z: Array) -> Pair:
    """Φ(z); where it is small, and erf has no digit of it, from erfc in float64."""
    tail = z < SMALL_CDF
    small = np.zeros_like(z)
    small[tail] = [0.5 * math.erfc(-x * math.sqrt(0.5)) for x in z[tail].tolist()]
    return choose(tail, small, functions.normal_cdf(z))


# ------------------------------------------------------------------ as it is programmed
erf = np.vectorize(math.erf, otypes=[float])
erfc = np.vectorize(math.erfc, otypes=[float])


def upper_tail(z: Array) -> Array:
    """½ erfc(-z/√2), the normal distribution function, in the format of z."""
    return (0.5 * erfc(-z / math.sqrt(2))).astype(z.dtype)


def lower_and_upper(z: Array) -> Array:
    """½ (1 + erf(z/√2)): the same, as textbooks have it."""
    return (1 + erf(z / math.sqrt(2)).astype(z.dtype)) / 2


def density(z: Array) -> Array:
    return np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


class Gelu(Elementwise):
    """Hendrycks & Gimpel, *Gaussian error linear units*, 2016."""

    text = Text("{z}·Φ({z})", "(Φ({z}) + {z}·φ({z}))")
    from_z = Form(lambda z: z * upper_tail(z), lambda z, _: upper_tail(z) + z * density(z))
    from_a = Form(
        lambda z: z * lower_and_upper(z), lambda z, _: lower_and_upper(z) + z * density(z)
    )
    sup_prime = 1.1290
    product_with_z = True
    #: Φ, of which pairs have 2⁻⁶⁵, needs better there; so does σ′, which has a root at -0.75.
    absolute_below = -0.5
    has_longdouble = False
    wrong_sigma = mistakes(
        {
            "no z": upper_tail,
            "erf of z for z/√2": lambda z: z * (1 + erf(z).astype(z.dtype)) / 2,
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "z φ alone": lambda z: z * density(z),
            "φ without 1/√(2π)": lambda z: upper_tail(z) + z * np.exp(-z * z / 2),
            "Φ + φ": lambda z: upper_tail(z) + density(z),
        }
    )

    def sigma(self, z: Array) -> Pair:
        return z * cdf(z)

    def sigma_prime(self, z: Array) -> Pair:
        """Φ(z) + z φ(z)."""
        return cdf(z) + z * functions.normal_density(z)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """Φ from erf errs absolutely; its argument z/√2 by two roundings; φ by its square's.

        Where erf has settled at -1, Φ is 0, or what an erfc gives: it errs by no more than itself.
        And σ′ by no more than that, or is 0 with it.
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

    def second(self, z: Array, E: Array) -> Array:
        """φ(z) (2 - z²), φ taken where the interval is nearest to 0."""
        size = np.minimum(np.abs(z), TAIL)
        density = normal_density(np.maximum(size - E, 0))
        return np.minimum(density * (np.abs(2 - size * size) + 2 * size * E + E * E), 0.7979)

    def truth(self, z: Any, arb: Any) -> Any:
        return z * (-z / arb(2).sqrt()).erfc() / 2

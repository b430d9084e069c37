"""½z (1 + tanh u) = z · sigmoid(2u), u = √(2/π) (z + 0.044715 z³): gelu's approximation."""

import math
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.limits import tanh_settles
from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.pairs.cache import remembered
from crossgrad.comparisons.arithmetic.pairs.logistic import decay, sigmoid_by, sigmoid_prime_by
from crossgrad.comparisons.arithmetic.pairs.tables import CUBIC, LINEAR
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.parts.activations import sigmoid
from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Text
from crossgrad.comparisons.parts.mistakes import mistakes
from crossgrad.reference import activations as by_hand
from crossgrad.reference.activations import (
    GELU_CUBIC,
    SQRT_2_OVER_PI,
    TAIL,
    gelu_cubic,
    gelu_cubic_prime,
)
from crossgrad.reference.parameters import Array

#: The square of what is larger is no number; nothing has a digit right there.
FARTHEST = 1e100


@remembered
def twice_cubic(z: Array) -> tuple[Pair, Pair, Pair]:
    """2u, its derivative, and e^{-2|u|}; z is clipped before it is cubed, where σ is settled."""
    clipped = lift(np.clip(z, -TAIL, TAIL))
    square = CUBIC * (clipped * clipped)
    twice_u = clipped * (LINEAR + square)
    return twice_u, LINEAR + 3 * square, decay(twice_u)


# ------------------------------------------------------------------ as it is programmed
def cubic(z: Array) -> Array:
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def cubic_prime(z: Array) -> Array:
    return math.sqrt(2 / math.pi) * (1 + 0.134145 * z**2)


def prime_by_sigmoid(z: Array, _a: Array) -> Array:
    """The derivative of z s(2u), by the product rule."""
    s, other = sigmoid.textbook(2 * cubic(z)), sigmoid.textbook(-2 * cubic(z))
    return s + 2 * z * s * other * cubic_prime(z)


def prime_by_tanh(z: Array, _a: Array) -> Array:
    """½ (1 + t) + ½ z (1 - t²) u′, as textbooks have it."""
    t = np.tanh(cubic(z))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * cubic_prime(z)


def prime_by_half_last(z: Array, _a: Array) -> Array:
    """½t + (3c₁z³ + c₀z)/2 · sech² + ½, in that order, as it is found when it is looked up.

    In its left tail -½ and ½ meet. Beyond ±10 all of it is 0 or 1.
    """
    near = np.clip(z, -10, 10)
    cosh = np.cosh(cubic(near))
    return 0.5 * np.tanh(cubic(near)) + 0.5 * near * cubic_prime(near) / cosh**2 + 0.5


class GeluTanh(Elementwise):
    """Hendrycks & Gimpel, *Gaussian error linear units*, 2016.

    Of complex numbers NumPy's tanh is up to two ulps beyond ±1 near ±20, where ½z (1 + t) would
    have the wrong sign: it is taken from the sigmoid.
    """

    text = Text("{z}/2·(1 + tanh(0.797885·({z} + 0.044715·{z}³)))", "{d}")
    from_z = Form(lambda z: z * sigmoid.textbook(2 * cubic(z)), prime_by_sigmoid)
    from_a = Form(lambda z: 0.5 * z * (1 + np.tanh(cubic(z))), prime_by_tanh)
    otherwise = Form(from_a.sigma, prime_by_half_last)
    in_complex = staticmethod(lambda z: z * sigmoid.of_complex(2 * cubic(z)))
    sup_prime = 1.1300
    product_with_z = True
    wrong_sigma = mistakes(
        {
            "z² for z³": lambda z: (
                0.5 * z * (1 + np.tanh(SQRT_2_OVER_PI * (z + GELU_CUBIC * z * z)))
            ),
            "no √(2/π)": lambda z: 0.5 * z * (1 + np.tanh(z + GELU_CUBIC * z**3)),
            "by erf": by_hand.gelu,
        }
    )
    wrong_sigma_prime = mistakes(
        {
            "½ (1 + t) alone": lambda z: 0.5 * (1 + np.tanh(cubic(z))),
            "no u′": lambda z: (
                0.5 * (1 + np.tanh(cubic(z))) + 0.5 * z * (1 - np.tanh(cubic(z)) ** 2)
            ),
            "by erf": by_hand.gelu_prime,
        }
    )

    def sigma(self, z: Array) -> Pair:
        twice_u, _, e = twice_cubic(z)
        return z * sigmoid_by(e, twice_u.hi < 0)

    def sigma_prime(self, z: Array) -> Pair:
        """S + z S′ 2u′, S = sigmoid(2u)."""
        twice_u, slope, e = twice_cubic(z)
        return sigmoid_by(e, twice_u.hi < 0) + z * (sigmoid_prime_by(e) * slope)

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """½z (1 + t), t = tanh(g): the cubic g errs by 6u|g|; t′ as 1 - t². Or z · sigmoid(2g).

        Where t has settled at ±1, t′ is 0, and ½ (1 + t) is 1 or 0; or, as a sigmoid, both are what
        they are at a g that is off by 6u|g|: neither errs by more than what there is of it there
        (``lost``), and of the two ½z t′ is the larger, and has the other sign in the left tail.

        There ½z t′ may be added to ½t, which is -½, before ½ is: it is rounded to what -½ can have
        beside it. -½ itself is among that, so that the sum errs by no more than ½z t′ and what is
        left is twice it at most: off by 2X - (x - ``lost``), where x is the exact ½z t′, X the
        largest that g allows and x - ``lost`` the exact σ′. In the right tail that rounding is one
        of limit's three.
        """
        u, kappa = fmt.u, fmt.kappa
        size = np.abs(z)
        g, g_prime = gelu_cubic(size), gelu_cubic_prime(size)
        t, t_prime = np.tanh(g), 4 * by_hand.sigmoid_prime(2 * g)
        one_plus_t = 2 * by_hand.sigmoid(np.copysign(2 * g, z))
        e_t = u * (kappa.tanh * t + 6 * t_prime * g + 1)
        e_prime = 2 * t * e_t + e_t * e_t + u * (2 * t * t + 15 * t_prime)
        from_sigmoid = u * (0.5 * kappa.sigmoid * one_plus_t + 3 * t_prime * g)
        e_half = np.maximum(0.5 * (e_t + u * one_plus_t), from_sigmoid)
        slope = 0.5 * size * g_prime * (e_prime + 8 * u * t_prime)
        products = u * (0.5 * one_plus_t + 0.5 * size * t_prime * g_prime)
        sure = 1 - 6 * u
        settled = gelu_cubic(np.abs(near)) * sure >= tanh_settles(fmt)
        lost, limit = by_hand.sigmoid(-2 * sure * g), np.where(z < 0, 0, 3 * u)
        largest = size * (2 * g_prime * lost)
        beside_half = np.where(z < 0, largest - 0.5 * size * (g_prime * t_prime) + lost, 3 * u)
        e_half = np.where(settled, lost + limit, e_half)
        e1 = np.where(settled, largest + beside_half, e_half + slope + products)
        return size * e_half + 3 * u * a, e1

    def gain(self, z: Array) -> Array:
        """Besides z the slope of the cubic, whose constant may come before the flush, 3z² after it.

        That is JAX's order in reverse mode. 1 - t² is below ω² from ``TAIL`` on.
        """
        size = np.minimum(np.abs(z), TAIL)
        return size * (1 + 3 * GELU_CUBIC * size * size) + 3 * size * size

    def second(self, z: Array, E: Array) -> Array:
        """|σ″| at z and sup|σ‴| ≤ 0.8 times E."""
        size = np.minimum(np.abs(z), TAIL)
        g, g1 = gelu_cubic(size), gelu_cubic_prime(size)
        g2 = SQRT_2_OVER_PI * 6 * GELU_CUBIC * size
        t_prime = 4 * by_hand.sigmoid_prime(2 * g)
        second = t_prime * (g1 + 0.5 * size * (g2 - 2 * np.tanh(g) * g1 * g1))
        return np.minimum(np.abs(second) + 0.8 * E, 0.80)

    def of_fused_tangents(self, z: Array, E: Array, *, fused: bool) -> Array:
        """As in tanh, of a tangent that has z and the slope of the cubic already, not clipped.

        That is allowed to those who are known to fuse, and where z may be negative: at 1 it is 0.
        """
        size = np.minimum(np.abs(z) + E, FARTHEST)
        cubic = SQRT_2_OVER_PI * 0.5 * size * (1 + 3 * GELU_CUBIC * size * size)
        return np.where(fused & (z < E), cubic, 0.0)

    def truth(self, z: Any, arb: Any) -> Any:
        u = (2 / arb.pi()).sqrt() * (z + arb("0.044715") * z * z * z)
        return z * (1 + (1 - 2 / (1 + (2 * u).exp()))) / 2

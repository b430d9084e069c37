"""What TensorFlow follows in place of a definition, and where; ``met_in_tensorflow`` says why."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from crossgrad.comparisons.divergences.followed import farthest, rougher
from crossgrad.comparisons.pairs import Pair, lift, logistic
from crossgrad.comparisons.pairs.functions import normal_cdf, normal_density
from crossgrad.comparisons.pairs.tables import CUBIC, LINEAR, TAIL, nearest_pair
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Elementwise, Errors
from crossgrad.comparisons.rounding import KAPPA, Format
from crossgrad.reference.activations import (
    GELU_CUBIC,
    LEAKY_SLOPE,
    Activation,
    sigmoid,
    tanh_softplus,
)
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ constants held as a float
HUNDREDTH = float(np.float32(LEAKY_SLOPE))


def not_positive(z: Array) -> Array:
    """Where leaky_relu takes the slope."""
    return z <= 0


def other_slope(low: Array, _high: Array, _fmt: Format) -> tuple[Array, Array]:
    """The difference of the two slopes, times the lowest z."""
    off = np.where(low <= 0, abs(HUNDREDTH - LEAKY_SLOPE), 0.0)
    return off * np.abs(low), off


#: √½ as a float, times √2: what z is multiplied by, in Φ.
STRETCH = nearest_pair(Decimal(float(np.float32(0.5**0.5))) * Decimal(2).sqrt())


def stretched(z: Array) -> tuple[Array, Array]:
    """The argument of Φ, as a float64 and the rest; where Φ is 0 or 1 anything."""
    w = STRETCH * np.clip(z, -TAIL, TAIL)
    return w.nearest, (w - w.nearest).nearest


def stretched_cdf(z: Array) -> Pair:
    """Φ and, of the rest, its linear term; the next is of the order u²."""
    w, rest = stretched(z)
    return normal_cdf(w) + normal_density(w) * rest


def stretched_prime(z: Array) -> Pair:
    """Φ(w) + z φ(w) w′, likewise."""
    w, rest = stretched(z)
    density = normal_density(w) * (1 - lift(w * rest))
    return stretched_cdf(z) + np.clip(z, -TAIL, TAIL) * (density * STRETCH)


def single_gelu() -> Elementwise:
    """gelu with √½ held as a float."""
    return of_pairs("gelu", lambda z: z * stretched_cdf(z), stretched_prime)


def of_pairs(
    name: str, sigma: Callable[[Array], Pair], sigma_prime: Callable[[Array], Pair]
) -> Elementwise:
    """Another σ and σ′, in float64 as in pairs."""
    float64 = Activation(lambda z: sigma(z).nearest, lambda z: sigma_prime(z).nearest)
    return ACTIVATIONS[name].changed(float64=float64, sigma=sigma, sigma_prime=sigma_prime)


def stretches(low: Array, _high: Array, _fmt: Format) -> tuple[Array, Array]:
    """|w - z| ≤ ε|z|; z²φ and |z (2 - z²)| φ, by which it shows in σ and σ′, are below ½."""
    off = np.full_like(low, 0.5 * abs(float(STRETCH.nearest) - 1))
    return off, off


#: The cubic's constant as a float, over what it should be.
GROWTH = float(np.float32(GELU_CUBIC)) / nearest_pair(Decimal("0.044715"))


def twice_cubic(z: Array) -> tuple[Pair, Pair]:
    """2u = 2√(2/π) (z + c z³) and its derivative."""
    clipped = lift(np.clip(z, -TAIL, TAIL))
    square = CUBIC * GROWTH * (clipped * clipped)
    return clipped * (LINEAR + square), LINEAR + 3 * square


def cubic_sigma(z: Array) -> Pair:
    """½z (1 + tanh u) = z sigmoid(2u)."""
    return z * logistic.sigmoid(twice_cubic(z)[0])


def cubic_prime(z: Array) -> Pair:
    """S + z S′ 2u′."""
    twice_u, slope = twice_cubic(z)
    return logistic.sigmoid(twice_u) + z * (logistic.sigmoid_prime(twice_u) * slope)


def single_gelu_tanh() -> Elementwise:
    """gelu_tanh with a cubic whose constant is held as a float."""
    return of_pairs("gelu_tanh", cubic_sigma, cubic_prime)


def grows(low: Array, _high: Array, _fmt: Format) -> tuple[Array, Array]:
    """σ moves by 0.4 z⁴ (1 - t²) < 0.6 of what c moves, σ′ by its slope, which is below 2.6."""
    off = np.full_like(low, 3 * abs(float(np.float32(GELU_CUBIC)) - GELU_CUBIC))
    return off, off


# ------------------------------------------------------------------ softplus in three pieces
def threshold(fmt: Format) -> float:
    """log ε + 2, ε = 2u, as far up as its two roundings may bring it."""
    log_epsilon = float(np.log(2 * fmt.u))
    return log_epsilon + 2 - 2 * fmt.u * log_epsilon


def below_and_above(z: Array) -> tuple[Array, Array]:
    """What softplus loses as eᶻ, which rises with z; and as z, which falls."""
    e = np.exp(-np.abs(z))
    return e - np.log1p(e), np.log1p(e)


def lost(z: Array, fmt: Format) -> Array:
    """Where it is taken so: eᶻ below the threshold, z above its opposite."""
    small, large = below_and_above(z)
    limit = threshold(fmt)
    return np.where(z < limit, small, 0.0) + np.where(z > -limit, large, 0.0)


def most_lost(low: Array, high: Array, fmt: Format) -> Array:
    """In an interval."""
    limit = threshold(fmt)
    small, _ = below_and_above(np.minimum(high, limit))
    _, large = below_and_above(np.maximum(low, -limit))
    return np.where(low < limit, small, 0.0) + np.where(high > -limit, large, 0.0)


def softplus_pieces(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """Of softplus itself; its derivative is the sigmoid's."""
    return lost(z, fmt), np.zeros_like(z)


def log_sigmoid_pieces(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """It is -softplus(-z)."""
    return lost(-z, fmt), np.zeros_like(z)


def mish_pieces(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """t = tanh(w), w = softplus(z): w t′ ≤ t ≤ w; σ′ = t + z (1 - t²) s, and t² moves by 3t lost.

    Of w and t the same share is lost, at most.
    """
    t, _ = tanh_softplus(z)
    size = np.abs(z)
    return size * lost(z, fmt), lost(z, fmt) * (1 + 3 * size * t * sigmoid(z))


def softplus_misses(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """What an interval may lose."""
    return most_lost(low, high, fmt), np.zeros_like(low)


def log_sigmoid_misses(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Likewise, from the other side."""
    return softplus_misses(-high, -low, fmt)


def mish_misses(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Times what it is multiplied by."""
    size, off = farthest(low, high), most_lost(low, high, fmt)
    return size * off, (1 + 3 * size) * off


# ------------------------------------------------------------------ the sigmoid in float32
#: In u; measured over all float32 from 2⁻⁴ to 87.3: 8.4 (at -14.463), of positive ones 4.6.
SIGMOID = 9.0


def of_fast_sigmoid(name: str) -> Elementwise:
    """With that κ."""

    def extra(z: Array, a: Array, d: Array, fmt: Format) -> Errors:
        other = fmt._replace(kappa=fmt.kappa._replace(sigmoid=SIGMOID))
        errors = ACTIVATIONS[name].errors
        pairs = zip(errors(z, a, d, other), errors(z, a, d, fmt), strict=True)
        e0, e1 = (more - usual for more, usual in pairs)
        return e0, e1

    return rougher(name, extra)


def sigmoid_is_rough(_low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """By a + 2|σ′| of σ′, at most 3a: as the errors have κ."""
    off = (SIGMOID - KAPPA.sigmoid) * fmt.u * sigmoid(high)
    return off, 3 * off


def silu_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Likewise, times z, and s (1 + 2|z|)."""
    size, (off, _) = farthest(low, high), sigmoid_is_rough(low, high, fmt)
    return size * off, (1 + 2 * size) * off

"""Of constants that TensorFlow holds as floats, for doubles too."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, lift, logistic
from crossgrad.comparisons.arithmetic.pairs.functions import normal_cdf, normal_density
from crossgrad.comparisons.arithmetic.pairs.tables import CUBIC, LINEAR, TAIL, nearest_pair
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import SIGMA
from crossgrad.comparisons.divergences.tensorflow import divergence
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise
from crossgrad.reference.activations import GELU_CUBIC, LEAKY_SLOPE, Activation
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ constants held as a float
HUNDREDTH = float(np.float32(LEAKY_SLOPE))


def not_positive(z: Array) -> Array:
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
    return ELEMENTWISE[name].changed(float64=float64, sigma=sigma, sigma_prime=sigma_prime)


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


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="tensorflow-leaky-relu-float64",
        checks=SIGMA,
        dtypes=("float64",),
        where=not_positive,
        place="z ≤ 0",
        at=-1.0,
        part=ELEMENTWISE["leaky_relu"].replaced(
            not_positive, sigma_prime=HUNDREDTH, sigma=lambda z: HUNDREDTH * z
        ),
        deviation=other_slope,
        reason="the slope is held as a float, for doubles too",
        scenario="1x1-leaky_relu-quadratic-float64-m8-s1",
        reproduction="""
import tensorflow as tf
z = tf.constant(-1.0, tf.float64)
print(f"{tf.nn.leaky_relu(z, alpha=0.01):.12g}", "-0.01")
""",
    ),
    divergence(
        name="tensorflow-gelu-float64",
        checks=SIGMA,
        dtypes=("float64",),
        place="any z",
        at=1.0,
        part=single_gelu(),
        deviation=stretches,
        reason="√½, by which z is multiplied, is held as a float, for doubles too",
        scenario="1x1-gelu-quadratic-float64-m8-s1",
        reproduction="""
import tensorflow as tf
print(f"{tf.nn.gelu(tf.constant(1.0, tf.float64)):.10g}", "0.8413447461")
""",
    ),
    divergence(
        name="tensorflow-gelu-tanh-float64",
        checks=SIGMA,
        dtypes=("float64",),
        place="any z",
        at=1.0,
        part=single_gelu_tanh(),
        deviation=grows,
        reason="the constant of its cubic is held as a float, for doubles too",
        scenario="1x1-gelu_tanh-quadratic-float64-m8-s1",
        reproduction="""
import tensorflow as tf
print(f"{tf.nn.gelu(tf.constant(1.0, tf.float64), approximate=True):.10g}", "0.8411919906")
""",
    ),
)

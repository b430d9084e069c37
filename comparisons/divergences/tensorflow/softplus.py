"""Of softplus in TensorFlow, and of what is made of it: it is computed in three pieces."""

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import SIGMA
from crossgrad.comparisons.divergences.parts import farthest, rougher
from crossgrad.comparisons.divergences.tensorflow import divergence
from crossgrad.comparisons.parts.activations import Errors
from crossgrad.reference.activations import sigmoid, tanh_softplus
from crossgrad.reference.parameters import Array

PIECES = "it is taken as exp(z) below log ε + 2, ε = 2u, and as z above the opposite of that"


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
    limit = threshold(fmt)
    small, _ = below_and_above(np.minimum(high, limit))
    _, large = below_and_above(np.maximum(low, -limit))
    return np.where(low < limit, small, 0.0) + np.where(high > -limit, large, 0.0)


def softplus_pieces(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """Of softplus itself; its derivative is the sigmoid's."""
    return lost(z, fmt), np.zeros_like(z)


def log_sigmoid_pieces(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    return lost(-z, fmt), np.zeros_like(z)


def mish_pieces(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """t = tanh(w), w = softplus(z): w t′ ≤ t ≤ w; σ′ = t + z (1 - t²) s, and t² moves by 3t lost.

    Of w and t the same share is lost, at most.
    """
    t, _ = tanh_softplus(z)
    size = np.abs(z)
    return size * lost(z, fmt), lost(z, fmt) * (1 + 3 * size * t * sigmoid(z))


def softplus_misses(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    return most_lost(low, high, fmt), np.zeros_like(low)


def log_sigmoid_misses(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    return softplus_misses(-high, -low, fmt)


def mish_misses(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    size, off = farthest(low, high), most_lost(low, high, fmt)
    return size * off, (1 + 3 * size) * off


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="tensorflow-softplus-pieces",
        checks=("a",),
        place="z just below log ε + 2 or above its opposite",
        at=-2.86,
        part=rougher("softplus", softplus_pieces),
        deviation=softplus_misses,
        reason=f"{PIECES}: 7.4u too large there",
        scenario="3x4-softplus-quadratic-float64-m8-s9",
        reproduction="""
import tensorflow as tf
z = tf.constant(-2.86, tf.bfloat16)
print(f"{float(tf.nn.softplus(z)):.2g}", "0.056")
""",
    ),
    divergence(
        name="tensorflow-log-sigmoid-pieces",
        checks=("a",),
        place="z just above 2 - log ε, or below its opposite",
        at=2.86,
        part=rougher("log_sigmoid", log_sigmoid_pieces),
        deviation=log_sigmoid_misses,
        reason="it is -softplus(-z): see tensorflow-softplus-pieces",
        scenario="2x4-log_sigmoid-quadratic-bfloat16-m8-s14",
        reproduction="""
import tensorflow as tf
z = tf.constant(2.86, tf.bfloat16)
print(f"{float(tf.math.log_sigmoid(z)):.2g}", "-0.056")
""",
    ),
    divergence(
        name="tensorflow-mish-pieces",
        checks=SIGMA,
        place="z just below log ε + 2",
        at=-3.25,
        part=rougher("mish", mish_pieces),
        deviation=mish_misses,
        reason="it is z tanh(softplus(z)): see tensorflow-softplus-pieces",
        scenario="2x4-mish-quadratic-bfloat16-m8-s7",
        reproduction="""
import tensorflow as tf
z = tf.constant(-3.25, tf.bfloat16)
print(f"{float(z * tf.tanh(tf.nn.softplus(z))):.2g}", "-0.12")
""",
    ),
)

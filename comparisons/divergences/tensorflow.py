"""TensorFlow's divergences."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from math import ceil

import numpy as np

from crossgrad.comparisons.divergences.entry import BP, SIGMA, Divergence, below
from crossgrad.comparisons.divergences.parts import (
    OF_SCALE,
    at_ends,
    at_zero,
    exp_cancels,
    exp_minus_one,
    farthest,
    rougher,
    scaled_exp_cancels,
    steep,
    within,
)
from crossgrad.comparisons.pairs import Pair, choose, lift, logistic
from crossgrad.comparisons.pairs.functions import normal_cdf, normal_density
from crossgrad.comparisons.pairs.tables import CUBIC, LINEAR, TAIL, nearest_pair
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise, Errors
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.rounding import ALL_FORMATS, KAPPA, Format
from crossgrad.reference.activations import (
    GELU_CUBIC,
    LEAKY_SLOPE,
    SELU_ALPHA,
    SELU_SCALE,
    Activation,
    sigmoid,
    tanh_softplus,
)
from crossgrad.reference.parameters import Array

divergence = partial(Divergence, backend="tensorflow", seen=("2.21.0",))
PIECES = "it is taken as exp(z) below log ε + 2, ε = 2u, and as z above the opposite of that"

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
        errors = ELEMENTWISE[name].errors
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


# ------------------------------------------------------------------ selu at 0
def exp_is_one(u: float) -> Callable[[Array], Array]:
    """Of z ≤ 0: 1 - u is the next number below 1, and eᶻ > 1 + z, so that it is 1 from -u/2 on."""
    return lambda z: (z <= 0) & (z >= -u / 2)


def selu_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """It cancels; and of σ′ the jump, in an interval in which eᶻ may be rounded to 1."""
    off, slope = scaled_exp_cancels(low, high, fmt)
    jump = SELU_SCALE * (SELU_ALPHA - 1)
    return off, slope + np.where((low <= 0) & (high >= -fmt.u / 2), jump, 0.0)


# ------------------------------------------------------------------ costs where they branch
def hinge_at_the_margin() -> Cost:
    """Where y a = 1, ∇ₐC is that of the side on which C is not 0."""

    def gradient(a: Array, y: Array) -> Pair:
        return lift(np.where(y * a <= 1, -y, 0)) / (a.shape[-2] * a.shape[-1])

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return usual.gradient_error(np.where(y * a == 1, 0, a), y, fmt)

    usual = COSTS["hinge"]
    return usual.replaced(gradient=gradient, gradient_error=error)


def logits_of_zero() -> Cost:
    """Where a = 0, (1 - y) / m: of |a| and of max(-a, 0) the derivatives are 0 there."""
    usual = COSTS["weighted_sigmoid_cross_entropy"]

    def gradient(a: Array, y: Array) -> Pair:
        return choose(at_zero(a), lift(1 - y) / a.shape[-1], usual.gradient(a, y))

    return usual.replaced(gradient=gradient)


# ------------------------------------------------------------------ sums in Eigen, and products
#: Of a packet of 16-bit numbers in the narrowest registers that Eigen has vectors for.
LANES = 8


def lanes(terms: int) -> int:
    """Additions on the longest way through: down a lane, three to join eight, seven left over."""
    return min(terms, ceil(terms / LANES) + 3 + 7 + OF_SCALE)


def in_lanes(fmt: Format) -> Format:
    """Sums are accumulated in the format itself, in eight lanes or more."""
    return fmt._replace(wider=None, additions=lanes)


def cut_off(fmt: Format) -> Format:
    """A product of matrices loses its last bits as it is stored."""
    return fmt._replace(store=2)


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
    divergence(
        name="tensorflow-elu-cancels",
        checks=SIGMA,
        where=below(0),
        place="z < 0",
        at=-1e-8,
        part=exp_minus_one("elu", exp_cancels),
        deviation=exp_cancels,
        reason="elu is exp(z) - 1, which cancels; its derivative is that and 1",
        link="https://github.com/tensorflow/tensorflow/issues/116943",
        scenario="1x1-elu-quadratic-float32-m8-s2",
        reproduction="""
import tensorflow as tf
print(f"{tf.nn.elu(-1e-8):.2g}", "-1e-08")
""",
    ),
    divergence(
        name="tensorflow-hardtanh-kink",
        checks=BP,
        where=at_ends,
        place="z = -1 and z = 1",
        at=1.0,
        part=steep("hardtanh", at_ends),
        reason="the derivative of clip_by_value at its limits is 1, where torch takes 0",
        scenario="1x1-hardtanh-quadratic-float64-m8-s1",
        reproduction="""
import tensorflow as tf
with tf.GradientTape() as tape:
    tape.watch(z := tf.constant(1.0))
    a = tf.clip_by_value(z, -1, 1)
print(f"{tape.gradient(a, z):.2g}", "0")
""",
    ),
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
    divergence(
        name="tensorflow-sigmoid-float32",
        checks=SIGMA,
        dtypes=("float32",),
        where=below(0),
        place="z < 0",
        at=-13.045,
        part=of_fast_sigmoid("sigmoid"),
        deviation=sigmoid_is_rough,
        reason="it errs by up to 8.4u, in arrays long enough for vector instructions",
        scenario="2x4-sigmoid-quadratic-float32-m8-s20",
        reproduction="""
import tensorflow as tf
z = tf.fill([16], -13.045)
print(f"{tf.sigmoid(z)[0]:.6g}", "2.16086e-06")
""",
    ),
    divergence(
        name="tensorflow-silu-float32",
        checks=SIGMA,
        dtypes=("float32",),
        where=below(0),
        place="z < 0",
        at=-14.48,
        part=of_fast_sigmoid("silu"),
        deviation=silu_is_rough,
        reason="it is z times the sigmoid: see tensorflow-sigmoid-float32",
        scenario="2x8-silu-quadratic-float32-m16-s14",
        reproduction="""
import tensorflow as tf
z = tf.fill([16], -14.48)
print(f"{tf.nn.silu(z)[0]:.6g}", "-7.45048e-06")
""",
    ),
    divergence(
        name="tensorflow-selu-cancels",
        checks=SIGMA,
        where=below(0),
        place="z < 0",
        at=-1e-8,
        part=exp_minus_one("selu", scaled_exp_cancels),
        deviation=selu_is_rough,
        reason="selu is λα (exp(z) - 1), which cancels; its derivative is that and λα",
        scenario="1x1-selu-quadratic-float32-m8-s2",
        reproduction="""
import tensorflow as tf
print(f"{tf.nn.selu(-1e-8):.2g}", "-1.8e-08")
""",
    ),
    *(
        divergence(
            name=f"tensorflow-selu-kink{suffix}",
            checks=BP,
            dtypes=(dtype,),
            where=where,
            place="z = 0, and below it where exp(z) is rounded to 1",
            at=0.0,
            part=ELEMENTWISE["selu"].replaced(where, sigma_prime=SELU_SCALE),
            reason="where a is not below 0 the derivative is λ, though that at 0 is λα in torch",
            scenario=f"1x1-selu-quadratic-{dtype}-m8-s1",
            reproduction=f"""
import tensorflow as tf
with tf.GradientTape() as tape:
    tape.watch(z := tf.constant(0.0, tf.{dtype}))
    a = tf.nn.selu(z)
print(f"{{float(tape.gradient(a, z)):.2g}}", "1.8")
""",
        )
        for suffix, dtype in (
            ("", "float32"),
            ("-float64", "float64"),
            ("-float16", "float16"),
            ("-bfloat16", "bfloat16"),
        )
        for where in (exp_is_one(ALL_FORMATS[dtype].u),)
    ),
    divergence(
        name="tensorflow-celu-slope",
        checks=BP,
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=ELEMENTWISE["celu"].replaced(at_zero, sigma_prime=2),
        deviation=within((0.0,)),
        reason="Keras adds max(z, 0) and expm1(min(z, 0)): at 0 both have the derivative 1",
        scenario="1x1-celu-quadratic-float64-m8-s1",
        reproduction="""
import tensorflow as tf
with tf.GradientTape() as tape:
    tape.watch(z := tf.constant(0.0))
    a = tf.keras.activations.celu(z)
print(f"{tape.gradient(a, z):.2g}", "1")
""",
    ),
    divergence(
        name="tensorflow-hinge-kink",
        checks=("BP1",),
        where=at_ends,
        place="y a = 1",
        at=1.0,
        part=hinge_at_the_margin(),
        deviation=within((-1.0, 1.0), of_slope=False),
        reason="the gradient where y a = 1 is -y, where torch's relu(1 - y a) has 0",
        scenario="2x3-identity-hinge-float64-m8-s1",
        reproduction="""
import tensorflow as tf
with tf.GradientTape() as tape:
    tape.watch(a := tf.constant([1.0]))
    cost = tf.keras.losses.hinge(tf.constant([1.0]), a)
print(f"{tape.gradient(cost, a)[0]:.2g}", "0")
""",
    ),
    divergence(
        name="tensorflow-weighted-logits-zero",
        checks=("BP1",),
        where=at_zero,
        place="a = 0",
        at=0.0,
        part=logits_of_zero(),
        deviation=within((0.0,), of_slope=False),
        reason="log(1 + exp(-|a|)) + max(-a, 0) has the derivative 0 at 0, not -1/2",
        scenario="2x3-identity-weighted_sigmoid_cross_entropy-float64-m8-s1",
        reproduction="""
import tensorflow as tf
with tf.GradientTape() as tape:
    tape.watch(a := tf.constant(0.0))
    cost = tf.nn.weighted_cross_entropy_with_logits(1.0, a, 1.0)
print(f"{tape.gradient(cost, a):.2g}", "-0.5")
""",
    ),
    divergence(
        name="tensorflow-bias-sums-float16",
        checks=("BP3",),
        dtypes=("float16",),
        place="any δ",
        arithmetic=in_lanes,
        reason="∂C/∂b is summed in float16, in eight lanes or more; in bfloat16 in float32",
        scenario="1x4-sigmoid-quadratic-float16-m32-s1",
        reproduction="""
import tensorflow as tf
delta = tf.fill([4096], tf.constant(0.2, tf.float16))  # each 0.19995
print(f"{float(tf.reduce_sum(delta)):.3g}", "819")
""",
    ),
    divergence(
        name="tensorflow-products-bfloat16",
        checks=("z", "BP2", "BP4"),
        dtypes=("bfloat16",),
        place="any product of matrices",
        at=2.3,
        arithmetic=cut_off,
        reason="it is computed in float32, whose lower half is then cut off, not rounded",
        scenario="3x8x8x2-relu,identity,identity-quadratic-bfloat16-m4-s1",
        reproduction="""
import tensorflow as tf
z = tf.constant([[2.3]], tf.bfloat16)  # 2.297
print(f"{float((z @ z)[0, 0]):.2g}", "5.3")
""",
        avx512=False,
    ),
)

"""Of activations in TensorFlow: the sigmoid in float32, what cancels, and kinks."""

from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, KAPPA, Format
from crossgrad.comparisons.divergences.entry import BP, SIGMA, below
from crossgrad.comparisons.divergences.parts import (
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
from crossgrad.comparisons.divergences.tensorflow import divergence, slope
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise, Errors
from crossgrad.reference.activations import SELU_ALPHA, SELU_SCALE, sigmoid
from crossgrad.reference.parameters import Array

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
    off, of_slope = scaled_exp_cancels(low, high, fmt)
    jump = SELU_SCALE * (SELU_ALPHA - 1)
    return off, of_slope + np.where((low <= 0) & (high >= -fmt.u / 2), jump, 0.0)


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
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
        reproduction=slope("1.0", "tf.clip_by_value(z, -1, 1)", "0"),
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
        reproduction=slope("0.0", "tf.keras.activations.celu(z)", "1"),
    ),
)

"""TensorFlow's divergences: those that a check meets, and what its backend is kept from."""

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.followed import (
    at_ends,
    cut_off,
    exp_cancels,
    exp_minus_one,
    rougher,
    steep,
)
from crossgrad.comparisons.divergences.followed_in_tensorflow import (
    HUNDREDTH,
    grows,
    log_sigmoid_misses,
    log_sigmoid_pieces,
    mish_misses,
    mish_pieces,
    not_positive,
    of_fast_sigmoid,
    other_slope,
    sigmoid_is_rough,
    silu_is_rough,
    single_gelu,
    single_gelu_tanh,
    softplus_misses,
    softplus_pieces,
    stretches,
)
from crossgrad.comparisons.divergences.followed_sums import in_lanes
from crossgrad.comparisons.parts.activations import ACTIVATIONS

ALL = ("a", "BP1", "BP2")
SEEN = ("2.21.0",)
PIECES = "it is taken as exp(z) below log ε + 2, ε = 2u, and as z above the opposite of that"
IN_TENSORFLOW = (
    Divergence(
        name="tensorflow-leaky-relu-float64",
        backend="tensorflow",
        subject="leaky_relu",
        checks=ALL,
        dtypes=("float64",),
        where=not_positive,
        place="z ≤ 0",
        at=-1.0,
        part=ACTIVATIONS["leaky_relu"].replaced(
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-gelu-float64",
        backend="tensorflow",
        subject="gelu",
        checks=ALL,
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-gelu-tanh-float64",
        backend="tensorflow",
        subject="gelu_tanh",
        checks=ALL,
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-elu-cancels",
        backend="tensorflow",
        subject="elu",
        checks=ALL,
        where=lambda z: z < 0,
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-hardtanh-kink",
        backend="tensorflow",
        subject="hardtanh",
        checks=("BP1", "BP2"),
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-softplus-pieces",
        backend="tensorflow",
        subject="softplus",
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-log-sigmoid-pieces",
        backend="tensorflow",
        subject="log_sigmoid",
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-mish-pieces",
        backend="tensorflow",
        subject="mish",
        checks=ALL,
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-sigmoid-float32",
        backend="tensorflow",
        subject="sigmoid",
        checks=ALL,
        dtypes=("float32",),
        where=lambda z: z < 0,
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-silu-float32",
        backend="tensorflow",
        subject="silu",
        checks=ALL,
        dtypes=("float32",),
        where=lambda z: z < 0,
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-bias-sums-float16",
        backend="tensorflow",
        subject="",
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
        seen=SEEN,
    ),
    Divergence(
        name="tensorflow-products-bfloat16",
        backend="tensorflow",
        subject="",
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
        seen=SEEN,
        avx512=False,
    ),
)

"""Of sums in TensorFlow, which are Eigen's, and of products."""

from math import ceil

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.parts import OF_SCALE
from crossgrad.comparisons.divergences.tensorflow import divergence

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

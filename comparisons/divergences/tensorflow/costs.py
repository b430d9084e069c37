"""Of costs in TensorFlow, where they branch."""

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.parts import at_ends, at_zero, within
from crossgrad.comparisons.divergences.tensorflow import divergence
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.reference.parameters import Array


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


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
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
)

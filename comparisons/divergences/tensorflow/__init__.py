"""TensorFlow's divergences: of activations, constants, costs, softplus, sums."""

from functools import partial

from crossgrad.comparisons.divergences.entry import Divergence

divergence = partial(Divergence, backend="tensorflow", seen=("2.21.0",))


def slope(z: str, a: str, right: str) -> str:
    """A reproduction: ∂a/∂z of one number."""
    return f"""
import tensorflow as tf
with tf.GradientTape() as tape:
    tape.watch(z := tf.constant({z}))
    a = {a}
print(f"{{tape.gradient(a, z):.2g}}", "{right}")
"""

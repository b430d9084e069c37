"""Mistakes of those who write the forward pass down: students, textbooks and all of us."""

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import fault
from crossgrad.comparisons.equations.faults.networks import (
    BINARY,
    CUBE,
    LOGITS,
    OUTPUTS,
    QUADRATIC,
    SOFTMAX,
    SQUARE,
    of,
)
from crossgrad.comparisons.equations.faults.program import Step
from crossgrad.reference.activations import ACTIVATIONS, sigmoid, softmax
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ z = W a + b
@fault("z", 2)
def no_bias(at: Step) -> Array:
    """The bias is forgotten."""
    return at.W @ at.below


@fault("z", 1)
def bias_subtracted(at: Step) -> Array:
    """w·x - b: the bias taken for a threshold."""
    return at.W @ at.below - at.b


@fault("z", 3)
def bias_twice(at: Step) -> Array:
    """The bias is merged into W and added as well."""
    return at.W @ at.below + 2 * at.b


@fault("z", 2, SQUARE, link="https://github.com/pytorch/pytorch/pull/162779")
def weights_transposed(at: Step) -> Array:
    """Wᵀ a: rows and columns of W confused, in a layer as wide as the one below."""
    return at.W.mT @ at.below + at.b


@fault("z", 2, SQUARE)
def weights_of_the_layer_above(at: Step) -> Array:
    """W of layer l + 1: an index that is off by one."""
    return at.problem.W[at.l + 1] @ at.below + at.b


@fault("z", 3, SQUARE)
def input_skips_a_layer(at: Step) -> Array:
    """The a of two layers below."""
    return at.W @ at.activations[at.l - 1] + at.b


@fault("z", 2, SQUARE)
def z_of_the_layer_below(at: Step) -> Array:
    """W z: the activation of the layer below was forgotten here only."""
    return at.W @ at.zs[at.l - 1] + at.b


@fault("z", 1, CUBE)
def bias_along_samples(at: Step) -> Array:
    """A bias of shape (n,) is broadcast along the samples, of which there are n as well."""
    return at.W @ at.below + at.b.mT


@fault("z", 3, CUBE)
def batch_and_features_swapped(at: Step) -> Array:
    """Rows are taken for samples: W aᵀ, where both have n entries."""
    return at.W @ at.below.mT + at.b


@fault("z", 1)
def bias_scaled_by_the_batch(at: Step) -> Array:
    """b / m: an average that does not belong there."""
    return at.W @ at.below + at.b / at.m


@fault("z", 2)
def last_feature_dropped(at: Step) -> Array:
    """A loop that ends one short."""
    return at.W[:, :-1] @ at.below[:-1] + at.b


@fault("z", 1)
def first_feature_twice(at: Step) -> Array:
    """A loop that starts with a sum that has its first term already."""
    return at.W @ at.below + at.W[:, :1] * at.below[:1] + at.b


@fault("z", 3)
def bias_of_the_first_unit_for_all(at: Step) -> Array:
    """One bias a layer, not one a unit."""
    return at.W @ at.below + at.b[:1]


# ------------------------------------------------------------------ a = σ(z)
@fault("a", 2)
def no_activation(at: Step) -> Array:
    """a = z."""
    return at.z


@fault("a", 1)
def activation_twice(at: Step) -> Array:
    """σ(σ(z)): a layer that activates, in a framework that does so too."""
    return at.sigma(at.sigma(at.z))


@fault("a", 3)
def activation_of_the_layer_below(at: Step) -> Array:
    """The list of activations is off by one."""
    other = at.problem.activations[at.l - 1]
    return ACTIVATIONS["relu" if other == at.name else other].sigma(at.z)


@fault("a", 1, of("sigmoid"))
def tanh_for_sigmoid(at: Step) -> Array:
    """The other S-shaped function."""
    return np.tanh(at.z)


@fault("a", 2, of("sigmoid"))
def sigmoid_of_minus_z(at: Step) -> Array:
    """1 / (1 + eᶻ): the sign in the exponent."""
    return sigmoid(-at.z)


@fault("a", 1, of("leaky_relu"))
def leaky_slope_of_another_library(at: Step) -> Array:
    """A slope of 0.3, a default elsewhere, for 0.01."""
    return np.where(at.z > 0, at.z, at.z * 0.3)


@fault("a", 2, of("relu"))
def relu_with_a_ceiling(at: Step) -> Array:
    """relu6."""
    return np.clip(at.z, 0, 6)


@fault("a", 2, of("relu"))
def absolute_value_for_relu(at: Step) -> Array:
    """|z|."""
    return np.abs(at.z)


@fault("a", 1, of("softsign"))
def softsign_without_absolute_value(at: Step) -> Array:
    """z / (1 + z)."""
    return at.z / (1 + at.z)


@fault("a", 3, of("hardtanh"))
def hardtanh_from_zero(at: Step) -> Array:
    """Clipped to [0, 1]."""
    return np.clip(at.z, 0, 1)


@fault("a", 1, of("elu"))
def elu_without_the_one(at: Step) -> Array:
    """eᶻ for z ≤ 0."""
    return np.where(at.z > 0, at.z, np.exp(at.z))


@fault("a", 2, of("mish"))
def silu_for_mish(at: Step) -> Array:
    """z sigmoid(z) for z tanh(softplus(z))."""
    return at.z * sigmoid(at.z)


# ------------------------------------------------------------------ C
@fault("cost", 3)
def cost_is_summed_over_the_batch(at: Step) -> Array:
    """No 1/m."""
    return COSTS[at.problem.cost].value(at.a, at.y) * at.m


@fault("cost", 3, QUADRATIC)
def no_half_in_the_cost(at: Step) -> Array:
    """‖a - y‖², where ½‖a - y‖² is meant."""
    return 2 * COSTS[at.problem.cost].value(at.a, at.y)


@fault("cost", 3, OUTPUTS)
def mse_summed_over_the_outputs(at: Step) -> Array:
    """A mean over the samples only."""
    return COSTS["mse"].value(at.a, at.y) * at.a.shape[0]


@fault("cost", 3, QUADRATIC)
def absolute_errors(at: Step) -> Array:
    """½ Σ|a - y| / m."""
    return np.abs(at.a - at.y).sum() / (2 * at.m)


@fault("cost", 3)
def cost_of_the_last_sample(at: Step) -> Array:
    """The loop's variable after the loop."""
    return COSTS[at.problem.cost].value(at.a[:, -1:], at.y[:, -1:])


@fault("cost", 3, BINARY)
def half_of_the_cross_entropy(at: Step) -> Array:
    """-Σ y log a: the term of 1 - y forgotten."""
    return -(at.y * np.log(at.a)).sum() / at.m


@fault("cost", 3, SOFTMAX)
def cross_entropy_in_bits(at: Step) -> Array:
    """The logarithm to base 2."""
    return COSTS["softmax_cross_entropy"].value(at.a, at.y) / np.log(2)


@fault("cost", 3, SOFTMAX)
def softmax_over_the_batch(at: Step) -> Array:
    """The wrong axis."""
    p = softmax(at.a.mT).mT
    return -(at.y * np.log(p)).sum() / at.m


@fault("cost", 3, LOGITS)
def probabilities_taken_for_logits(at: Step) -> Array:
    """The sigmoid is applied before a cost that applies it as well."""
    return COSTS["sigmoid_cross_entropy"].value(sigmoid(at.a), at.y)


@fault("cost", 3)
def cost_with_weight_decay(at: Step) -> Array:
    """½λ‖W‖² of a regularizer that was to be off, λ = 10⁻⁴."""
    decay = sum((W**2).sum() for W in at.problem.W)
    return COSTS[at.problem.cost].value(at.a, at.y) + 0.5e-4 * decay

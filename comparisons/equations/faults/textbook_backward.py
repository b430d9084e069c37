"""Mistakes of those who write the four equations down: students, textbooks and all of us."""

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import fault
from crossgrad.comparisons.equations.faults.networks import (
    BINARY,
    CUBE,
    OUTPUTS,
    QUADRATIC,
    SOFTMAX,
    SQUARE,
    of,
)
from crossgrad.comparisons.equations.faults.program import Step
from crossgrad.reference.activations import ACTIVATIONS, normal_cdf, sigmoid, sigmoid_prime, softmax
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array


# ------------------------------------------------------------------ BP1
@fault("BP1", 3, link="https://github.com/Bot-Academy/NeuralNetworkFromScratch/pull/3")
def no_slope_in_the_last_layer(at: Step) -> Array:
    """δ = ∇ₐC without σ′(z)."""
    return at.gradient


@fault("BP1", 3)
def slope_of_a_in_the_last_layer(at: Step) -> Array:
    """σ′(a) for σ′(z)."""
    return at.gradient * at.sigma_prime(at.a)


@fault("BP1", 3)
def output_minus_target_reversed(at: Step) -> Array:
    """(y - a): the sign."""
    return -at.gradient * at.slope


@fault("BP1", 3, QUADRATIC)
def two_of_the_square_left(at: Step) -> Array:
    """2 (a - y), where ½ cancels the 2."""
    return 2 * at.gradient * at.slope


@fault("BP1", 3, link="https://github.com/tensorflow/swift-apis/pull/42")
def no_average_over_the_batch(at: Step) -> Array:
    """No 1/m."""
    return at.m * at.gradient * at.slope


@fault("BP1", 3, link="https://github.com/tech-srl/code2seq/pull/9")
def averaged_twice(at: Step) -> Array:
    """1/m in the cost and in its gradient."""
    return at.gradient * at.slope / at.m


@fault("BP1", 3, OUTPUTS)
def divided_by_the_outputs_again(at: Step) -> Array:
    """1/n_L twice."""
    return at.gradient * at.slope / at.a.shape[0]


@fault("BP1", 3, BINARY)
def cross_entropy_gradient_of_the_logit(at: Step) -> Array:
    """(a - y) σ′: the sigmoid's σ′ cancelled once and multiplied all the same."""
    return (at.a - at.y) / at.m * at.slope


@fault("BP1", 3, SOFTMAX, link="https://github.com/deeplearning4j/libnd4j/issues/440")
def softmax_gradient_of_the_diagonal(at: Step) -> Array:
    """(p - y) p (1 - p): softmax treated as a function of one logit."""
    p = softmax(at.a)
    return at.gradient * p * (1 - p)


@fault("BP1", 3, SOFTMAX)
def softmax_gradient_without_targets(at: Step) -> Array:
    """p / m."""
    return softmax(at.a) / at.m


@fault("BP1", 3)
def targets_of_the_next_sample(at: Step) -> Array:
    """Labels that are shifted by one sample."""
    shifted = COSTS[at.problem.cost].gradient(at.a, np.roll(at.y, 1, axis=1))
    return shifted * at.slope


@fault("BP1", 3, of("sigmoid", "tanh"))
def slope_of_another_activation(at: Step) -> Array:
    """σ′ of the other activation."""
    other = "tanh" if at.name == "sigmoid" else "sigmoid"
    return at.gradient * ACTIVATIONS[other].sigma_prime(at.z)


@fault("BP1", 3)
def error_averaged_over_the_samples(at: Step) -> Array:
    """Every sample gets the mean error of the batch."""
    return at.gradient.mean(axis=1, keepdims=True) * at.slope


# ------------------------------------------------------------------ BP2
@fault("BP2", 1)
def no_slope(at: Step) -> Array:
    """δ = Wᵀδ without σ′(z)."""
    return at.v


@fault("BP2", 2, link="https://github.com/deeplearning4j/deeplearning4j/pull/364")
def slope_of_a(at: Step) -> Array:
    """σ′(a) for σ′(z)."""
    return at.v * at.sigma_prime(at.a)


@fault("BP2", 1)
def slope_twice(at: Step) -> Array:
    """σ′ squared."""
    return at.v * at.slope**2


@fault("BP2", 2)
def activation_for_its_slope(at: Step) -> Array:
    """σ(z) for σ′(z)."""
    return at.v * at.a


@fault("BP2", 1, SQUARE)
def slope_of_the_layer_above(at: Step) -> Array:
    """σ′(z) of layer l + 1."""
    return at.v * at.sigma_prime(at.zs[at.l + 1])


@fault("BP2", 1, SQUARE)
def weights_not_transposed(at: Step) -> Array:
    """W δ."""
    return at.W_next @ at.delta_next * at.slope


@fault("BP2", 2, SQUARE)
def weights_of_this_layer(at: Step) -> Array:
    """Wˡ for Wˡ⁺¹."""
    return at.W.mT @ at.delta_next * at.slope


@fault("BP2", 1, SQUARE)
def error_of_two_layers_above(at: Step) -> Array:
    """δ of layer l + 2."""
    return at.W_next.mT @ at.deltas[at.l + 2] * at.slope


@fault("BP2", 2)
def sign_lost(at: Step) -> Array:
    """-δ."""
    return -at.v * at.slope


@fault("BP2", 1)
def weights_without_sign(at: Step) -> Array:
    """|W|ᵀδ."""
    return np.abs(at.W_next).mT @ at.delta_next * at.slope


@fault("BP2", 1, link="https://github.com/joelgrus/data-science-from-scratch/issues/31")
def weights_after_their_update(at: Step) -> Array:
    """Layer l + 1 has already made its step, with a rate of 0.1."""
    step = at.delta_next @ at.a.mT
    return (at.W_next - 0.1 * step).mT @ at.delta_next * at.slope


@fault("BP2", 1, of("sigmoid"))
def sigmoid_slope_is_a_quarter(at: Step) -> Array:
    """Its largest value everywhere."""
    return at.v / 4


@fault("BP2", 1, of("tanh"))
def tanh_slope_without_the_square(at: Step) -> Array:
    """1 - |a| for 1 - a²."""
    return at.v * (1 - np.abs(at.a))


@fault("BP2", 2, of("softsign"))
def softsign_slope_without_the_square(at: Step) -> Array:
    """1 / (1 + |z|)."""
    return at.v / (1 + np.abs(at.z))


@fault("BP2", 1, of("silu"))
def silu_slope_without_the_product_rule(at: Step) -> Array:
    """sigmoid(z) alone."""
    return at.v * sigmoid(at.z)


@fault("BP2", 2, of("gelu"))
def gelu_slope_without_the_density(at: Step) -> Array:
    """Φ(z) alone."""
    return at.v * normal_cdf(at.z)


@fault("BP2", 1, of("log_sigmoid"))
def log_sigmoid_slope_of_the_other_sign(at: Step) -> Array:
    """sigmoid(z) for sigmoid(-z)."""
    return at.v * sigmoid(at.z)


@fault("BP2", 2, of("softplus"))
def softplus_slope_differentiated_once_more(at: Step) -> Array:
    """σ″ for σ′."""
    return at.v * sigmoid_prime(at.z)


@fault("BP2", 1, of("elu"))
def elu_slope_is_the_activation(at: Step) -> Array:
    """eᶻ - 1 for eᶻ."""
    return at.v * np.where(at.z > 0, 1, at.a)


@fault("BP2", 1, of("relu"))
def error_rectified(at: Step) -> Array:
    """The sign of δ is tested as well as that of z: guided backpropagation."""
    return np.maximum(at.v, 0) * at.slope


@fault("BP2", 2, of("relu"))
def relu_let_through(at: Step) -> Array:
    """σ′ = 1 everywhere: a straight-through estimator."""
    return at.v


@fault("BP2", 2, of("hardtanh"))
def hardtanh_taken_for_relu(at: Step) -> Array:
    """No upper kink."""
    return at.v * (at.z > -1)


# ------------------------------------------------------------------ BP3
@fault("BP3", 2, link="https://github.com/kvfrans/notes/issues/5")
def mean_for_the_sum(at: Step) -> Array:
    """1/m once more."""
    return at.delta.mean(axis=1, keepdims=True)


@fault("BP3", 1)
def bias_gradient_of_the_first_sample(at: Step) -> Array:
    """Only sample 1."""
    return at.delta[:, :1]


@fault("BP3", 3)
def bias_gradient_without_the_last_sample(at: Step) -> Array:
    """The sum ends one short."""
    return at.delta[:, :-1].sum(axis=1, keepdims=True)


@fault("BP3", 2, CUBE)
def bias_gradient_summed_over_units(at: Step) -> Array:
    """The wrong axis, of the same length."""
    return at.delta.sum(axis=0, keepdims=True).mT


@fault("BP3", 1)
def bias_gradient_negative(at: Step) -> Array:
    """The bias as a threshold, in its gradient only."""
    return -at.delta.sum(axis=1, keepdims=True)


@fault("BP3", 3)
def bias_forgotten(at: Step) -> Array:
    """No gradient for the bias: 0."""
    return np.zeros_like(at.b)


@fault("BP3", 1, SQUARE)
def bias_gradient_of_the_layer_above(at: Step) -> Array:
    """δ of layer l + 1."""
    return at.deltas[at.l + 1].sum(axis=1, keepdims=True)


@fault("BP3", 2, link="https://github.com/rasbt/stat453-deep-learning-ss21/issues/5")
def bias_gradient_of_one_unit_for_all(at: Step) -> Array:
    """One bias a layer: the sum over the units."""
    return np.full_like(at.b, at.delta.sum())


# ------------------------------------------------------------------ BP4
@fault("BP4", 1)
def weight_gradient_without_the_last_sample(at: Step) -> Array:
    """The sum ends one short."""
    return at.delta[:, :-1] @ at.below[:, :-1].mT


@fault("BP4", 3)
def weight_gradient_of_the_last_sample(at: Step) -> Array:
    """Assigned where it should be added."""
    return at.delta[:, -1:] @ at.below[:, -1:].mT


@fault("BP4", 2)
def weight_gradient_averaged_again(at: Step) -> Array:
    """1/m once more."""
    return at.delta @ at.below.mT / at.m


@fault("BP4", 2, SQUARE, link="https://github.com/iamtrask/Grokking-Deep-Learning/pull/22")
def weight_gradient_transposed(at: Step) -> Array:
    """a δᵀ for δ aᵀ."""
    return at.below @ at.delta.mT


@fault("BP4", 1, SQUARE)
def activations_of_this_layer(at: Step) -> Array:
    """aˡ for aˡ⁻¹."""
    return at.delta @ at.a.mT


@fault("BP4", 2, link="https://github.com/maziarraissi/backprop/issues/1")
def weighted_sums_of_the_layer_below(at: Step) -> Array:
    """zˡ⁻¹ for aˡ⁻¹."""
    return at.delta @ at.zs[at.l - 1].mT


@fault("BP4", 2, SQUARE)
def error_of_the_layer_above(at: Step) -> Array:
    """δˡ⁺¹ for δˡ."""
    return at.deltas[at.l + 1] @ at.below.mT


@fault("BP4", 3, SQUARE)
def inputs_for_activations(at: Step) -> Array:
    """x for aˡ⁻¹, in every layer's gradient."""
    return at.delta @ at.problem.x.mT


@fault("BP4", 2)
def means_multiplied(at: Step) -> Array:
    """The product of the batch's sums for the sum of its products."""
    return at.delta.sum(1, keepdims=True) @ at.below.sum(1, keepdims=True).mT / at.m


@fault("BP4", 1)
def weight_gradient_negative(at: Step) -> Array:
    """The sign of the descent's step is already in it."""
    return -at.delta @ at.below.mT


@fault("BP4", 3)
def weight_decay_left_on(at: Step) -> Array:
    """λW added, λ = 10⁻⁴."""
    return at.delta @ at.below.mT + 1e-4 * at.W


@fault("BP4", 1)
def first_layer_frozen(at: Step) -> Array:
    """No gradient for the first weights: 0."""
    return np.zeros_like(at.W)

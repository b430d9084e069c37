"""Replicas of what was reported of real software, each with its link: most are released bugs.

The mechanism is planted at one place. Parameters that the networks here do not have (a slope below
0, a threshold of softplus) keep the value at which it was reported; blocks of 2¹⁶ samples are
blocks of 16. Faults elsewhere in the catalogue that were reported as well carry their link there.
"""

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import fault, form
from crossgrad.comparisons.equations.faults.networks import (
    BINARY,
    EXACT_LOGITS,
    LARGE_BATCH,
    LOGITS,
    ODD,
    ONE_SAMPLE,
    OUTPUTS,
    SOFTMAX,
    UNEVEN,
    WIDE,
    of,
)
from crossgrad.comparisons.equations.faults.program import RIGHT, Answer, Step
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array

DOUBLE, SINGLE = ("float64",), ("float32",)
GITHUB = "https://github.com"
PYTORCH = f"{GITHUB}/pytorch/pytorch"
JAX = f"{GITHUB}/jax-ml/jax"
COURSE = f"{GITHUB}/rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization/issues/64"


# ------------------------------------------------------------------ z = W a + b
@fault("z", 2, link=f"{GITHUB}/numpy/numpy/pull/31150")
def product_written_over_its_factor(at: Step) -> Array:
    """W a goes where a is, which is set to 0 first: nothing but the bias is left."""
    return np.repeat(at.b, at.m, axis=1)


@fault("z", 1, ONE_SAMPLE, link=f"{PYTORCH}/issues/188438")
def bias_dropped_for_a_vector(at: Step) -> Array:
    """One sample goes through another kernel, which has no bias."""
    return at.W @ at.below if at.m == 1 else RIGHT["z"](at)


@fault("z", 3, LARGE_BATCH, link=f"{PYTORCH}/issues/189495")
def index_of_the_sample_wraps(at: Step) -> Array:
    """Sample 16 writes its result over that of sample 0."""
    z = np.array(RIGHT["z"](at))
    z[:, 0] = z[:, 16]
    return z


@fault("z", 1, ODD, link=f"{GITHUB}/halide/Halide/pull/656")
def remainder_starts_too_early(at: Step) -> Array:
    """The tail of an unrolled loop has the right length, but starts at K/4, not at 4 · (K/4)."""
    K = at.W.shape[1]
    start, whole = K // 4, K // 4 * 4
    tail = slice(start, start + K - whole)
    return at.W[:, :whole] @ at.below[:whole] + at.W[:, tail] @ at.below[tail] + at.b


@fault("z", 2, ODD, link=f"{GITHUB}/robertknight/rten/pull/81")
def zero_times_an_old_buffer(at: Step) -> Array:
    """0 · C + A B where C is uninitialized and holds a NaN, in the tile that is not full."""
    z = np.array(RIGHT["z"](at))
    z[-1, -1] += 0 * np.nan
    return z


# ------------------------------------------------------------------ a = σ(z)
@fault("a", 1, of("mish"), link=f"{GITHUB}/AlexeyAB/darknet/issues/5452")
def mish_without_log1p(at: Step) -> Array:
    """z tanh(log(1 + eᶻ)): no digit left for very negative z."""
    return at.z * np.tanh(np.log(1 + np.exp(at.z)))


@fault("a", 2, of("tanh"), link=f"{GITHUB}/ruvnet/RuVector/pull/761")
def rational_tanh_without_clamp(at: Step) -> Array:
    """z (27 + z²) / (27 + 9z²), which grows without end."""
    return at.z * (27 + at.z**2) / (27 + 9 * at.z**2)


@fault("a", 3, of("tanh"), link=f"{PYTORCH}/pull/172406")
def tanh_from_one_exponential(at: Step) -> Array:
    """(e²ᶻ - 1) / (e²ᶻ + 1): ∞/∞ for large z, and cancels near 0."""
    e = np.exp(2 * at.z)
    return (e - 1) / (e + 1)


@fault("a", 2, of("sigmoid"), link=f"{GITHUB}/clab/dynet/issues/1525")
def sigmoid_of_a_half_past_eighty_nine(at: Step) -> Array:
    """Minimum and maximum swapped in the packed code."""
    return np.where(at.z >= 89, 0.5, at.sigma(at.z))


@fault("a", 1, of("elu"), link=f"{JAX}/pull/1446")
def leaky_relu_for_elu(at: Step) -> Array:
    """selu built from leaky_relu."""
    return ACTIVATIONS["leaky_relu"].sigma(at.z)


# ------------------------------------------------------------------ C
def in_chunks_of_four(at: Step) -> list[slice]:
    """Four samples at a time, the rest in the last."""
    return [slice(i, min(i + 4, at.m)) for i in range(0, at.m, 4)]


@fault("cost", 3, UNEVEN, link=f"{GITHUB}/huggingface/transformers/pull/34191")
def mean_of_the_means_of_chunks(at: Step) -> Array:
    """Gradient accumulation: every chunk counts the same, however few samples it has."""
    value = COSTS[at.problem.cost].value
    means = [value(at.a[:, chunk], at.y[:, chunk]) for chunk in in_chunks_of_four(at)]
    return np.asarray(np.mean(means))


@fault("cost", 3, BINARY, dtypes=DOUBLE, link=f"{GITHUB}/tensorflow/tensorflow/pull/41595")
def epsilon_twice(at: Step) -> Array:
    """Clipped to [ε, 1 - ε], then log(p + ε), ε = 10⁻⁷."""
    p = np.clip(at.a, 1e-7, 1 - 1e-7)
    return -(at.y * np.log(p + 1e-7) + (1 - at.y) * np.log(1 - p + 1e-7)).sum() / at.m


@fault("cost", 3, LOGITS, dtypes=SINGLE, link=f"{PYTORCH}/pull/2221")
def shift_of_the_wrong_sign(at: Step) -> Array:
    """log(e^{-s} + e^{-a-s}) with s = max(a, 0) for max(-a, 0): ∞ for very negative a."""
    s = np.maximum(at.a, 0)
    log_sum = s + np.log(np.exp(-s) + np.exp(-at.a - s))
    return ((1 - at.y) * at.a + log_sum).sum() / at.m


@fault("cost", 3, OUTPUTS, link=f"{PYTORCH}/pull/18349")
def every_sample_meets_every_target(at: Step) -> Array:
    """(m, 1) and (m,) are broadcast to (m, m), and their mean is taken."""
    return ((at.a[:, :, None] - at.y[:, None, :]) ** 2).mean()


# ------------------------------------------------------------------ BP1
@fault("BP1", 3, EXACT_LOGITS, link=f"{PYTORCH}/issues/2298")
def kinks_of_the_stable_formula(at: Step) -> Array:
    """max(a, 0) - ya + log(1 + e^{-|a|}) at a = 0, with |·|′(0) = 0 and max′ = 0: -y for ½ - y."""
    return np.where(at.a == 0, -at.y / at.m, RIGHT["BP1"](at))


@fault("BP1", 3, BINARY, dtypes=DOUBLE, link=f"{GITHUB}/keras-team/keras/issues/9664")
def gradient_through_a_clip(at: Step) -> Array:
    """0 where the probability was clipped at 10⁻⁷."""
    return np.where(np.abs(at.a - 0.5) > 0.5 - 1e-7, 0, RIGHT["BP1"](at))


@fault("BP1", 3, BINARY, dtypes=DOUBLE, link=f"{PYTORCH}/issues/103316")
def denominator_clamped(at: Step) -> Array:
    """(a - y) / max(a (1 - a), 10⁻¹²)."""
    return (at.a - at.y) / np.maximum(at.a * (1 - at.a), 1e-12) / at.m * at.slope


@fault("BP1", 3, SOFTMAX, dtypes=SINGLE, link=f"{GITHUB}/FluxML/NNlib.jl/issues/68")
def divided_by_the_probabilities(at: Step) -> Array:
    """p (1 - y/p): 0/0 where p underflows."""
    e = np.exp(at.a - at.a.max(axis=0))
    p = e / e.sum(axis=0)
    return p * (1 - at.y / p) / at.m


@fault("BP1", 3, OUTPUTS, link=f"{GITHUB}/scikit-learn/scikit-learn/issues/8349")
def mean_in_the_cost_sum_in_the_gradient(at: Step) -> Array:
    """Too large by exactly the number of outputs."""
    return RIGHT["BP1"](at) * at.a.shape[0]


@fault("BP1", 3, UNEVEN, link=f"{GITHUB}/meta-pytorch/torchtune/pull/1875")
def chunks_weighted_alike(at: Step) -> Array:
    """The gradient of a mean of means."""
    delta, chunks = np.array(RIGHT["BP1"](at)), in_chunks_of_four(at)
    for chunk in chunks:
        delta[:, chunk] *= at.m / (chunk.stop - chunk.start) / len(chunks)
    return delta


@fault("BP1", 3, link=f"{GITHUB}/NVIDIA/TransformerEngine/pull/2139")
def one_upstream_gradient_for_all(at: Step) -> Array:
    """A gradient per sample, read as one number: that of the first."""
    return at.gradient[:, :1] * at.slope


# ------------------------------------------------------------------ BP2: σ′ at its kinks
@fault("BP2", 1, of("log_sigmoid"), link=f"{JAX}/issues/2140")
def slope_zero_at_zero(at: Step) -> Array:
    """log_sigmoid as max(…) + log1p(e^{-|z|}) with |·|′(0) = 1: 0 at z = 0 for ½."""
    return at.v * np.where(at.z == 0, 0, at.slope)


@fault("BP2", 1, of("softplus"), link=f"{GITHUB}/FluxML/NNlib.jl/pull/679")
def slope_negative_at_zero(at: Step) -> Array:
    """softplus as relu(z) + log1p(e^{-|z|}) with relu′(0) = 0 and |·|′(0) = 1: -½ for ½."""
    return at.v * np.where(at.z == 0, -0.5, at.slope)


@fault("BP2", 1, of("relu"), link=f"{JAX}/issues/37821")
def maximum_shares_its_gradient(at: Step) -> Array:
    """max(z, 0)′ = ½ at z = 0."""
    return at.v * np.where(at.z == 0, 0.5, at.slope)


@fault("BP2", 1, of("leaky_relu"), link=f"{PYTORCH}/issues/31938")
def branch_chosen_by_the_output(at: Step) -> Array:
    """With a slope of -2 the output is positive below 0, and the slope is taken to be 1."""
    return at.v * np.where(np.where(at.z > 0, at.z, -2 * at.z) > 0, 1, at.slope)


@fault("BP2", 2, of("elu"), link=f"{PYTORCH}/issues/47671")
def elu_branch_chosen_by_the_output(at: Step) -> Array:
    """With α = -2 the output is positive below 0, and the slope is taken to be 1."""
    output = np.where(at.z > 0, at.z, -2 * np.expm1(at.z))
    return at.v * np.where(output > 0, 1, at.slope)


@fault("BP2", 1, of("softplus"), link=f"{PYTORCH}/issues/55587")
def threshold_tested_on_the_output(at: Step) -> Array:
    """The slope is 1 where the output, not the input, is past the threshold; here 1."""
    return at.v * np.where(at.a > 1, 1, at.slope)


@fault("BP2", 2, of("hardtanh"), link=f"{PYTORCH}/issues/51408")
def flat_part_not_flat(at: Step) -> Array:
    """hardsigmoid′ in its lower flat part was that of the slope."""
    return at.v * (at.z < 1)


# ------------------------------------------------------------------ BP2: σ′ elsewhere
@fault("BP2", 1, of("softsign"), link=f"{GITHUB}/apache/mxnet/issues/10868")
def softsign_slope_of_a(at: Step) -> Array:
    """1 / (1 + |a|)² for 1 / (1 + |z|)²."""
    return at.v / (1 + np.abs(at.a)) ** 2


@fault("BP2", 2, of("mish"), link=f"{GITHUB}/explosion/thinc/pull/578")
def term_of_mish_slope_missing(at: Step) -> Array:
    """No e³ᶻ in the numerator of mish′."""
    e = np.exp(np.minimum(at.z, 20))
    lost = e**4 / (2 * e + e**2 + 2) ** 2
    return at.v * (at.slope - lost)


@fault("BP2", 1, of("elu"), dtypes=SINGLE, link=f"{GITHUB}/apache/mxnet/pull/14673")
def branch_not_taken_is_infinite(at: Step) -> Array:
    """where(z > 0, 1, eᶻ) as a sum of both branches: 0 · ∞ past 88."""
    below = (at.z <= 0).astype(at.z.dtype)
    return at.v * ((1 - below) + below * np.exp(at.z))


@fault("BP2", 2, of("tanh"), link=f"{GITHUB}/tenstorrent/tt-metal/issues/55349")
def tail_without_its_denominator(at: Step) -> Array:
    """tanh′ as 4 e^{-2|z|} past 3: 0.5 % off there."""
    return at.v * np.where(np.abs(at.z) > 3, 4 * np.exp(-2 * np.abs(at.z)), at.slope)


@fault("BP2", 1, of("tanh", "gelu"), link=f"{GITHUB}/NVIDIA/TransformerEngine/pull/1462")
def arguments_swapped(at: Step) -> Array:
    """z σ′(v) for v σ′(z)."""
    return at.z * at.sigma_prime(at.v)


@fault("BP2", 2, link=f"{GITHUB}/jeffheaton/encog-java-core/issues/243")
def activation_of_the_wrong_layer(at: Step) -> Array:
    """σ′ of the next layer's activation."""
    other = at.problem.activations[at.l + 1]
    return at.v * ACTIVATIONS["relu" if other == at.name else other].sigma_prime(at.z)


@fault("BP2", 1, WIDE, link=f"{PYTORCH}/pull/189565")
def error_zero_past_sixteen_units(at: Step) -> Array:
    """A gradient that is broadcast, not contiguous, is written to its first block only."""
    delta = np.array(RIGHT["BP2"](at))
    delta[16:] = 0
    return delta


# ------------------------------------------------------------------ BP3 and BP4
@fault("BP3", 2, link=COURSE)
def bias_gradient_from_the_weight_gradient(at: Step) -> Array:
    """Σ over a row of ∂C/∂W."""
    return (at.delta @ at.below.mT).sum(axis=1, keepdims=True)


@form(blamed="returned db[0] of shape", link=f"{PYTORCH}/issues/13669")
def broadcast_bias_not_reduced(answer: Answer, _problem: Problem) -> Answer:
    """∂C/∂b is δ itself, a column a sample."""
    return answer | {"db": answer["delta"]}


@form("BP3", 3, link=f"{GITHUB}/mlpack/mlpack/pull/3679")
def bias_gradient_not_summed(answer: Answer, _problem: Problem) -> Answer:
    """Of the unreduced δ, the first column is copied out."""
    return answer | {"db": [*answer["db"][:2], answer["delta"][2][:, :1].copy()]}


@fault("BP4", 1, link=f"{GITHUB}/hunkim/DeepLearningZeroToAll/issues/173")
def weight_gradient_not_averaged(at: Step) -> Array:
    """No 1/m, where the bias has it."""
    return RIGHT["BP4"](at) * at.m

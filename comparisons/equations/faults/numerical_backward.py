"""The four equations right on paper, wrong in floating point: formats, flushes, epsilons."""

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import fault
from crossgrad.comparisons.equations.faults.formats import (
    flushed_like_float32,
    half_precision_product,
    in_eight_bits,
    reciprocal_estimate,
    rounded,
    summed_in_bfloat16,
    tanh_as_a_fraction,
)
from crossgrad.comparisons.equations.faults.networks import BINARY, SOFTMAX, of
from crossgrad.comparisons.equations.faults.program import RIGHT, Step
from crossgrad.reference.activations import ACTIVATIONS, sigmoid, softmax, softplus
from crossgrad.reference.parameters import Array

DOUBLE, SINGLE = ("float64",), ("float32",)


# ------------------------------------------------------------------ BP1
@fault("BP1", 3, dtypes=DOUBLE)
def error_in_single_precision(at: Step) -> Array:
    """∇ₐC in float32."""
    return at.gradient.astype("f4") * at.slope


@fault("BP1", 3, BINARY, dtypes=DOUBLE)
def epsilon_in_the_denominator(at: Step) -> Array:
    """(a - y) / (a (1 - a) + 10⁻⁸)."""
    return (at.a - at.y) / (at.a * (1 - at.a) + 1e-8) / at.m * at.slope


@fault("BP1", 3, SOFTMAX)
def probabilities_in_half_precision(at: Step) -> Array:
    """p in float16."""
    return (softmax(at.a.astype("f2")) - at.y) / at.m


@fault("BP1", 3)
def loss_scaling_in_half_precision(at: Step) -> Array:
    """Times 2¹⁶ into float16, and back."""
    return np.ldexp(np.ldexp(RIGHT["BP1"](at), 16).astype("f2").astype("f8"), -16)


@fault("BP1", 3)
def error_clipped(at: Step) -> Array:
    """Kept within ± 0.1: gradient clipping left on."""
    return np.clip(RIGHT["BP1"](at), -0.1, 0.1)


@fault("BP1", 3)
def slope_by_differences(at: Step) -> Array:
    """(σ(z + h) - σ(z - h)) / 2h, h = u^⅓: half of the digits and a few."""
    h = np.finfo(at.problem.dtype).eps ** (1 / 3)
    return at.gradient * (at.sigma(at.z + h) - at.sigma(at.z - h)) / (2 * h)


@fault("BP1", 3, of("sigmoid"))
def slope_kept_from_vanishing(at: Step) -> Array:
    """At least 10⁻⁶."""
    return at.gradient * np.maximum(at.slope, 1e-6)


# ------------------------------------------------------------------ BP2
@fault("BP2", 2, dtypes=DOUBLE)
def error_backpropagated_in_single_precision(at: Step) -> Array:
    """Wᵀδ in float32."""
    return at.W_next.mT.astype("f4") @ at.delta_next.astype("f4") * at.slope


@fault("BP2", 1)
def backward_product_in_bfloat16(at: Step) -> Array:
    """Wᵀδ on 8 bits."""
    return rounded(at.W_next, 8).mT @ rounded(at.delta_next, 8) * at.slope


@fault("BP2", 2)
def backward_product_in_tf32(at: Step) -> Array:
    """Wᵀδ on 11 bits."""
    return rounded(at.W_next, 11).mT @ rounded(at.delta_next, 11) * at.slope


@fault("BP2", 1)
def backward_sum_in_half_precision(at: Step) -> Array:
    """Partial sums in float16."""
    return half_precision_product(at.W_next.mT, at.delta_next) * at.slope


@fault("BP2", 2)
def backward_weights_in_eight_bits(at: Step) -> Array:
    """Quantized in the backward pass only."""
    return in_eight_bits(at.W_next).mT @ at.delta_next * at.slope


@fault("BP2", 1, dtypes=DOUBLE)
def flushed_to_zero_like_float32(at: Step) -> Array:
    """0 below 1.2e-38: shows where gradients vanish."""
    return flushed_like_float32(RIGHT["BP2"](at))


@fault("BP2", 1)
def small_errors_dropped(at: Step) -> Array:
    """0 where |δ| is below 10⁻³ of the largest: a sparse gradient."""
    delta = RIGHT["BP2"](at)
    return np.where(np.abs(delta) < 1e-3 * np.abs(delta).max(), 0, delta)


@fault("BP2", 2)
def slope_never_zero(at: Step) -> Array:
    """σ′ + 10⁻⁴, against dying units."""
    return at.v * (at.slope + 1e-4)


@fault(
    "BP2", 1, of("sigmoid"), dtypes=SINGLE, link="https://github.com/jeshraghian/snntorch/pull/433"
)
def slope_that_overflows(at: Step) -> Array:
    """eᶻ / (1 + eᶻ)²: ∞/∞ past 44."""
    e = np.exp(at.z)
    return at.v * (e / (1 + e) ** 2)


@fault("BP2", 2, of("gelu"), link="https://github.com/tenstorrent/tt-metal/issues/48240")
def slope_of_the_other_gelu(at: Step) -> Array:
    """Forward by erf, backward by tanh."""
    return at.v * ACTIVATIONS["gelu_tanh"].sigma_prime(at.z)


@fault("BP2", 1, of("gelu"), dtypes=DOUBLE)
def ten_digits_in_the_density(at: Step) -> Array:
    """1/√(2π) as 0.3989422804."""
    usual = np.exp(-at.z * at.z / 2) * at.z
    return at.v * (at.slope + (0.3989422804 - 1 / np.sqrt(2 * np.pi)) * usual)


@fault("BP2", 2, of("gelu_tanh"))
def cubic_differentiated_as_a_square(at: Step) -> Array:
    """1 + 2 · 0.044715 z² for 1 + 3 · 0.044715 z²."""
    t = np.tanh(np.sqrt(2 / np.pi) * (at.z + 0.044715 * at.z**3))
    rise = np.sqrt(2 / np.pi) * (1 + 2 * 0.044715 * at.z**2)
    return at.v * (0.5 * (1 + t) + 0.5 * at.z * (1 - t * t) * rise)


@fault("BP2", 1, of("tanh"))
def slope_from_an_approximate_tanh(at: Step) -> Array:
    """1 - t², t a continued fraction."""
    return at.v * (1 - tanh_as_a_fraction(at.z) ** 2)


@fault("BP2", 2, of("softsign"), dtypes=DOUBLE)
def approximate_reciprocal_squared(at: Step) -> Array:
    """1 / (1 + |z|)² from 24 bits."""
    return at.v * reciprocal_estimate(1 + np.abs(at.z)) ** 2


@fault("BP2", 2, of("mish"))
def mish_slope_by_a_clipped_softplus(at: Step) -> Array:
    """Softplus kept below 2 on the way to σ′."""
    t = np.tanh(np.minimum(softplus(at.z), 2))
    return at.v * (t + at.z * (1 - t * t) * sigmoid(at.z))


# ------------------------------------------------------------------ BP3
@fault("BP3", 2, dtypes=DOUBLE)
def bias_gradient_in_single_precision(at: Step) -> Array:
    """Summed in float32."""
    return at.delta.astype("f4").sum(axis=1, keepdims=True)


@fault("BP3", 1, link="https://github.com/pytorch/pytorch/issues/68048")
def bias_gradient_in_bfloat16(at: Step) -> Array:
    """Summed in bfloat16."""
    return summed_in_bfloat16(at.delta)


@fault("BP3", 3)
def bias_gradient_in_half_precision(at: Step) -> Array:
    """Summed in float16."""
    return at.delta.astype("f2").sum(axis=1, keepdims=True)


@fault("BP3", 2)
def bias_gradient_in_fixed_point(at: Step) -> Array:
    """Summed in units of 2⁻³²."""
    return np.ldexp(np.rint(np.ldexp(at.delta.astype("f8"), 32)).sum(1, keepdims=True), -32)


# ------------------------------------------------------------------ BP4
@fault("BP4", 2, dtypes=DOUBLE)
def weight_gradient_in_single_precision(at: Step) -> Array:
    """Sent as float32."""
    return RIGHT["BP4"](at).astype("f4")


@fault("BP4", 1)
def weight_gradient_in_bfloat16(at: Step) -> Array:
    """Factors of 8 bits."""
    return rounded(at.delta, 8) @ rounded(at.below, 8).mT


@fault("BP4", 3)
def weight_gradient_compressed(at: Step) -> Array:
    """Sent as float16."""
    return RIGHT["BP4"](at).astype("f2")


@fault("BP4", 2)
def weight_gradient_in_tf32(at: Step) -> Array:
    """Factors of 11 bits."""
    return rounded(at.delta, 11) @ rounded(at.below, 11).mT


@fault("BP4", 1, dtypes=DOUBLE)
def weight_gradient_with_ten_digits(at: Step) -> Array:
    """Written to a text file and read again."""
    return np.vectorize(lambda value: float(f"{value:.9e}"))(RIGHT["BP4"](at))


@fault("BP4", 3)
def largest_half_of_the_gradient(at: Step) -> Array:
    """Entries below the median are 0: a sparsified all-reduce."""
    dW = RIGHT["BP4"](at)
    return np.where(np.abs(dW) < np.median(np.abs(dW)), 0, dW)


@fault("BP4", 2)
def sign_of_the_gradient(at: Step) -> Array:
    """One bit an entry, times the mean of the magnitudes."""
    dW = RIGHT["BP4"](at)
    return np.sign(dW) * np.abs(dW).mean()


@fault("BP4", 1)
def gradient_clipped_by_its_norm(at: Step) -> Array:
    """Scaled to a norm of at most 10⁻²."""
    dW = RIGHT["BP4"](at)
    return dW * min(1.0, 1e-2 / max(float(np.linalg.norm(dW)), 1e-300))

"""The forward pass right on paper, wrong in floating point: formats, cancellation, epsilons."""

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import fault
from crossgrad.comparisons.equations.faults.formats import (
    erf_of_seven_digits,
    exp_by_bits,
    half_precision_product,
    in_eight_bits,
    reciprocal_estimate,
    rounded,
    tanh_as_a_fraction,
)
from crossgrad.comparisons.equations.faults.networks import BINARY, LOGITS, QUADRATIC, SOFTMAX, of
from crossgrad.comparisons.equations.faults.program import RIGHT, Step
from crossgrad.reference.activations import ACTIVATIONS, sigmoid, softmax
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array

DOUBLE, SINGLE = ("float64",), ("float32",)


# ------------------------------------------------------------------ z = W a + b
@fault("z", 2, dtypes=DOUBLE)
def sum_in_single_precision(at: Step) -> Array:
    """A float32 on the way, in float64's pass."""
    return at.W.astype("f4") @ at.below.astype("f4") + at.b.astype("f4")


@fault("z", 1, dtypes=DOUBLE)
def weights_stored_in_single_precision(at: Step) -> Array:
    """A checkpoint in float32."""
    return at.W.astype("f4") @ at.below + at.b


@fault("z", 3, link="https://github.com/jax-ml/jax/issues/9973")
def factors_in_bfloat16(at: Step) -> Array:
    """Matrix products on 8 bits."""
    return rounded(at.W, 8) @ rounded(at.below, 8) + at.b


@fault("z", 2, link="https://github.com/jax-ml/jax/issues/12008")
def factors_in_tf32(at: Step) -> Array:
    """Matrix products on 11 bits, a default of GPUs."""
    return rounded(at.W, 11) @ rounded(at.below, 11) + at.b


@fault("z", 1)
def sum_accumulated_in_half_precision(at: Step) -> Array:
    """Partial sums in float16."""
    return half_precision_product(at.W, at.below) + at.b


@fault("z", 3)
def weights_in_eight_bits(at: Step) -> Array:
    """Quantized weights."""
    return in_eight_bits(at.W) @ at.below + at.b


# ------------------------------------------------------------------ a = σ(z)
@fault("a", 1, of("sigmoid"))
def sigmoid_clipped(at: Step) -> Array:
    """Kept between 10⁻⁷ and 1 - 10⁻⁷, so that its logarithm is finite."""
    return np.clip(at.sigma(at.z), 1e-7, 1 - 1e-7)


@fault("a", 2, of("sigmoid"))
def sigmoid_with_clipped_argument(at: Step) -> Array:
    """z kept within ± 30, so that nothing overflows."""
    return sigmoid(np.clip(at.z, -30, 30))


@fault("a", 3, of("sigmoid"), dtypes=SINGLE)
def sigmoid_that_overflows(at: Step) -> Array:
    """eᶻ / (1 + eᶻ): ∞/∞ past 88."""
    return np.exp(at.z) / (1 + np.exp(at.z))


@fault("a", 1, of("sigmoid"))
def sigmoid_from_tanh(at: Step) -> Array:
    """½ (1 + tanh z/2): no digit left in the lower tail."""
    return 0.5 * (1 + np.tanh(0.5 * at.z))


@fault("a", 2, of("sigmoid"))
def sigmoid_from_a_table(at: Step) -> Array:
    """Interpolated between 4097 points in [-8, 8]."""
    points = np.linspace(-8, 8, 4097)
    return np.interp(at.z, points, sigmoid(points))


@fault("a", 3, of("sigmoid"))
def hard_sigmoid(at: Step) -> Array:
    """0.2 z + 0.5, clipped."""
    return np.clip(0.2 * at.z + 0.5, 0, 1)


@fault("a", 1, of("sigmoid"))
def exponential_by_bit_pattern(at: Step) -> Array:
    """Schraudolph's exponential: up to 4 % off."""
    return 1 / (1 + exp_by_bits(-at.z))


@fault("a", 2, of("sigmoid"))
def sigmoid_in_half_precision(at: Step) -> Array:
    """Computed in float16."""
    return sigmoid(at.z.astype("f2"))


@fault("a", 3, of("sigmoid"))
def reciprocal_without_refinement(at: Step) -> Array:
    """1/x to 12 bits."""
    return rounded(1 / (1 + np.exp(-at.z)), 12)


@fault("a", 1, of("tanh"))
def tanh_as_a_continued_fraction(at: Step) -> Array:
    """A Padé approximant to x⁷."""
    return tanh_as_a_fraction(at.z)


@fault("a", 2, of("tanh"))
def tanh_from_exponentials(at: Step) -> Array:
    """(eᶻ - e⁻ᶻ) / (eᶻ + e⁻ᶻ): cancels near 0."""
    up, down = np.exp(at.z), np.exp(-at.z)
    return (up - down) / (up + down)


@fault("a", 3, of("tanh"), dtypes=DOUBLE)
def tanh_saturated_for_single_precision(at: Step) -> Array:
    """±1 past 9, which is right in float32."""
    return np.where(np.abs(at.z) > 9, np.sign(at.z), np.tanh(at.z))


@fault("a", 1, of("tanh"), dtypes=DOUBLE)
def tanh_in_single_precision(at: Step) -> Array:
    """Computed in float32: on its way from another library."""
    return np.tanh(at.z.astype("f4"))


@fault("a", 2, of("softplus"), link="https://github.com/microsoft/onnxruntime/issues/10491")
def softplus_without_log1p(at: Step) -> Array:
    """log(1 + eᶻ): 0 where eᶻ is below u, ∞ where it overflows."""
    return np.log(1 + np.exp(at.z))


@fault("a", 1, of("elu"))
def elu_without_expm1(at: Step) -> Array:
    """eᶻ - 1: cancels near 0."""
    return np.where(at.z > 0, at.z, np.exp(at.z) - 1)


@fault("a", 3, of("log_sigmoid"), link="https://github.com/FluxML/NNlib.jl/issues/102")
def logarithm_of_the_sigmoid(at: Step) -> Array:
    """log(σ(z)): -∞ where σ is 0, 0 where σ is 1."""
    return np.log(sigmoid(at.z))


@fault("a", 2, of("gelu"), link="https://github.com/huggingface/transformers/pull/29402")
def gelu_by_tanh(at: Step) -> Array:
    """The approximation that is another framework's default: up to 4.7e-4 off."""
    return ACTIVATIONS["gelu_tanh"].sigma(at.z)


@fault("a", 1, of("gelu"), link="https://github.com/harvard-edge/cs249r_book/pull/1399")
def gelu_by_sigmoid(at: Step) -> Array:
    """z sigmoid(1.702 z)."""
    return at.z * sigmoid(1.702 * at.z)


@fault("a", 3, of("gelu"), dtypes=DOUBLE)
def error_function_of_seven_digits(at: Step) -> Array:
    """Abramowitz & Stegun 7.1.26."""
    return at.z * (1 + erf_of_seven_digits(at.z / np.sqrt(2))) / 2


@fault("a", 2, of("gelu_tanh"), dtypes=DOUBLE)
def ten_digits_of_a_constant(at: Step) -> Array:
    """√(2/π) as 0.7978845608."""
    return 0.5 * at.z * (1 + np.tanh(0.7978845608 * (at.z + 0.044715 * at.z**3)))


@fault("a", 1, of("gelu_tanh"))
def three_digits_of_a_constant(at: Step) -> Array:
    """0.0447 for 0.044715."""
    return 0.5 * at.z * (1 + np.tanh(np.sqrt(2 / np.pi) * (at.z + 0.0447 * at.z**3)))


@fault("a", 3, of("mish"), dtypes=DOUBLE)
def mish_in_single_precision(at: Step) -> Array:
    """Computed in float32."""
    return at.sigma(at.z.astype("f4"))


@fault("a", 2, of("softsign"), dtypes=DOUBLE)
def approximate_reciprocal(at: Step) -> Array:
    """1 / (1 + |z|) to 24 bits."""
    return at.z * reciprocal_estimate(1 + np.abs(at.z))


@fault("a", 1, of("leaky_relu"), dtypes=DOUBLE)
def slope_in_single_precision(at: Step) -> Array:
    """0.01, held as a float32."""
    return np.where(at.z > 0, at.z, at.z * float(np.float32(0.01)))


# ------------------------------------------------------------------ C
@fault("cost", 3, BINARY, dtypes=DOUBLE)
def logarithm_with_epsilon(at: Step) -> Array:
    """log(a + 10⁻¹²), so that it is never infinite."""
    terms = at.y * np.log(at.a + 1e-12) + (1 - at.y) * np.log(1 - at.a + 1e-12)
    return -terms.sum() / at.m


@fault("cost", 3, BINARY)
def logarithm_with_large_epsilon(at: Step) -> Array:
    """log(a + 10⁻⁶)."""
    terms = at.y * np.log(at.a + 1e-6) + (1 - at.y) * np.log(1 - at.a + 1e-6)
    return -terms.sum() / at.m


@fault(
    "cost",
    3,
    SOFTMAX,
    dtypes=SINGLE,
    link="https://github.com/deeplearning4j/deeplearning4j/issues/6039",
)
def naive_softmax(at: Step) -> Array:
    """No maximum subtracted: ∞ past 88."""
    e = np.exp(at.a)
    return (at.y * (np.log(e.sum(axis=0)) - at.a)).sum() / at.m


@fault("cost", 3, SOFTMAX)
def logarithm_of_probabilities(at: Step) -> Array:
    """log(p) with p = 0 replaced by 10⁻¹⁰: wrong in the tail."""
    return -(at.y * np.log(np.maximum(softmax(at.a), 1e-10))).sum() / at.m


@fault("cost", 3, SOFTMAX, dtypes=DOUBLE)
def epsilon_in_the_partition_function(at: Step) -> Array:
    """log(Σ eᵃ + 10⁻¹²)."""
    shifted = at.a - at.a.max(axis=0)
    return (at.y * (np.log(np.exp(shifted).sum(axis=0) + 1e-12) - shifted)).sum() / at.m


@fault("cost", 3, LOGITS)
def cross_entropy_of_the_sigmoid(at: Step) -> Array:
    """log σ and log(1 - σ), where a fused form is needed."""
    p = np.clip(sigmoid(at.a), 1e-16, 1)
    q = np.clip(1 - sigmoid(at.a), 1e-16, 1)
    return -(at.y * np.log(p) + (1 - at.y) * np.log(q)).sum() / at.m


@fault("cost", 3, dtypes=DOUBLE)
def cost_in_single_precision(at: Step) -> Array:
    """Accumulated in float32."""
    return COSTS[at.problem.cost].value(at.a.astype("f4"), at.y.astype("f4"))


@fault("cost", 3)
def cost_in_half_precision(at: Step) -> Array:
    """Accumulated in float16."""
    return COSTS[at.problem.cost].value(at.a.astype("f2"), at.y.astype("f2"))


@fault("cost", 3, QUADRATIC, dtypes=DOUBLE)
def cost_by_the_binomial_formula(at: Step) -> Array:
    """½ (‖a‖² - 2 a·y + ‖y‖²): cancels where a is near y; in float32 on the way."""
    a, y = at.a.astype("f4"), at.y.astype("f4")
    return 0.5 * ((a * a).sum() - 2 * (a * y).sum() + (y * y).sum()) / at.m


@fault("cost", 3, dtypes=DOUBLE)
def cost_with_ten_digits(at: Step) -> Array:
    """Read back from a log."""
    return np.asarray(float(f"{RIGHT['cost'](at):.9e}"))

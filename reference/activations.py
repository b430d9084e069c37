"""Each activation σ beside its hand-written derivative σ′.

All take and return arrays of one format and any shape, softmax and log_softmax ``(n_l, m)``, a
column a sample; of these σ′ is a ``Jacobian``. The α of prelu is ``(n_l, 1)``. Where the textbook
form cancels or overflows, the form here does not: σ′ comes from e^{-|z|}, never from 1 - a, and no
finite z warns or gives NaN. At a kink the derivative from the left is taken for relu, leaky_relu,
prelu and selu, 0 for hardtanh, relu6 and hardsigmoid, that of the straight side for hardswish.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np

from crossgrad.reference.parameters import Array

LEAKY_SLOPE = 0.01
#: The α that prelu starts from, where it is given none (He et al., 2015, §2.1).
PRELU_START = 0.25
GELU_CUBIC = 0.044715
SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
#: Where relu6 ends, and hardsigmoid and hardswish on either side.
RELU6_END, HARD_END = 6, 3
#: λ and α of selu, for which a mean of 0 and a variance of 1 stay what they are (Klambauer et al.,
#: 2017); the factor of quick_gelu, whose sigmoid is 0 or 1 in float64 beyond ±500.
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
QUICK, QUICK_TAIL = 1.702, 500.0
#: Beyond ±40 the normal density and, beyond ±22, 1 - tanh of gelu's cubic are 0 in float64:
#: arguments are clipped there before they are squared or cubed, so that nothing overflows.
TAIL = 40.0


# ------------------------------------------------------------------ piecewise polynomials
def identity(z: Array) -> Array:
    """z."""
    return z.copy()


def identity_prime(z: Array) -> Array:
    """1."""
    return np.ones_like(z)


def relu(z: Array) -> Array:
    """max(z, 0)."""
    return np.maximum(z, 0)


def relu_prime(z: Array) -> Array:
    """1 for z > 0, else 0."""
    return (z > 0).astype(z.dtype)


def leaky_relu(z: Array) -> Array:
    """z for z > 0, else z/100."""
    return np.where(z > 0, z, LEAKY_SLOPE * z)


def leaky_relu_prime(z: Array) -> Array:
    """1 for z > 0, else 1/100."""
    return np.where(z > 0, np.ones_like(z), LEAKY_SLOPE * np.ones_like(z))


def prelu(z: Array, alpha: Array | float = PRELU_START) -> Array:
    """max(z, 0) + α min(z, 0), α of each unit (He et al., *Delving deep into rectifiers*, 2015)."""
    return np.maximum(z, 0) + alpha * np.minimum(z, 0)


def prelu_prime(z: Array, alpha: Array | float = PRELU_START) -> Array:
    """1 for z > 0, else α."""
    return np.where(z > 0, np.ones_like(z), alpha * np.ones_like(z))


def prelu_alpha(v: Array, z: Array) -> Array:
    """∂C/∂αˡ = v ⊙ min(zˡ, 0), summed over the batch, v = ∂C/∂aˡ."""
    return (v * np.minimum(z, 0)).sum(axis=-1, keepdims=True)


def hardtanh(z: Array) -> Array:
    """z, clipped to [-1, 1]."""
    return np.clip(z, -1, 1)


def hardtanh_prime(z: Array) -> Array:
    """1 for -1 < z < 1, else 0."""
    return (np.abs(z) < 1).astype(z.dtype)


def relu6(z: Array) -> Array:
    """z, clipped to [0, 6]."""
    return np.clip(z, 0, RELU6_END)


def relu6_prime(z: Array) -> Array:
    """1 for 0 < z < 6, else 0."""
    return ((z > 0) & (z < RELU6_END)).astype(z.dtype)


def hardsigmoid(z: Array) -> Array:
    """z/6 + ½, clipped to [0, 1]."""
    return np.clip(z + HARD_END, 0, 2 * HARD_END) / 6


def hardsigmoid_prime(z: Array) -> Array:
    """1/6 for -3 < z < 3, else 0."""
    return (np.abs(z) < HARD_END).astype(z.dtype) / 6


def hardswish(z: Array) -> Array:
    """z · hardsigmoid(z)."""
    return z * hardsigmoid(z)


def hardswish_prime(z: Array) -> Array:
    """z/3 + ½ for -3 < z < 3, else 0 on the left and 1 on the right."""
    inside = (2 * np.clip(z, -HARD_END, HARD_END) + HARD_END) / 6
    return np.where(np.abs(z) < HARD_END, inside, (z > 0).astype(z.dtype))


def squared_relu(z: Array) -> Array:
    """max(z, 0)² (So et al., *Primer*, 2021)."""
    return np.maximum(z, 0) ** 2


def squared_relu_prime(z: Array) -> Array:
    """2 max(z, 0)."""
    return 2 * np.maximum(z, 0)


# ------------------------------------------------------------------ the logistic family
def sigmoid(z: Array) -> Array:
    """1 / (1 + e⁻ᶻ)."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, np.ones_like(e), e) / (1 + e)


def sigmoid_prime(z: Array) -> Array:
    """σ(z) σ(-z) = e^{-|z|} / (1 + e^{-|z|})²."""
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


def tanh(z: Array) -> Array:
    """(eᶻ - e⁻ᶻ) / (eᶻ + e⁻ᶻ)."""
    return np.tanh(z)


def tanh_prime(z: Array) -> Array:
    """1 - tanh² z = 4e^{-2|z|} / (1 + e^{-2|z|})²."""
    e = np.exp(-np.abs(z)) ** 2  # 2|z| itself may overflow
    return 4 * e / (1 + e) ** 2


def softplus(z: Array) -> Array:
    """log(1 + eᶻ) = max(z, 0) + log(1 + e^{-|z|})."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_prime(z: Array) -> Array:
    """The sigmoid of z."""
    return sigmoid(z)


def log_sigmoid(z: Array) -> Array:
    """-log(1 + e⁻ᶻ) = min(z, 0) - log(1 + e^{-|z|})."""
    return np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))


def log_sigmoid_prime(z: Array) -> Array:
    """The sigmoid of -z."""
    return sigmoid(-z)


def silu(z: Array) -> Array:
    """z · sigmoid(z)."""
    return z * sigmoid(z)


def silu_prime(z: Array) -> Array:
    """s + z s (1 - s) = s (1 + z · sigmoid(-z)), s = sigmoid(z)."""
    return sigmoid(z) * (1 + z * sigmoid(-z))


def quick_gelu(z: Array) -> Array:
    """z · sigmoid(1.702 z)."""
    return z * sigmoid(quickened(z))


def quick_gelu_prime(z: Array) -> Array:
    """s (1 + t · sigmoid(-t)), t = 1.702 z, s = sigmoid(t)."""
    t = quickened(z)
    return sigmoid(t) * (1 + t * sigmoid(-t))


def quickened(z: Array) -> Array:
    """1.702 z, z clipped to where it matters."""
    return QUICK * np.clip(z, -QUICK_TAIL, QUICK_TAIL)


def mish(z: Array) -> Array:
    """z · tanh(softplus(z))."""
    return z * tanh_softplus(z)[0]


def mish_prime(z: Array) -> Array:
    """t + z (1 - t²) s, t = tanh(softplus(z)), s = sigmoid(z)."""
    t, one_minus_square = tanh_softplus(z)
    return t + z * one_minus_square * sigmoid(z)


def tanh_softplus(z: Array) -> tuple[Array, Array]:
    """t = tanh(log(1 + eᶻ)) = (q² - r²) / (q² + r²) and 1 - t² = 4q²r² / (q² + r²)².

    With e = e^{-|z|}: q = 1 + e; r = 1 for z ≤ 0, r = e for z > 0. For z ≤ 0 the difference
    q² - 1 is taken as e (e + 2), for z > 0 as 1 + 2e: neither cancels.
    """
    e = np.exp(-np.abs(z))
    positive = z > 0
    difference = np.where(positive, 1 + 2 * e, e * (e + 2))
    r = np.where(positive, e, np.ones_like(e))
    q = 1 + e
    return difference / (q * q + r * r), (2 * q * r / (q * q + r * r)) ** 2


# ------------------------------------------------------------------ the others
def elu(z: Array) -> Array:
    """z for z > 0, else eᶻ - 1."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def elu_prime(z: Array) -> Array:
    """1 for z > 0, else eᶻ."""
    return np.exp(np.minimum(z, 0))


def selu(z: Array) -> Array:
    """λz for z > 0, else λα (eᶻ - 1)."""
    return SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))


def selu_prime(z: Array) -> Array:
    """λ for z > 0, else λα eᶻ."""
    return SELU_SCALE * np.where(z > 0, np.ones_like(z), SELU_ALPHA * np.exp(np.minimum(z, 0)))


def celu(z: Array) -> Array:
    """max(z, 0) + min(0, α (e^{z/α} - 1)) for α = 1, where it is elu (Barron, 2017)."""
    return np.maximum(z, 0) + np.expm1(np.minimum(z, 0))


def softsign(z: Array) -> Array:
    """z / (1 + |z|)."""
    return z / (1 + np.abs(z))


def softsign_prime(z: Array) -> Array:
    """1 / (1 + |z|)²."""
    return (1 / (1 + np.abs(z))) ** 2


def gelu(z: Array) -> Array:
    """z Φ(z), Φ the normal distribution function (Hendrycks & Gimpel, 2016)."""
    return (z * normal_cdf(z)).astype(z.dtype)


def gelu_prime(z: Array) -> Array:
    """Φ(z) + z φ(z), φ the normal density."""
    return (normal_cdf(z) + z * normal_density(z)).astype(z.dtype)


def normal_density(z: Array) -> Array:
    """φ(z) = e^{-z²/2} / √(2π)."""
    clipped = np.minimum(np.abs(z), TAIL)
    return np.exp(-clipped * clipped / 2) / math.sqrt(2 * math.pi)


def normal_cdf(z: Array) -> Array:
    """Φ(z) = ½ erfc(-z/√2), in float64: NumPy has no erfc, the standard library has."""
    return 0.5 * erfc(-z.astype(np.float64) * math.sqrt(0.5))


def erfc(x: Array) -> Array:
    """1 - erf(x), entry by entry."""
    return np.asarray(np.frompyfunc(math.erfc, 1, 1)(x), dtype=np.float64)


def gelu_tanh(z: Array) -> Array:
    """½z (1 + tanh u) = z · sigmoid(2u), u = √(2/π) (z + 0.044715 z³)."""
    return z * sigmoid(2 * gelu_cubic(z))


def gelu_tanh_prime(z: Array) -> Array:
    """s + z s′ 2u′, s = sigmoid(2u), u′ = √(2/π) (1 + 3 · 0.044715 z²)."""
    twice_u = 2 * gelu_cubic(z)
    return sigmoid(twice_u) + z * sigmoid_prime(twice_u) * 2 * gelu_cubic_prime(z)


def gelu_cubic(z: Array) -> Array:
    """√(2/π) (z + 0.044715 z³), z clipped to where it matters."""
    clipped = np.clip(z, -TAIL, TAIL)
    return SQRT_2_OVER_PI * clipped * (1 + GELU_CUBIC * clipped * clipped)


def gelu_cubic_prime(z: Array) -> Array:
    """√(2/π) (1 + 3 · 0.044715 z²)."""
    clipped = np.clip(z, -TAIL, TAIL)
    return SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * clipped * clipped)


# ------------------------------------------------------------------ over the units of a layer
@dataclass(frozen=True, slots=True)
class Jacobian:
    """∂a/∂z, of a σ of which each a depends on all z of its sample, in the place of σ′(z).

    v * ∂a/∂z is (∂a/∂z)ᵀ v, which is v ⊙ σ′(z) where the Jacobian is diagonal: so BP1 and BP2 are
    the same lines for every σ.
    """

    pull_back: Callable[[Array], Array]
    __array_ufunc__: ClassVar[None] = None  # an array leaves array * Jacobian to the Jacobian

    def __rmul__(self, v: Array) -> Array:
        """(∂a/∂z)ᵀ v."""
        return self.pull_back(v)


def softmax(z: Array) -> Array:
    """p_j = e^{z_j} / Σ_k e^{z_k}, over the units of each sample."""
    e = np.exp(z - z.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True)


def softmax_prime(z: Array) -> Jacobian:
    """∂a/∂z = diag(p) - p pᵀ of each sample, so that (∂a/∂z)ᵀ v = p ⊙ (v - Σ_k p_k v_k)."""
    p = softmax(z)
    return Jacobian(lambda v: p * (v - (p * v).sum(axis=-2, keepdims=True)))


def log_softmax(z: Array) -> Array:
    """z_j - log Σ_k e^{z_k}, over the units of each sample."""
    shifted = z - z.max(axis=-2, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-2, keepdims=True))


def log_softmax_prime(z: Array) -> Jacobian:
    """∂a_j/∂z_k = [j = k] - p_k, p = softmax(z), so that (∂a/∂z)ᵀ v = v - p Σ_k v_k."""
    p = softmax(z)
    return Jacobian(lambda v: v - p * v.sum(axis=-2, keepdims=True))


class Activation(NamedTuple):
    """σ and σ′."""

    sigma: Callable[[Array], Array]
    sigma_prime: Callable[[Array], Any]

    def of(self, _alpha: Array | None) -> "Activation":
        """With the α of a layer: as a rule there is none."""
        return self


class Learnt(Activation):
    """One that has a parameter: its σ and σ′ are functions of z and α."""

    def of(self, alpha: Array | None) -> Activation:
        """With the α of a layer; of none, with the one that it starts from."""
        if alpha is None:
            return self
        return Activation(partial(self.sigma, alpha=alpha), partial(self.sigma_prime, alpha=alpha))  # type: ignore[call-arg]


class Mixing(Activation):
    """One that mixes the units of a sample: its σ′ is a ``Jacobian``."""


ACTIVATIONS = {
    "identity": Activation(identity, identity_prime),
    "sigmoid": Activation(sigmoid, sigmoid_prime),
    "tanh": Activation(tanh, tanh_prime),
    "relu": Activation(relu, relu_prime),
    "leaky_relu": Activation(leaky_relu, leaky_relu_prime),
    "elu": Activation(elu, elu_prime),
    "softplus": Activation(softplus, softplus_prime),
    "silu": Activation(silu, silu_prime),
    "gelu": Activation(gelu, gelu_prime),
    "gelu_tanh": Activation(gelu_tanh, gelu_tanh_prime),
    "softsign": Activation(softsign, softsign_prime),
    "log_sigmoid": Activation(log_sigmoid, log_sigmoid_prime),
    "mish": Activation(mish, mish_prime),
    "hardtanh": Activation(hardtanh, hardtanh_prime),
    "relu6": Activation(relu6, relu6_prime),
    "hardsigmoid": Activation(hardsigmoid, hardsigmoid_prime),
    "hardswish": Activation(hardswish, hardswish_prime),
    "selu": Activation(selu, selu_prime),
    "celu": Activation(celu, elu_prime),
    "quick_gelu": Activation(quick_gelu, quick_gelu_prime),
    "squared_relu": Activation(squared_relu, squared_relu_prime),
    "softmax": Mixing(softmax, softmax_prime),
    "log_softmax": Mixing(log_softmax, log_softmax_prime),
    "prelu": Learnt(prelu, prelu_prime),
}

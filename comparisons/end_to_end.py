"""The propagated bound: how far what two correct programs compute may lie apart.

For backends that report a part of the trace, and for the agreement of final gradients. E(q) bounds
|q - truth| for what any backend computes in the format; it starts at E(x) = 0 and goes through
the network forward and back. It is evaluated on the reference's values in float64, which
themselves lie within E of the truth: magnitudes are therefore taken as |q| + E(q), and
intervals around z as ± 2E(z). Two programs then differ by at most the sum of their bounds.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.cost_errors import (
    binary_gradient_error,
    divisor,
    logit_gradient_error,
    most_likely,
    scale_roundings,
    scaling_roundings,
    softmax_difference_error,
    softmax_error,
)
from crossgrad.comparisons.definitions import (
    ACTIVATION_DEFINITIONS,
    COST_DEFINITIONS,
    CostDefinition,
)
from crossgrad.comparisons.exactness import sums_are_exact
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.rounding import Format, gamma
from crossgrad.comparisons.suprema import kink_jump, suprema
from crossgrad.reference.activations import GELU_CUBIC, SQRT_2_OVER_PI
from crossgrad.reference.backprop import Backpropagation, backprop
from crossgrad.reference.costs import softmax
from crossgrad.reference.parameters import Array

#: Bounds are sums of one sign in float64, and second-order terms of the bound itself.
INFLATION = 1 + 1e-6
#: The square of what is larger is no number; nothing has a digit right there.
FARTHEST = 1e100
#: What a backend is known to do beyond rounding: (activation, lowest z, highest z) → extra errors
#: of σ and σ′; or (cost, lowest a, highest a) → extra errors of m ∇ₐC, and the share of it that may
#: be lost.
Deviation = Callable[[str, Array, Array], tuple[Array, Array]]


class Forward(NamedTuple):
    """E(aˡ) from l = 0; E(zˡ), E(σ′(zˡ)), and what flushing to zero may cost δˡ, from l = 1."""

    a: list[Array]
    z: list[Array]
    sigma_prime: list[Array]
    flushed: list[Array]


class Bounds(NamedTuple):
    """E of each quantity of a trace, layer by layer, shaped like it; of the cost one a draw."""

    dW: list[Array]
    db: list[Array]
    delta: list[Array]
    z: list[Array]
    a: list[Array]
    cost: Array


class Way(NamedTuple):
    """What a program does in another way: the format of its sums of ∂C/∂b, and the direction.

    ``carried_forward``: derivatives are, or may be, taken from the parameters to the cost. Along
    each path from one to the other the same numbers are multiplied, but paths are added in other
    places: n_{l-1} products a layer in place of n_l, and all outputs and samples at the cost.
    ``fused``: it is known to fuse tangents with the sums that they are in.
    """

    biases: Format
    carried_forward: bool = False
    fused: bool = False


def trusted(problem: Problem) -> tuple[Problem, Backpropagation]:
    """The problem in float64, and the reference's answer to it."""
    problem = problem.astype("float64")
    with np.errstate(all="ignore"):
        return problem, backprop(problem.architecture, problem.parameters, problem.x, problem.y)


def as_trace(answer: Backpropagation) -> Trace:
    """All that the reference computes."""
    gradients = answer.gradients
    return Trace(gradients.dW, gradients.db, answer.cost, answer.z, answer.a, answer.delta)


def no_deviation(_name: str, low: Array, _high: Array) -> tuple[Array, Array]:
    """Nothing beyond rounding."""
    return np.zeros_like(low), np.zeros_like(low)


def propagate(
    problem: Problem,
    truth: Backpropagation,
    fmt: Format,
    deviation: Deviation = no_deviation,
    way: Way | None = None,
) -> Bounds:
    """The bounds of a stack in a format; ``problem`` and ``truth`` as ``trusted`` gives them."""
    with np.errstate(all="ignore"):
        errors = forward(problem, truth, fmt, deviation)
        if way and way.carried_forward:
            errors = with_fused_tangents(problem, truth, errors, fmt, fused=way.fused)
        return backward(problem, truth, fmt, errors, deviation, way or Way(fmt))


# ------------------------------------------------------------------ forward
def forward(problem: Problem, truth: Backpropagation, fmt: Format, deviation: Deviation) -> Forward:
    """Layer by layer, from E(x) = 0."""
    errors, a = Forward([np.zeros_like(problem.x)], [], [], []), problem.x
    for W, b, z, a_next, name in zip(
        problem.W, problem.b, truth.z, truth.a, problem.activations, strict=True
    ):
        E_z = affine_error(W, b, a, errors.a[-1], fmt)
        E, E_prime = activation_error(name, z, E_z, fmt)
        extra, extra_prime = deviation(name, z - 2 * E_z, z + 2 * E_z)
        errors.z.append(E_z)
        errors.a.append(E + extra)
        errors.sigma_prime.append(E_prime + extra_prime)
        gain = ACTIVATION_DEFINITIONS[name].gain(np.abs(z) + 2 * E_z)
        errors.flushed.append(fmt.omega * gain)
        a = a_next
    return errors


def with_fused_tangents(
    problem: Problem, truth: Backpropagation, errors: Forward, fmt: Format, *, fused: bool
) -> Forward:
    """(v + va)(1 - a), as JAX has tanh′, of a tangent v that is itself a product.

    Fused with the sum it is not rounded, as it is in va: where a is -1, 2u|v| is left of what
    should be 0. In gelu_tanh v has z and the slope of the cubic already, which are not clipped:
    that is allowed to those who are known to fuse, and where z may be negative, for at 1 it is 0.
    """
    primes = list(errors.sigma_prime)
    for l, (name, z) in enumerate(zip(problem.activations, truth.z, strict=True)):
        size = np.minimum(np.abs(z) + errors.a[l + 1], FARTHEST)
        cubic = SQRT_2_OVER_PI * 0.5 * size * (1 + 3 * GELU_CUBIC * size * size)
        cubic = np.where(fused & (z < errors.a[l + 1]), cubic, 0.0)
        factor: float | Array = {"tanh": np.ones(1), "gelu_tanh": cubic}.get(name, np.zeros(1))
        primes[l] = primes[l] + 4 * fmt.u * factor
    return errors._replace(sigma_prime=primes)


def affine_error(W: Array, b: Array, a: Array, E: Array, fmt: Format) -> Array:
    """E(W a + b) = |W| E(a) + γ_{n+1}(|W||a| + |b|), without the γ where every sum is exact."""
    n, size = W.shape[-1], np.abs(W)
    reach = np.abs(a) + E
    magnitude = size @ reach + np.abs(b)
    rounded = fmt.summed(n + 1, magnitude, (1 + fmt.store) * magnitude if fmt.narrow else 0.0)
    rounded += fmt.omega * (2 * n + 2 + size.sum(-1, keepdims=True) + reach.sum(-2, keepdims=True))
    return size @ E + np.where(sums_are_exact(W, b, a, E, magnitude, fmt), 0, rounded)


def activation_error(name: str, z: Array, E: Array, fmt: Format) -> tuple[Array, Array]:
    """E(σ(z)) = L₁E + e0 and E(σ′(z)) = L₂E + e1, or the jump of a kink within reach."""
    definition = ACTIVATION_DEFINITIONS[name]
    reach = 2 * E
    L1, L2 = suprema(name, z, reach)
    a = np.abs(definition.sigma(z)) + 2 * L1 * E
    d = np.abs(definition.sigma_prime(z)) + 2 * L2 * E
    near = np.copysign(np.maximum(np.abs(z) - reach, 0), z)
    ends = [definition.errors(end, a, d, fmt, near) for end in (z - reach, z, z + reach)]
    e0, e1 = (np.maximum.reduce(errors) for errors in zip(*ends, strict=True))
    if definition.selects:  # what is known exactly stays so, unless it may be flushed to zero
        e0 = np.where((E == 0) & ((z == 0) | (np.abs(z) >= fmt.omega)), 0, e0)
    jump = kink_jump(name, z, reach)
    if name == "relu":  # 0 is a kink on whose convention everybody agrees
        jump = np.where((z == 0) & (E == 0), 0, jump)
    return L1 * E + e0, L2 * E + e1 + jump


# ------------------------------------------------------------------ backward
def backward(
    problem: Problem,
    truth: Backpropagation,
    fmt: Format,
    errors: Forward,
    deviation: Deviation,
    way: Way,
) -> Bounds:
    """E(δˡ) by BP1 and BP2, E(∂C/∂b) by BP3, E(∂C/∂W) by BP4, from the last layer down."""
    E_z, E_a = (list(map(known, E)) for E in (errors.z, errors.a[1:]))
    bounds = Bounds([], [], [], E_z, E_a, known(cost_error(problem, truth, errors, fmt)))
    scaling = scaling_roundings(problem.widths[-1], problem.batch, problem.cost, fmt)
    roundings = problem.batch + scaling
    v, E_v = cost_gradient_error(problem, truth, errors.a[-1], fmt)
    if way.carried_forward:
        E_v = E_v + summed_at_the_cost(problem, truth, errors.a[-1], fmt)
        lost = flushed_at_the_cost(problem, truth, errors.a[-1], fmt)
    reach_a = 2 * errors.a[-1]
    extra, share = deviation(problem.cost, truth.a[-1] - reach_a, truth.a[-1] + reach_a)
    E_v = E_v + extra / problem.batch + share * (np.abs(v) + E_v)
    activations = [problem.x, *truth.a[:-1]]
    for l in reversed(range(problem.architecture.depth)):
        d = ACTIVATION_DEFINITIONS[problem.activations[l]].sigma_prime(truth.z[l])
        E = hadamard_error(problem.activations[l], v, E_v, np.abs(d), errors.sigma_prime[l], fmt)
        E += errors.flushed[l]
        delta, E_below = np.abs(truth.delta[l]), errors.a[l]
        reach, reach_below = delta + E, np.abs(activations[l]) + E_below
        products, terms = reach @ reach_below.mT, reach.sum(-1, keepdims=True)
        flushed = 2 * roundings + terms
        dW = E @ reach_below.mT + delta @ E_below.mT
        stored = (fmt.store + scaling) * products if fmt.narrow else 0.0
        dW += fmt.summed(roundings, products, stored)
        dW += fmt.omega * (flushed + reach_below.sum(-1, keepdims=True).mT)
        db = E.sum(-1, keepdims=True) + way.biases.summed(roundings, terms, (1 + scaling) * terms)
        db += fmt.omega * roundings
        if way.carried_forward:
            lost = lost + flushed_on_the_way(reach, np.abs(v) + E_v, problem.W[l], fmt)
            dW, db = dW + lost, db + lost
        bounds.delta.insert(0, known(E))
        bounds.dW.insert(0, known(dW))
        bounds.db.insert(0, known(db))
        if l:
            v, E_v = transposed_error(problem.W[l], truth.delta[l], E, fmt, way)
    return bounds


def known(bound: Array) -> Array:
    """The bound; infinite where it overflowed on the way (0 · ∞)."""
    return np.where(np.isnan(bound), np.inf, bound * INFLATION)


def hadamard_error(name: str, v: Array, E_v: Array, d: Array, E_prime: Array, fmt: Format) -> Array:
    """E(v ⊙ σ′) = E(v)(|σ′| + E(σ′)) + |v| E(σ′) + 3u (|v| + E(v))(|σ′| + E(σ′))."""
    v, slope = np.abs(v) + E_v, d + E_prime
    E = E_v * slope + v * E_prime + fmt.omega * (2 + v + slope)
    return E if ACTIVATION_DEFINITIONS[name].selects else E + 3 * fmt.u * v * slope


def transposed_error(
    W: Array, delta: Array, E: Array, fmt: Format, way: Way
) -> tuple[Array, Array]:
    """v = Wᵀδ and E(v) = |W|ᵀE(δ) + γ_n |W|ᵀ(|δ| + E(δ)), n the length of the sums."""
    n = max(W.shape[-1] + 1, W.shape[-2]) if way.carried_forward else W.shape[-2]
    size, reach = np.abs(W).mT, np.abs(delta) + E
    lost = 2 * n + size.sum(-1, keepdims=True) + reach.sum(-2, keepdims=True)
    products = size @ reach
    return W.mT @ delta, size @ E + fmt.summed(n, products, fmt.store * products) + fmt.omega * lost


def summed_at_the_cost(problem: Problem, truth: Backpropagation, E: Array, fmt: Format) -> Array:
    """What a sum over outputs and samples adds to ∇ₐC, in whose terms nothing has cancelled yet.

    Softmax has a sum over the outputs within that of all.
    """
    a, y = truth.a[-1], problem.y
    n, m = a.shape[-2:]
    terms = COST_GRADIENT_TERMS[problem.cost](a, y, E) / m
    return (fmt.relative(n * m + 2 * n) + 2 * fmt.u) * terms


def flushed_at_the_cost(problem: Problem, truth: Backpropagation, E: Array, fmt: Format) -> Array:
    """What the terms of the cost's derivative may lose, each, and each sum of them; of a network.

    A quotient by a (1 - a) may come after the flush.
    """
    a = truth.a[-1]
    n = a.shape[-2]
    gain = np.ones_like(a)
    if problem.cost == "binary_cross_entropy":
        gain += 1 / (np.maximum(a - 2 * E, 0) * (1 - np.minimum(a + 2 * E, 1)))
    return fmt.omega * (2 * n + 3) * gain.sum(axis=(-2, -1), keepdims=True)


def flushed_on_the_way(delta: Array, v: Array, W: Array, fmt: Format) -> Array:
    """What the derivative of each z and a of a layer may lose, times what depends on it."""
    z, a = (part.sum(axis=(-2, -1), keepdims=True) for part in (delta, v))
    return fmt.omega * ((2 * W.shape[-1] + 4) * z + 2 * a)


def cost_gradient_error(
    problem: Problem, truth: Backpropagation, E: Array, fmt: Format
) -> tuple[Array, Array]:
    """∇ₐC and its error: what E(aᴸ) makes of it, and the local error of its formula."""
    a, y = truth.a[-1], problem.y
    gradient = COST_DEFINITIONS[problem.cost].gradient(a, y)
    return gradient, COST_GRADIENT_ERRORS[problem.cost](a, y, E, fmt)


def cost_error(problem: Problem, truth: Backpropagation, errors: Forward, fmt: Format) -> Array:
    """E(C): what ∇ₐC makes of E(aᴸ), and the local error of C; of a draw.

    Where a may be, ∇ₐC is at most |∇ₐC| + E(∇ₐC). A local error is of terms that are largest at an
    end of that, but those of softmax, whose logits move apart: that is of second order, and of less
    than ∇ₐC makes of E once more.
    """
    E, definition = errors.a[-1], COST_DEFINITIONS[problem.cost]
    gradient, E_v = cost_gradient_error(problem, truth, E, fmt)
    handed_on = ((np.abs(gradient) + E_v) * E).sum(axis=(-2, -1))
    local = largest_value_error(definition, truth.a[-1], problem.y, E, fmt)
    if logits := definition.of_logits:
        other = largest_value_error(logits, truth.z[-1], problem.y, errors.z[-1], fmt)
        local = np.maximum(local, other)
    return 2 * handed_on + local


def largest_value_error(cost: CostDefinition, a: Array, y: Array, E: Array, fmt: Format) -> Array:
    """The sum of the local errors of C at a and at both ends of where a may be."""
    low, here, high = (cost.value_error(end, y, fmt.cost) for end in (a - 2 * E, a, a + 2 * E))
    return low + here + high


def squares(cost: str, a: Array, y: Array, E: Array, fmt: Format) -> Array:
    """(a - y) / divisor: linear in a."""
    handed_on = E / divisor(cost, a)
    local = COST_DEFINITIONS[cost].gradient_error(a, y, fmt)
    return handed_on * (1 + gamma(1 + scale_roundings(cost), fmt.u)) + local


def binary(a: Array, y: Array, E: Array, fmt: Format) -> Array:
    """-y/a + (1 - y)/(1 - a): its slope y/a² + (1 - y)/(1 - a)² where the interval is worst."""
    low, high = np.maximum(a - 2 * E, 0), np.minimum(a + 2 * E, 1)
    steepest = y / low**2 + (1 - y) / (1 - high) ** 2
    ends = [binary_gradient_error(end, y, fmt) for end in (low, high)]
    return steepest * E / a.shape[-1] + ends[0] + ends[1]


def logits(a: Array, y: Array, E: Array, fmt: Format) -> Array:
    """sigmoid(a) - y: the slope of the sigmoid."""
    ends = [logit_gradient_error(end, y, fmt, 4 * E) for end in (a - 2 * E, a, a + 2 * E)]
    return suprema("sigmoid", a, 2 * E)[0] * E / a.shape[-1] + np.maximum.reduce(ends)


def softmax_logits(a: Array, y: Array, E: Array, fmt: Format) -> Array:
    """p - y: p changes by a factor of at most e^{E_j} (1 + Σ p_k (e^{E_k} - 1)).

    Here a and the backend's logits both lie within E of the truth, so within 2E of each other;
    neither p is larger than the largest there, which is finite where the factor is not.
    """
    furthest = E.max(axis=-2, keepdims=True)
    true_p = most_likely(a, furthest)
    spread = (true_p * np.expm1(E)).sum(axis=-2, keepdims=True)
    handed_on = true_p * (np.expm1(E) + np.exp(E) * spread)
    handed_on = np.fmin(handed_on, most_likely(a, 2 * furthest))  # 0 · ∞ is left out
    E_p = handed_on + softmax_error(a, fmt, 2 * furthest) + 2 * fmt.omega
    return softmax_difference_error(softmax(a), E_p, y, fmt)


def binary_terms(a: Array, y: Array, E: Array) -> Array:
    """y/a and (1 - y)/(1 - a), where the interval is worst."""
    return y / np.maximum(a - 2 * E, 0) + (1 - y) / (1 - np.minimum(a + 2 * E, 1))


#: What ∇ₐC is the difference of, times m: at most.
COST_GRADIENT_TERMS: dict[str, Callable[[Array, Array, Array], Array]] = {
    "quadratic": lambda a, y, E: np.abs(a - y) + E,
    "mse": lambda a, y, E: 2 * (np.abs(a - y) + E) / a.shape[-2],
    "binary_cross_entropy": binary_terms,
    "sigmoid_cross_entropy": lambda _a, y, _E: np.ones_like(y),
    "softmax_cross_entropy": lambda _a, y, _E: 1 + y,
}
COST_GRADIENT_ERRORS: dict[str, Callable[[Array, Array, Array, Format], Array]] = {
    "quadratic": partial(squares, "quadratic"),
    "mse": partial(squares, "mse"),
    "binary_cross_entropy": binary,
    "sigmoid_cross_entropy": logits,
    "softmax_cross_entropy": softmax_logits,
}

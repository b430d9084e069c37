"""The propagated bound: how far what two correct programs compute may lie apart.

For backends that report a part of the trace, and for the agreement of final gradients. E(q) bounds
|q - truth| for what any backend computes in the format; it starts at E(x) = 0 and goes through
the network forward and back. It is evaluated on the reference's values in float64, which
themselves lie within E of the truth: magnitudes are therefore taken as |q| + E(q), and
intervals around z as ± 2E(z). Two programs then differ by at most the sum of their bounds.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.exactness import sums_are_exact
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.rounding import Format
from crossgrad.reference.backprop import Backpropagation, backprop
from crossgrad.reference.parameters import Array

#: Bounds are sums of one sign in float64, and second-order terms of the bound itself.
INFLATION = 1 + 1e-6
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
        E, E_prime = ACTIVATIONS[name].propagated(z, E_z, fmt)
        extra, extra_prime = deviation(name, z - 2 * E_z, z + 2 * E_z)
        errors.z.append(E_z)
        errors.a.append(E + extra)
        errors.sigma_prime.append(E_prime + extra_prime)
        gain = ACTIVATIONS[name].gain(np.abs(z) + 2 * E_z)
        errors.flushed.append(fmt.omega * gain)
        a = a_next
    return errors


def with_fused_tangents(
    problem: Problem, truth: Backpropagation, errors: Forward, fmt: Format, *, fused: bool
) -> Forward:
    """What a program that carries derivatives forward may fuse a tangent's product with."""
    layers = zip(errors.sigma_prime, problem.activations, truth.z, errors.a[1:], strict=True)
    primes = [
        E_prime + 4 * fmt.u * ACTIVATIONS[name].of_fused_tangents(z, E, fused=fused)
        for E_prime, name, z, E in layers
    ]
    return errors._replace(sigma_prime=primes)


def affine_error(W: Array, b: Array, a: Array, E: Array, fmt: Format) -> Array:
    """E(W a + b) = |W| E(a) + γ_{n+1}(|W||a| + |b|), without the γ where every sum is exact."""
    n, size = W.shape[-1], np.abs(W)
    reach = np.abs(a) + E
    magnitude = size @ reach + np.abs(b)
    rounded = fmt.summed(n + 1, magnitude, (1 + fmt.store) * magnitude if fmt.narrow else 0.0)
    rounded += fmt.omega * (2 * n + 2 + size.sum(-1, keepdims=True) + reach.sum(-2, keepdims=True))
    return size @ E + np.where(sums_are_exact(W, b, a, E, magnitude, fmt), 0, rounded)


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
    scaling = COSTS[problem.cost].scaling_roundings(problem.widths[-1], problem.y, fmt)
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
        d = ACTIVATIONS[problem.activations[l]].float64.sigma_prime(truth.z[l])
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
    return E if ACTIVATIONS[name].selects else E + 3 * fmt.u * v * slope


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
    terms = COSTS[problem.cost].terms(a, y, E) / m
    return (fmt.relative(n * m + 2 * n) + 2 * fmt.u) * terms


def flushed_at_the_cost(problem: Problem, truth: Backpropagation, E: Array, fmt: Format) -> Array:
    """What terms of the cost's derivative may lose, each, and each sum of them; of a network."""
    a = truth.a[-1]
    gain = COSTS[problem.cost].flush_gain(a, E)
    return fmt.omega * (2 * a.shape[-2] + 3) * gain.sum(axis=(-2, -1), keepdims=True)


def flushed_on_the_way(delta: Array, v: Array, W: Array, fmt: Format) -> Array:
    """What the derivative of each z and a of a layer may lose, times what depends on it."""
    z, a = (part.sum(axis=(-2, -1), keepdims=True) for part in (delta, v))
    return fmt.omega * ((2 * W.shape[-1] + 4) * z + 2 * a)


def cost_gradient_error(
    problem: Problem, truth: Backpropagation, E: Array, fmt: Format
) -> tuple[Array, Array]:
    """∇ₐC and its error: what E(aᴸ) makes of it, and the local error of its formula."""
    a, y, cost = truth.a[-1], problem.y, COSTS[problem.cost]
    return cost.float64.gradient(a, y), cost.propagated(a, y, E, fmt)


def cost_error(problem: Problem, truth: Backpropagation, errors: Forward, fmt: Format) -> Array:
    """E(C): what ∇ₐC makes of E(aᴸ), and the local error of C; of a draw.

    Where a may be, ∇ₐC is at most |∇ₐC| + E(∇ₐC). A local error is of terms that are largest at an
    end of that, but those of softmax, whose logits move apart: that is of second order, and of less
    than ∇ₐC makes of E once more.
    """
    E, cost = errors.a[-1], COSTS[problem.cost]
    gradient, E_v = cost_gradient_error(problem, truth, E, fmt)
    handed_on = ((np.abs(gradient) + E_v) * E).sum(axis=(-2, -1))
    local = cost.largest_value_error(truth.a[-1], problem.y, E, fmt.cost)
    if logits := cost.of_logits:
        other = logits.largest_value_error(truth.z[-1], problem.y, errors.z[-1], fmt.cost)
        local = np.maximum(local, other)
    return 2 * handed_on + local

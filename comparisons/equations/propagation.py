"""The propagated bound: how far what two correct programs compute may lie apart.

For backends that report a part of the trace, and for the agreement of final gradients. E(q) bounds
|q - truth| for what any backend computes in the format; it starts at E(x) = 0 and goes through
the network forward and back. It is evaluated on the reference's values in float64, which
themselves lie within E of the truth: magnitudes are therefore taken as |q| + E(q), and
intervals around z as ± 2E(z). Two programs then differ by at most the sum of their bounds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Extra
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.arithmetic.sums import Sum
from crossgrad.comparisons.equations import penalty
from crossgrad.comparisons.equations.place import numbers_of
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.layers import Layer, Linear
from crossgrad.comparisons.parts.network import network_of
from crossgrad.comparisons.problems.problem import Key, Problem, Trace, of_layers_with_any
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
    others: dict[Key, Array]


class Way(NamedTuple):
    """What a program does: the formats of its products and of its sums of ∂C/∂b; the direction.

    ``carried_forward``: derivatives are, or may be, taken from the parameters to the cost. Along
    each path from one to the other the same numbers are multiplied, but paths are added in other
    places: n_{l-1} products a layer in place of n_l, and all outputs and samples at the cost.
    ``fused``: it is known to fuse tangents with the sums that they are in.
    """

    products: Format
    biases: Format
    carried_forward: bool = False
    fused: bool = False

    @property
    def shared(self) -> "Way":
        """Whatever has this in common errs alike in all but the gradients of parameters."""
        fmt = self.products._replace(as_reported=False)
        return self._replace(products=fmt, biases=fmt)


def trusted(problem: Problem) -> tuple[Problem, Backpropagation]:
    """The problem in float64, and the reference's answer to it."""
    problem = problem if problem.dtype == "float64" else problem.astype("float64")
    with np.errstate(all="ignore"):
        answer = backprop(problem.architecture, problem.parameters, problem.x, problem.y)
        return problem, penalty.with_penalty(problem, answer)


def as_trace(answer: Backpropagation) -> Trace:
    gradients = answer.gradients
    quantities = answer.cost, answer.z, answer.a, answer.delta
    others = of_layers_with_any("dalpha", gradients.dalpha)
    return Trace(gradients.dW, gradients.db, *quantities, others)


def no_deviation(_name: str, _low: Array, _high: Array) -> tuple[Array, Array]:
    return np.zeros(()), np.zeros(())


def within_reach(deviation: Deviation, name: str, value: Array, E: Array) -> tuple[Array, Array]:
    """A deviation of whatever lies within 2E of a value."""
    ends = (value, value) if deviation is no_deviation else (value - 2 * E, value + 2 * E)
    return deviation(name, *ends)


def propagate(
    problem: Problem,
    truth: Backpropagation,
    fmt: Format,
    deviation: Deviation = no_deviation,
    way: Way | None = None,
) -> Bounds:
    """The bounds of a stack in a format; ``problem`` and ``truth`` as ``trusted`` gives them."""
    return propagate_alike(problem, truth, [way or Way(fmt, fmt)], deviation)[0]


def propagate_alike(
    problem: Problem, truth: Backpropagation, ways: Sequence[Way], deviation: Deviation
) -> list[Bounds]:
    """The same of each of several ways, of which what is ``shared`` is the same."""
    way, *_ = ways
    with np.errstate(all="ignore"):
        errors = forward(problem, truth, way.products, deviation)
        if way.carried_forward:
            errors = with_fused_tangents(problem, truth, errors, way.products, fused=way.fused)
        return backward(problem, truth, errors, deviation, ways)


# ------------------------------------------------------------------ forward
def forward(problem: Problem, truth: Backpropagation, fmt: Format, deviation: Deviation) -> Forward:
    """Layer by layer, from E(x) = 0."""
    errors, a = Forward([np.zeros_like(problem.x)], [], [], []), problem.x
    layers = zip(network_of(problem.architecture).layers, truth.z, truth.a, strict=True)
    for l, (layer, z, a_next) in enumerate(layers, start=1):
        E_z = affine_error(linear(layer), numbers_of(problem, l), (a, z), errors.a[-1], fmt)
        sigma = layer.sigma.of(problem.of_layer(l))
        E, E_prime = sigma.propagated(z, E_z, fmt)
        extra, extra_prime = within_reach(deviation, sigma.name, z, E_z)
        errors.z.append(E_z)
        errors.a.append(E + extra)
        errors.sigma_prime.append(E_prime + extra_prime)
        gain = sigma.gain(np.abs(z) + 2 * E_z)
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


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the equations of a layer are made of: how large it may be, or how far off."""

    p: dict[str, Number]
    a_before: Number
    delta: Number

    def given(self, _which: int) -> Number:
        return self.a_before

    def reported(self, _statistic: str) -> None:
        """No layer here has any."""


def sizes(p: dict[str, Number], a: Array | None = None, delta: Array | None = None) -> Sizes:
    """What is not given is not asked for."""
    nothing = np.zeros((1, 1))
    a, delta = nothing if a is None else a, nothing if delta is None else delta
    return Sizes(p, Number(a, "a"), Number(delta, "delta"))


def affine_error(
    layer: Linear, p: dict[str, Number], of: tuple[Array, Array], E: Array, fmt: Format
) -> Array:
    """E(W a + b) = |W| E(a) + γ_{n+1}(|W||a| + |b|), without the γ where every sum is exact.

    ``of`` a, and z: a sum of its own a is within |W| E(a) of it (see ``Format.summed``).
    """
    a, z = of
    handed_on = layer.forward(sizes(p, E)).magnitude("a")
    whole = layer.forward(sizes(p, np.abs(a) + E))
    magnitude = whole.magnitude()
    before = fmt.store if whole.parts == 1 else 1 + fmt.store  # is stored before b is added
    stored = before * magnitude if fmt.narrow else 0.0
    rounded = fmt.summed(whole.longest(fmt), magnitude, stored, np.abs(z) + handed_on)
    rounded += fmt.omega * whole.flushes()
    is_known = (E == 0).all(axis=(-2, -1), keepdims=True)
    if is_known.any():  # as a rule only the first layer's input is
        exact = is_known & layer.forward(sizes(p, a)).is_exact(magnitude, fmt)
        rounded = np.where(exact, 0, rounded)
    return handed_on + rounded


# ------------------------------------------------------------------ backward
def backward(
    problem: Problem,
    truth: Backpropagation,
    errors: Forward,
    deviation: Deviation,
    ways: Sequence[Way],
) -> list[Bounds]:
    """E(δˡ) by BP1 and BP2, E(∂C/∂b) by BP3, E(∂C/∂W) by BP4, from the last layer down."""
    (way, *_), fmt = ways, ways[0].products
    E_z, E_a = (list(map(known, E)) for E in (errors.z, errors.a[1:]))
    E_cost = cost_error(problem, truth, errors, fmt)
    E_cost = known(E_cost + penalty.cost_error(problem, truth.cost, E_cost, fmt.cost))
    deltas = list[Array]()
    bounds = [Bounds([], [], deltas, E_z, E_a, E_cost, {}) for _ in ways]
    of_scales = COSTS[problem.cost].scaling_roundings
    scaling = [of_scales(problem.widths[-1], problem.y, each.products) for each in ways]
    v, E_v = cost_gradient_error(problem, truth, errors.a[-1], fmt)
    if way.carried_forward:
        E_v = E_v + summed_at_the_cost(problem, truth, errors.a[-1], fmt)
        lost = flushed_at_the_cost(problem, truth, errors.a[-1], fmt)
    extra, share = within_reach(deviation, problem.cost, truth.a[-1], errors.a[-1])
    E_v = E_v + extra / problem.batch + share * (np.abs(v) + E_v)
    network, activations = network_of(problem.architecture), [problem.x, *truth.a[:-1]]
    for l in reversed(range(problem.architecture.depth)):
        layer, p = linear(network.layers[l]), numbers_of(problem, l + 1)
        sigma, of_sigma = layer.sigma.of(problem.of_layer(l + 1)), (truth.z[l], errors.z[l])
        E = sigma.pulled_back(*of_sigma, v, E_v, errors.sigma_prime[l], fmt)
        E += errors.flushed[l]
        of = Sizes(p, Number(np.abs(activations[l]), "a"), Number(np.abs(truth.delta[l]), "delta"))
        if way.carried_forward:
            reach = of.delta.array + E, np.abs(v) + E_v
            lost = lost + flushed_on_the_way(*reach, layer.forward(sizes(p)).length, fmt)
        dW = truth.gradients.dW[l]
        sums = {"W": dW - problem.l2 * problem.W[l], "b": truth.gradients.db[l]}
        gradients = summed(layer, of, sums, (E, errors.a[l]), way)
        for each, roundings, found in zip(ways, scaling, bounds, strict=True):
            of_alpha = sigma.gradient_errors(*of_sigma, v, E_v, fmt, roundings)
            found.others.update({(f"d{name}", l + 1): known(E) for name, E in of_alpha.items()})
            for name, into in (("W", found.dW), ("b", found.db)):
                error = gradients[name].error(each, roundings)
                if name == "W":
                    error = error + penalty.gradient_error(problem, l + 1, dW, error, each.products)
                into.insert(0, known(error + lost if way.carried_forward else error))
        deltas.insert(0, known(E))
        if l:
            v, E_v = transposed_error(layer, p, truth.delta[l], E, fmt, way)
    return bounds


def linear(layer: Layer) -> Linear:
    """A layer whose equations say how they hand on errors; raises ``TypeError``."""
    if not isinstance(layer, Linear):
        raise TypeError(f"{type(layer).__name__}: no bound from end to end is known of it")
    return layer


def known(bound: Array) -> Array:
    """The bound; infinite where it overflowed on the way (0 · ∞)."""
    bound = np.asarray(bound * INFLATION)
    bound[np.isnan(bound)] = np.inf
    return bound


class Summed(NamedTuple):
    """∂C/∂ a parameter: the sum of all that may be and its size, what is handed on, and |∂C/∂ it|.

    Of derivatives that are carried forward, which are added up elsewhere, that is not known.
    """

    whole: Sum
    magnitude: Array
    handed_on: Array
    total: Array | None

    def error(self, way: Way, scaling: int) -> Array:
        fmt, times = way.products, way.products.store
        if not self.whole.products:
            fmt, times = way.biases, 1
        n, stored = self.whole.longest(fmt, Extra(scaling)), (times + scaling) * self.magnitude
        others = scaling + (bool(self.whole.products) or not fmt.as_reported)
        rounded = fmt.summed(n, self.magnitude, stored, self.total, others)
        lost = way.products.omega * self.whole.flushes(scaling, 2 * scaling)
        return self.handed_on + rounded + lost


def summed(
    layer: Linear, of: Sizes, sums: dict[str, Array], E: tuple[Array, Array], way: Way
) -> dict[str, Summed]:
    """What E(δ) and E(a) make of ∂C/∂ each parameter, and what is rounded.

    ``of`` |δ| and |a|; ``sums`` has ∂C/∂ each parameter, within that of a sum of the program's own
    numbers.
    """
    (E_delta, E_a), p = E, of.p
    reach_delta = Number(of.delta.array + E_delta, "delta")
    reach_a = Number(of.a_before.array + E_a, "a")
    found = {}
    for name, gradient in layer.gradients.items():
        of_delta = gradient(Sizes(p, reach_a, Number(E_delta, "delta"))).magnitude()
        of_a = gradient(Sizes(p, Number(E_a, "a"), of.delta)).magnitude("a")
        whole = gradient(Sizes(p, reach_a, reach_delta))
        total = None if way.carried_forward else np.abs(sums[name]) + of_delta + of_a
        found[name] = Summed(whole, whole.magnitude(), of_delta + of_a, total)
    return found


def transposed_error(
    layer: Linear, p: dict[str, Number], delta: Array, E: Array, fmt: Format, way: Way
) -> tuple[Array, Array]:
    """v = Wᵀδ and E(v) = |W|ᵀE(δ) + γ_n |W|ᵀ(|δ| + E(δ)), n the length of the sums."""
    whole = layer.pull_back(sizes(p, delta=np.abs(delta) + E))
    handed_on = layer.pull_back(sizes(p, delta=E)).magnitude()
    value, products = layer.pull_back(sizes(p, delta=delta)).value(), whole.magnitude()
    if way.carried_forward:
        n = max(whole.length, layer.forward(sizes(p)).length)
        lost = whole.flushes(products=2 * (n - whole.length))
        rounded = fmt.summed(n, products, fmt.store * products)
        return value, handed_on + rounded + fmt.omega * lost
    total = np.abs(value) + handed_on
    rounded = fmt.summed(whole.longest(fmt), products, fmt.store * products, total)
    return value, handed_on + rounded + fmt.omega * whole.flushes()


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


def flushed_on_the_way(delta: Array, v: Array, length: int, fmt: Format) -> Array:
    """What the derivative of each z and a of a layer may lose, times what depends on it."""
    z, a = (part.sum(axis=(-2, -1), keepdims=True) for part in (delta, v))
    return fmt.omega * ((2 * length + 2) * z + 2 * a)


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

"""The seven local checks: each equation, judged where it happens.

Each is evaluated anew from the backend's *own* upstream values, more exactly than the format,
and compared with what the backend reported. So errors do not build up across layers, kinks are
decided by the backend's own z, and a failure names the equation, the layer and the entry.
The bounds hold for every order of summation and every use of fused multiply-adds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.pairs import Operand, Pair, lift
from crossgrad.comparisons.parts.activations import ACTIVATIONS, Elementwise, Errors
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.rounding import (
    ALL_FORMATS,
    CHECKERS,
    PAIRS,
    SIXTEEN,
    SLACK,
    Format,
    gamma,
    share,
)
from crossgrad.comparisons.wide import Wide, product, row_sums
from crossgrad.reference.parameters import Array

#: σ, σ′, C or ∇ₐC in float64 or as pairs.
Evaluation = Callable[..., Operand]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One equation at one layer (1 … L): what was reported, what was expected, how far apart.

    From ``overflow`` on the backend's format has no number but ∞.
    ``flushed`` gives the part of the bound that is for what may be flushed to zero.
    """

    check: str
    layer: int
    reported: Array
    expected: Array
    error: Array
    bound: Array
    flushed: Callable[[], float | Array] = lambda: 0.0
    overflow: float = np.inf
    residual: Array = field(init=False)

    def __post_init__(self) -> None:
        """Error ÷ bound of each entry: at most 1 is a pass; what is not finite is none.

        But where the exact value may be rounded to ∞, ∞ of its sign is right.
        """
        with np.errstate(all="ignore"):
            residual = self.error / self.bound
            if not np.isfinite(residual.sum() + self.reported.sum()):  # else there is no exception
                error = np.where(self.overflows, 0.0, self.error)
                known = np.where(error == 0, 0.0, residual)
                known_to_be = np.isfinite(self.reported) | self.overflows
                residual = np.where(known_to_be & ~np.isnan(known), known, np.inf)
                object.__setattr__(self, "error", error)
        object.__setattr__(self, "residual", residual)

    @property
    def overflows(self) -> Array:
        """Where ∞ was reported of what may be rounded to it: within the bound, it is so large."""
        farthest = np.sign(self.reported) * self.expected + self.bound
        reached = np.isfinite(self.bound) & (farthest >= self.overflow)
        return np.asarray(np.isinf(self.reported) & reached)

    def or_better(self, other: "Comparison") -> "Comparison":
        """The same, but for the error and bound of entries that are within another's bound alone.

        What is expected stays, so that numbers are rebuilt from it whatever was reported.
        """
        better = ~(self.residual <= 1) & (other.residual <= 1)
        parts = {
            name: np.where(better, getattr(other, name), getattr(self, name))
            for name in ("error", "bound")
        }
        return replace(self, **parts)

    def uninformative(self) -> Array:
        """Where the bound is as large as the value or larger, and rounding makes most of it.

        The value is the larger of the two sides. A bound that is no number says nothing either. Of
        a unit that is off, whose δ is 0 within what a flush to zero may cost, all is known.
        """
        value = np.maximum(np.abs(self.reported), np.abs(self.expected))
        blind = ~(self.bound < value)
        if blind.any():
            with np.errstate(all="ignore"):
                blind &= ~(self.flushed() >= self.bound / 2)
        return np.asarray(blind)


class Given(NamedTuple):
    """One layer of a stack of draws, and what its equations are held to."""

    problem: Problem
    trace: Trace
    l: int
    fmt: Format
    sigma: Elementwise
    cost: Cost


class Place(Given):
    """A layer with everything that the equations there can use, computed once for all of them."""

    @property
    def a_previous(self) -> Array:
        """aˡ⁻¹, or x below the first layer."""
        return self.trace.a[self.l - 1] if self.l else self.problem.x

    @cached_property
    def z(self) -> Array:
        """zˡ, in float64; what σ and σ′ have in common there is remembered."""
        z = wide(self.trace.z[self.l])
        z.flags.writeable = False
        return z

    @cached_property
    def a(self) -> Array:
        """aˡ, in float64."""
        return wide(self.trace.a[self.l])

    @cached_property
    def y(self) -> Array:
        """The targets, in float64."""
        return wide(self.problem.y)

    @cached_property
    def sigma_in_float64(self) -> tuple[Array, Array]:
        """σ(zˡ) and σ′(zˡ), as far as float64 goes."""
        sigma, sigma_prime = self.sigma.float64
        return sigma(self.z), sigma_prime(self.z)

    @cached_property
    def errors_in_float64(self) -> Errors:
        """e0 and e1 there: what the backend may err by in σ(zˡ) and in σ′(zˡ)."""
        return self.errors(*self.sigma_in_float64)

    def errors(self, a: Array, d: Array) -> Errors:
        """e0 and e1, for σ(zˡ) = a and σ′(zˡ) = d."""
        return self.sigma.errors(self.z, np.abs(a), np.abs(d), self.fmt)

    @cached_property
    def scaling(self) -> int:
        """Two more roundings for each scale that a backend may apply after the sum.

        What it reports as δˡ⁺¹ and as δˡ (or ∂C/∂b, ∂C/∂W) are then scaled, and rounded, apart.
        """
        return self.cost.scaling_roundings(self.problem.widths[-1], self.problem.y, self.fmt)

    def factor(self, quantity: str, array: Array) -> Array:
        """A factor of products, rounded to the format if it is before it is multiplied."""
        return nearest(array, self.fmt.u) if quantity in (self.fmt.casts or ()) else array

    def summed(
        self, n: int, magnitude: Array, total: Wide, fmt: Format, stored: Array | float = 1.0
    ) -> Array:
        """The error of a sum of n terms that may be scaled before or after, and is then stored.

        Of the two roundings of each scale one is of what is reported of the sum; the other is of
        every entry of δ that is reported of what is summed. In 16 bits, where a sum is rounded once
        and not with each of its terms, it is a rounding of each term. (Of a cost in another format
        the mean is taken there.)
        """
        if not fmt.narrow:
            return fmt.summed(n + self.scaling, magnitude, 0.0)
        each = 0 if fmt.loss else self.scaling // 2
        roundings = (fmt.store + self.scaling - each) * stored
        factor = (1 + fmt.factor) * (1 + gamma(each, fmt.u)) - 1
        rounded = roundings * np.abs(total.pair.nearest)
        return fmt._replace(factor=factor).summed(n + self.scaling, magnitude, rounded)

    def stored(self, reported: Array) -> Array | float:
        """1 where it may have been rounded as it was stored; 0 for what no number of it is."""
        return nearest(reported, self.fmt.u) == reported if self.fmt.elides else 1.0

    def lost(self, count: float | Array, told: float | Array = 0.0) -> float | Array:
        """What such a sum may lose near 0; ``told``: the sum of what multiplies the entries of δ.

        A program with a scale computes with more than δ, and rounds δ once more as it reports it:
        to a multiple of ω, by ½ω. Several scales, each of which is stored, are divisors of 2 or
        more, one perhaps of 1.5 (mse's n_L/2): ½ω (1 + 1/1.5 + 1/3) = ω at most.
        """
        return self.fmt.lost(count, 1 + self.scaling, told)

    def compare(
        self,
        check: str,
        reported: Array,
        expected: Wide,
        bound: Array,
        flushed: Callable[[], float | Array],
    ) -> Comparison:
        """A comparison whose bound includes what the checker itself may err by."""
        bound = (bound + expected.own) * SLACK
        error, nearest = expected.distance(reported), expected.pair.nearest
        place = check, self.l + 1, reported, nearest
        return Comparison(*place, error, bound, flushed, self.fmt.overflow)

    @property
    def unflushed(self) -> Format:
        """The format, were nothing flushed to zero."""
        return self.fmt._replace(omega=0.0)

    @property
    def by_pairs(self) -> bool:
        """Float64 is judged by pairs, anything less by float64."""
        return CHECKERS[self.fmt.name] is PAIRS

    def sigma_of_z(self) -> tuple[Pair, Array]:
        """σ(zˡ), and what the backend may err by there."""
        a, d = self.sigma_in_float64
        known = self.sigma.sigma(self.z) if self.by_pairs else lift(a)
        if self.by_pairs or np.isinf(a).any():  # ∞ is not a number as a pair, nor is its error
            return known, self.errors(known.nearest, d)[0]
        return known, self.errors_in_float64[0]

    def sigma_prime_of_z(self) -> tuple[Pair, Array]:
        """σ′(zˡ), likewise."""
        a, d = self.sigma_in_float64
        if self.by_pairs:
            known = self.sigma.sigma_prime(self.z)
            return known, self.errors(a, known.nearest)[1]
        return lift(d), self.errors_in_float64[1]

    def cost_of(self, a: Array, float64: Evaluation, pairs: Evaluation) -> Pair:
        """C or ∇ₐC."""
        return lift((pairs if self.by_pairs else float64)(a, self.y))

    def compare_cost(self, cost: Cost, a: Array) -> Comparison:
        """C as this cost of a."""
        C = self.cost_of(a, cost.float64.value, cost.value)
        bound = cost.value_error(a, self.y, self.fmt.cost)
        expected = Wide(C, share(self.fmt.cost) * bound)

        def flushed() -> Array:
            return bound - cost.value_error(a, self.y, self.fmt.cost._replace(omega=0.0))

        return self.compare("cost", known(self.trace.cost), expected, bound, flushed)

    def hadamard(
        self, check: str, v: Wide, v_error: Array, v_flushed: Callable[[], float | Array]
    ) -> Comparison:
        """δˡ = v ⊙ σ′(zˡ), v known to the backend within ``v_error``."""
        d, e1 = self.sigma_prime_of_z()
        slope, reach = np.abs(d.nearest), np.abs(v.pair.nearest) + v.own
        bound = v_error * (slope + e1) + reach * e1
        flushed = self.fmt.omega * (2 + reach + slope + self.sigma.gain(self.z))
        bound += flushed
        if not self.sigma.selects:
            bound += 3 * self.fmt.u * (reach + v_error) * (slope + e1)
        expected = v.times(Wide(d, share(self.fmt) * e1))
        delta = self.trace.delta[self.l]
        return self.compare(
            check, delta, expected, bound, lambda: flushed + v_flushed() * (slope + e1)
        )


def known(cost: Array | None) -> Array:
    """The cost of a trace that has one."""
    if cost is None:
        raise ValueError("the trace has no cost")
    return cost


def nearest(array: Array, u: float) -> Array:
    """The nearest numbers of a format with this unit roundoff, ties to even; stored as before."""
    mantissa, exponent = np.frexp(array)
    return np.ldexp(np.rint(mantissa / u), exponent + int(np.log2(u))).astype(array.dtype)


def wide(array: Array) -> Array:
    """In float64."""
    return array.astype(np.float64)


def size(array: Array) -> Array:
    """|array|, in float64."""
    return np.abs(array.astype(np.float64))


# ------------------------------------------------------------------ forward
def check_z(at: Place) -> Comparison:
    """zˡ = Wˡ aˡ⁻¹ + bˡ: a sum of n products and a bias."""
    W, b = at.factor("W", at.problem.W[at.l]), at.factor("W", at.problem.b[at.l])
    a = at.factor("a", at.a_previous)
    n, sizes_W, sizes_a = W.shape[-1], size(W), size(a)
    magnitude = sizes_W @ sizes_a + size(b)
    lost = 2 * n + 2 + sizes_W.sum(-1, keepdims=True) + sizes_a.sum(-2, keepdims=True)
    z = product(W, a, magnitude, plus=b)
    known = z.pair.nearest
    before = np.abs(known - b)  # W a, before b is added
    stored = np.abs(known) + at.fmt.store * before if at.fmt.narrow else 0.0
    flushed = at.fmt.lost(lost, 2)
    bound = at.fmt.products.summed(n + 1, magnitude, stored) + flushed
    return at.compare("z", at.trace.z[at.l], z, bound, lambda: flushed)


def check_a(at: Place) -> Comparison:
    """aˡ = σ(zˡ): the local error of σ."""
    a, bound = at.sigma_of_z()
    own = np.zeros_like(bound) if at.sigma.selects else share(at.fmt) * bound

    def flushed() -> Array:
        d = np.abs(at.sigma_in_float64[1])
        return bound - at.sigma.errors(at.z, np.abs(a.nearest), d, at.unflushed)[0]

    return at.compare("a", at.trace.a[at.l], Wide(a, own), bound, flushed)


def check_cost(at: Place) -> Comparison:
    """C(aᴸ, y): the sum of its terms; or the same of zᴸ, where it has a form in which aᴸ is not."""
    of_a, of_logits = at.compare_cost(at.cost, at.a), at.cost.of_logits
    return of_a.or_better(at.compare_cost(of_logits, at.z)) if of_logits else of_a


# ------------------------------------------------------------------ backward
def check_bp1(at: Place) -> Comparison:
    """BP1: δᴸ = ∇ₐC ⊙ σ′(zᴸ); ∇ₐC of a cost in another format is rounded once more."""
    gradient = at.cost_of(at.a, at.cost.float64.gradient, at.cost.gradient)
    error = at.cost.gradient_error(at.a, at.y, at.fmt.cost)
    expected = Wide(gradient, share(at.fmt.cost) * error)

    def flushed() -> Array:
        return error - at.cost.gradient_error(at.a, at.y, at.fmt.cost._replace(omega=0.0))

    if at.fmt.loss:
        error = error + at.fmt.u * (np.abs(gradient.nearest) + error) + at.fmt.omega
    return at.hadamard("BP1", expected, error, flushed)


def check_bp2(at: Place) -> Comparison:
    """BP2: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ): a sum of n products, then one more."""
    W_next = at.factor("W", at.problem.W[at.l + 1])
    delta_next = at.factor("delta", at.trace.delta[at.l + 1])
    n, sizes_W, sizes_delta = W_next.shape[-2], size(W_next).mT, size(delta_next)
    magnitude = sizes_W @ sizes_delta
    lost = 2 * n + sizes_W.sum(-1, keepdims=True) + sizes_delta.sum(-2, keepdims=True)
    v = product(W_next.mT, delta_next, magnitude)
    flushed = at.lost(lost, sizes_W.sum(-1, keepdims=True))
    v_error = at.summed(n, magnitude, v, at.fmt.products) + flushed
    return at.hadamard("BP2", v, v_error, lambda: flushed)


def check_bp3(at: Place) -> Comparison:
    """BP3: ∂C/∂bˡ = δˡ, summed over the batch: m - 1 additions.

    One rounding more: a fused multiply-add, as XLA makes it of δ = v σ′ and its sum, takes δ
    before it is rounded to what is reported.
    """
    delta = at.trace.delta[at.l]
    magnitude = size(delta).sum(-1, keepdims=True)
    m = delta.shape[-1]
    db = row_sums(delta, magnitude)
    flushed = at.lost(m + at.scaling, m)
    bound = at.summed(m, magnitude, db, at.fmt.sums) + flushed
    return at.compare("BP3", at.trace.db[at.l], db, bound, lambda: flushed)


def check_bp4(at: Place) -> Comparison:
    """BP4: ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ, summed over the batch."""
    delta, a = at.factor("delta", at.trace.delta[at.l]), at.factor("a", at.a_previous)
    m, sizes_delta, sizes_a = delta.shape[-1], size(delta), size(a).mT
    magnitude = sizes_delta @ sizes_a
    lost = 2 * m + sizes_delta.sum(-1, keepdims=True) + sizes_a.sum(-2, keepdims=True)
    dW = product(delta, a.mT, magnitude)
    reported, flushed = at.trace.dW[at.l], at.lost(lost, sizes_a.sum(-2, keepdims=True))
    bound = at.summed(m, magnitude, dW, at.fmt.products, at.stored(reported)) + flushed
    return at.compare("BP4", reported, dW, bound, lambda: flushed)


# ------------------------------------------------------------------ all of them
class Check(NamedTuple):
    """An equation as text, its check, the quantities it needs, and the layers where it holds."""

    equation: str
    compare: Callable[[Place], Comparison]
    needs: tuple[str, ...]
    layers: Callable[[int], range]

    def best(self, at: Place) -> Comparison:
        """The comparison; where a format may be followed in several ways, each entry's smallest."""
        first, *others = (self.compare(at._replace(fmt=way)) for way in at.fmt.ways)
        for other in others:
            first = first.or_better(other)
        return first


CHECKS = {
    "z": Check("zˡ = Wˡ aˡ⁻¹ + bˡ", check_z, ("z", "a_previous"), range),
    "a": Check("aˡ = σ(zˡ)", check_a, ("z", "a"), range),
    "cost": Check("C = C(aᴸ, y)", check_cost, ("cost", "a"), lambda L: range(L - 1, L)),
    "BP1": Check("δᴸ = ∇ₐC ⊙ σ′(zᴸ)", check_bp1, ("a", "z", "delta"), lambda L: range(L - 1, L)),
    "BP2": Check(
        "δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)",
        check_bp2,
        ("z", "delta"),
        lambda L: range(L - 1),
    ),
    "BP3": Check("∂C/∂bˡ = Σ δˡ over the batch", check_bp3, ("delta",), range),
    "BP4": Check("∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ", check_bp4, ("delta", "a_previous"), range),
}


def local_checks(problem: Problem, trace: Trace, fmt: Format | None = None) -> list[Comparison]:
    """Every check that the trace has the quantities for, in the order of the data.

    ``fmt`` is what the backend computes in, if not simply the problem's format.
    """
    problem, trace = widened(problem, trace)
    depth = problem.architecture.depth
    layers = [place_of(problem, trace, l, fmt=fmt) for l in range(depth)]
    with np.errstate(all="ignore"):
        return [
            CHECKS[name].best(layers[l])
            for name, l in sorted(places(CHECKS, depth), key=data_order)
            if can_be_held(name, problem, trace, l)
        ]


def can_be_held(name: str, problem: Problem, trace: Trace, l: int) -> bool:
    """Whether a trace has what the check needs at a layer, counted from 0."""
    return all(has(trace, need, l) for need in needed(name, problem))


def with_delta(problem: Problem, trace: Trace) -> Trace:
    """At m = 1 ∂C/∂b *is* δ, but for rounding: a guess, of a backend that reports no δ."""
    return replace(trace, delta=trace.db) if problem.batch == 1 and not trace.delta else trace


def places(checks: dict[str, Check], depth: int) -> list[tuple[str, int]]:
    """Each check at each of its layers."""
    return [(name, l) for name, check in checks.items() for l in check.layers(depth)]


def data_order(place: tuple[str, int]) -> tuple[int, int, int]:
    """Forward layer by layer, the cost, then backward: the first that fails is to blame."""
    name, l = place
    if name in ("z", "a"):
        return 0, l, 0 if name == "z" else 1
    return 1, -l, list(CHECKS).index(name)


def has(trace: Trace, need: str, l: int) -> bool:
    """Whether a quantity was reported; below the first layer the input always is."""
    return l == 0 or trace.has("a") if need == "a_previous" else trace.has(need)


def needed(name: str, problem: Problem) -> tuple[str, ...]:
    """What a check needs; C may have been computed from z, if it can be."""
    by_logits = name == "cost" and COSTS[problem.cost].of_logits is not None
    return (*CHECKS[name].needs, *(("z",) if by_logits else ()))


def compare(
    name: str,
    problem: Problem,
    trace: Trace,
    l: int,
    sigma: Elementwise | None = None,
    cost: Cost | None = None,
    fmt: Format | None = None,
) -> Comparison:
    """One check of a stack of draws; what is given may stand in for the usual definitions."""
    with np.errstate(all="ignore"):
        return CHECKS[name].best(place_of(problem, trace, l, sigma, cost, fmt))


def widened(problem: Problem, trace: Trace) -> tuple[Problem, Trace]:
    """16-bit numbers as the float32 numbers that they are; all others as they are."""
    if problem.dtype not in SIXTEEN or problem.x.dtype == np.float32:
        return problem, trace
    layers: dict[str, Any] = {
        name: [array.astype(np.float32) for array in getattr(trace, name)]
        for name in ("dW", "db", "z", "a", "delta")
    }
    cost = None if trace.cost is None else trace.cost.astype(np.float32)
    return problem.map(lambda array: array.astype(np.float32)), Trace(cost=cost, **layers)


def place_of(
    problem: Problem,
    trace: Trace,
    l: int,
    sigma: Elementwise | None = None,
    cost: Cost | None = None,
    fmt: Format | None = None,
) -> Place:
    """The layer l of a stack of draws, with the definitions that its equations are held to."""
    problem, trace = widened(problem, trace)
    sigma = sigma or ACTIVATIONS[problem.activations[l]]
    cost = cost or COSTS[problem.cost]
    fmt = fmt or ALL_FORMATS[problem.dtype]
    return Place(problem, trace, l, fmt, sigma, cost)

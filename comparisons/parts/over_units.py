"""What softmax and log_softmax have in common: each a depends on all z of its sample.

δ = (∂a/∂z)ᵀ v is made of p = softmax(z), of v and of one sum over the units. Its bound is for any
textbook form: by a vector, p ⊙ (v - Σ p v) or pv - p Σ p v; by the Jacobian, multiplied out; by
automatic differentiation, of e/Σe by the quotient rule (with e/Σe² of six roundings more than
the sum has), or of e^{z-λ} or z - λ, where the derivative of λ = log Σ eᶻ is a second softmax. All
of them shift by the maximum, whose own derivative is left out. p, as often as it is computed, errs
as ``softmax_error`` has it, and the terms of each sum are those of the magnitude here.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Expected, derived
from crossgrad.comparisons.arithmetic.pairs import Pair, lift, logistic, total
from crossgrad.comparisons.arithmetic.rounding import PAIRS, Format
from crossgrad.comparisons.arithmetic.wide import Wide
from crossgrad.comparisons.parts.activations.protocol import Activation, Errors
from crossgrad.comparisons.parts.softmax_errors import softmax_error, softmax_propagated
from crossgrad.reference.activations import Jacobian, softmax
from crossgrad.reference.parameters import Array

if TYPE_CHECKING:
    from crossgrad.comparisons.equations.place import Place


@dataclass(frozen=True, slots=True)
class BothWays(Jacobian):
    """A Jacobian of programs that carry derivatives forward, too: (∂a/∂z) t."""

    push_forward: Callable[[Array], Array]


#: Of each product that is added up, and of what is made of the sum.
ROUNDINGS = 6


class OverUnits(Activation):
    """Arguments: z and v, ``(n, m)``, over the n units of each sample."""

    fewest_units = 2

    # ---------------------------------------------------------------- what each file says
    #: Of the sum that δ is made of, in {a} and {v}; ``text`` has it as {dot}, and Σ eᶻ as {sum}.
    term: str

    @abstractmethod
    def sigma(self, z: Array) -> Pair:
        """σ from its definition: nothing here is the reference's."""

    @abstractmethod
    def error(self, z: Array, fmt: Format, reach: Array | float = 0.0) -> Array:
        """What any textbook σ may be off by, of any z within reach, but for what is flushed."""

    @abstractmethod
    def moved(self, z: Array, E: Array) -> Array:
        """What an error E of z makes of σ(z)."""

    @abstractmethod
    def transposed(self, p: Pair, v: Pair) -> Pair:
        """(∂a/∂z)ᵀ v."""

    @abstractmethod
    def handed_on(self, p: Array, v: Array, E_p: Array, E_v: Array, d: Array) -> Array:
        """What errors of p and v make of that; d is what p is multiplied by in it."""

    @abstractmethod
    def magnitude(self, p: Array, v: Array) -> Array:
        """The sizes of all terms that it is a sum of."""

    @abstractmethod
    def factor(self, p: Array, v: Array) -> Array:
        """What p is multiplied by."""

    @abstractmethod
    def truth(self, z: Any, j: int) -> Any:  # noqa: ANN401 - of python-flint, which is an extra
        """a_j of a list of power series in balls: the textbook formula."""

    # ---------------------------------------------------------------- its two equations
    def forward(self, at: "Place") -> Expected:
        """Flushed to zero may be the exponential, and the quotient."""
        known = self.sigma(at.z) if at.by_pairs else lift(self.float64.sigma(at.z))
        return derived(known, lambda fmt: self.error(at.z, fmt) + 2 * fmt.omega, at.fmt)

    def pull_back(self, at: "Place", v: Expected) -> Expected:
        """At p = softmax(z), which a program may take from a, or compute anew."""
        p = probabilities(at)
        value = self.transposed(p.value.pair, v.value.pair)
        own = self.off(p, v, (p.value.own, v.value.own), PAIRS)
        bound = self.off(p, v, (p.bound, v.bound), at.fmt)
        kept = at.fmt._replace(omega=0.0)
        errors = p.bound - p.flushed(), v.bound - v.flushed()
        return Expected(Wide(value, own), bound, lambda: bound - self.off(p, v, errors, kept))

    def off(self, p: Expected, v: Expected, errors: tuple[Any, Any], fmt: Format) -> Array:
        """Of a format, at p and v that are off by so much."""
        E_p, E_v = (np.broadcast_to(E, p.reach.shape) for E in errors)
        d = np.abs(self.factor(p.value.pair.nearest, v.value.pair.nearest))
        return self.delta_error(p.reach, v.reach, E_p, E_v, d, fmt)

    def delta_error(
        self, p: Array, v: Array, E_p: Array, E_v: Array, d: Array, fmt: Format
    ) -> Array:
        """Errors of p and v, roundings of every term, and what is flushed: factors and products."""
        n = p.shape[-2]
        terms = self.magnitude(p + E_p, v + E_v)
        rounded = fmt.relative(n, ROUNDINGS) * terms
        flushed = fmt.omega * (2 * n + 4 + v + E_v + over_units(v + E_v))
        return self.handed_on(p, v, E_p, E_v, d) + rounded + flushed

    # ---------------------------------------------------------------- of a z that is not known
    def propagated(self, z: Array, E: Array, fmt: Format) -> Errors:
        """The backend's z and this one both lie within E of the truth, so within 2E of another."""
        reach = 2 * E.max(axis=-2, keepdims=True)
        return self.moved(z, E) + self.error(z, fmt, reach) + 2 * fmt.omega, np.zeros_like(z)

    def pulled_back(
        self, z: Array, E: Array, v: Array, E_v: Array, _E_prime: Array, fmt: Format
    ) -> Array:
        """The same as of a z that is known, with a p that is off by more."""
        p, E_p = softmax(z), softmax_propagated(z, E, fmt)
        return self.delta_error(p, np.abs(v), E_p, E_v, np.abs(self.factor(p, v)), fmt)


def probabilities(at: "Place") -> Expected:
    """p = softmax(z)."""
    if at.by_pairs:
        _, e, sums = logistic.softmax(at.z)
        known = e / sums
    else:
        known = lift(softmax(at.z))
    return derived(known, lambda fmt: softmax_error(at.z, fmt) + 2 * fmt.omega, at.fmt)


def over_units(x: Array) -> Array:
    """Σ over the units of each sample, kept."""
    return np.asarray(x.sum(axis=-2, keepdims=True))


def pair_over_units(x: Pair) -> Pair:
    return total(x.map(lambda part: part.mT)).map(lambda part: part[..., None, :])

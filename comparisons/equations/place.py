"""One layer of a problem and of a trace: what its equations, and their bounds, are made of."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Expected, Extra, derived
from crossgrad.comparisons.arithmetic.numbers import KEPT, Number, rounded
from crossgrad.comparisons.arithmetic.pairs import Pair, lift
from crossgrad.comparisons.arithmetic.rounding import CHECKERS, PAIRS, Format
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

if TYPE_CHECKING:
    from crossgrad.comparisons.parts.activations import Activation, Elementwise, Errors
    from crossgrad.comparisons.parts.layers import Layer
    from crossgrad.comparisons.parts.network import Network

#: What is left of a float64 that is taken as it is.
NOTHING = np.zeros(())


class Given(NamedTuple):
    """The layer l, 1 … L, of a network; the format that a backend computes in."""

    problem: Problem
    trace: Trace
    network: "Network"
    l: int
    fmt: Format


class Place(Given):
    """A layer with everything that the equations there can use, computed once for all of them.

    What the trace does not have raises ``NotReportedError``.
    """

    @property
    def layer(self) -> "Layer":
        """What computes z."""
        return self.network.layers[self.l - 1]

    @cached_property
    def sigma(self) -> "Activation":
        """What computes a from it, with its parameters."""
        return self.layer.sigma.of(self.problem.of_layer(self.l))

    @property
    def is_small(self) -> bool:
        """Whether what is made of its z, for one check, is kept for the next: see ``KEPT``."""
        key = "z", self.l
        return key in self.trace and self.trace[key].size <= KEPT

    @cached_property
    def p(self) -> dict[str, Number]:
        """Its parameters, by name."""
        return numbers_of(self.problem, self.l)

    def given(self, which: int) -> Number:
        """One of its inputs: a of a layer below as it was reported; x below the first."""
        if below := self.l + self.layer.inputs[which]:
            return Number(self.trace["a", below], "a")
        return self.problem.made(("x", 0), lambda: Number(self.problem.x, "a", given=True))

    @cached_property
    def a_before(self) -> Number:
        """Its input, aˡ⁻¹ as a rule."""
        return self.given(0)

    @cached_property
    def delta(self) -> Number:
        """δˡ."""
        return Number(self.trace["delta", self.l], "delta")

    def reported(self, statistic: str) -> Number | None:
        """What else the backend reports of the layer, if it does."""
        key = statistic, self.l
        return Number(self.trace[key]) if key in self.trace else None

    # ---------------------------------------------------------------- in float64
    @cached_property
    def z(self) -> Array:
        """zˡ; what σ and σ′ have in common there is remembered."""
        z = self.trace["z", self.l].astype(np.float64)
        z.flags.writeable = False
        return z

    @cached_property
    def a(self) -> Array:
        """aˡ."""
        return self.trace["a", self.l].astype(np.float64)

    @cached_property
    def y(self) -> Array:
        """The targets."""
        return self.problem.y.astype(np.float64)

    @property
    def by_pairs(self) -> bool:
        """Float64 is judged by pairs, anything less by float64."""
        return CHECKERS[self.fmt.name] is PAIRS

    # ---------------------------------------------------------------- σ and σ′ of z, entry by entry
    @property
    def elementwise(self) -> "Elementwise":
        """σ, of which each a depends on one z."""
        return cast("Elementwise", self.sigma)

    @cached_property
    def in_float64(self) -> tuple[Array, Array]:
        """σ(zˡ) and σ′(zˡ), as far as float64 goes."""
        sigma, sigma_prime = self.sigma.float64
        return sigma(self.z), sigma_prime(self.z)

    @cached_property
    def errors(self) -> "Errors":
        """What the backend may err by in σ(zˡ) and in σ′(zˡ)."""
        a, d = self.in_float64
        return self.elementwise.errors(self.z, np.abs(a), np.abs(d), self.fmt)

    def sigma_of_z(self) -> tuple[Pair, Array]:
        """σ(zˡ), and what the backend may err by there; ∞ is no number as a pair, nor its error."""
        a, _ = self.in_float64
        known = self.elementwise.sigma(self.z) if self.by_pairs else lift(a)
        error, infinite = self.errors[0], np.isinf(a)
        return known, np.where(infinite, np.nan, error) if infinite.any() else error

    def sigma_prime_of_z(self) -> tuple[Pair, Array]:
        """σ′(zˡ), likewise."""
        d = self.in_float64[1]
        known = self.elementwise.sigma_prime(self.z) if self.by_pairs else Pair(d, NOTHING)
        return known, self.errors[1]

    # ---------------------------------------------------------------- C and ∇ₐC of a
    def of_cost(
        self,
        a: Array,
        float64: Callable[[Array, Array], Array],
        pairs: Callable[[Array, Array], Pair],
        error: Callable[[Array, Array, Format], Array],
    ) -> Expected:
        """One of the two, in the format of the cost."""
        value = lift((pairs if self.by_pairs else float64)(a, self.y))
        return derived(value, lambda fmt: error(a, self.y, fmt), self.fmt.cost)

    # ---------------------------------------------------------------- what else is rounded
    @cached_property
    def scaled(self) -> Extra:
        """Two more roundings for each scale that a backend may apply after a sum.

        What it reports as δˡ⁺¹ and as δˡ (or ∂C/∂b, ∂C/∂W) are then scaled, and rounded, apart.
        """
        outputs = self.problem.widths[-1]
        return Extra(self.network.cost.scaling_roundings(outputs, self.problem.y, self.fmt))

    def stored(self, reported: Array) -> Extra:
        """With 1 where it may have been rounded as it was stored; 0 for what no number of it is."""
        if not self.fmt.elides:
            return self.scaled
        return self.scaled._replace(stored=rounded(reported, self.fmt.u) == reported)


def numbers_of(problem: Problem, l: int) -> dict[str, Number]:
    """The parameters of layer l, 1 … L, by name."""

    def made() -> dict[str, Number]:
        arrays = problem.of_layer(l)
        return {name: Number(array, "W", given=True) for name, array in arrays.items()}

    return problem.made(("parameters", l), made)

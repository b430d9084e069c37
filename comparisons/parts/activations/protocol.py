"""What a file of an activation has to say, and what follows from it.

It says σ and σ′ as pairs, by which float64 is judged; what a textbook formula may be off by; how
steep σ is and how far it bends; how it is written, in words, in formulas and in balls. By the
reference's σ and σ′, in float64, everything less than float64 is judged.

Errors. e0 bounds |fl(σ(z)) - σ(z)|, e1 bounds |fl(σ′(z)) - σ′(z)|, for any textbook formula, from z
or from a, by hand or by automatic differentiation. Where a textbook derivative cancels (1 - a² near
saturation), e1 is absolute there: no derivative is called wrong for what its algebra does to
rounding. σ itself has no such excuse: log(1 + eᶻ) where log1p is needed, or tanh as a quotient of
differences, is beyond e0; but for the left tail of gelu and gelu_tanh, which are *defined* as
½z (1 + …). Further out a function has settled at its limit (``settled``): what is left there of a
form that cancels is 0, and it errs by the value itself. Each derivation stands in a docstring.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import cached_property, reduce
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Expected
from crossgrad.comparisons.arithmetic.pairs import Pair, choose
from crossgrad.comparisons.arithmetic.rounding import FORMATS, Format, share
from crossgrad.comparisons.arithmetic.wide import Wide
from crossgrad.comparisons.parts.mistakes import Mistake
from crossgrad.reference.activations import ACTIVATIONS as BY_HAND
from crossgrad.reference.activations import Activation as ByHand
from crossgrad.reference.parameters import Array

if TYPE_CHECKING:
    from crossgrad.comparisons.equations.place import Place

#: e0 and e1, or what they grow to.
Errors = tuple[Array, Array]
#: E at which ``second`` is capped anyway, which keeps e^E finite. A wider interval is taken around
#: its point nearest to 0, where every σ is steepest or bends most.
WIDEST = 50.0
#: e to the negative of this is below ω² in every format.
SQUARE_OF_OMEGA = 1420.0
#: Largest |σ′| of what grows as its argument does, as far as the range of float16 goes.
STEEPEST = 1.25
#: Stands for a quarter of a format's smallest normal number, where conventions are asked for.
SUBNORMAL = 1e-320


class Kink(NamedTuple):
    """Where σ′ jumps, from what to what; ``agreed``: everybody takes the same side at it."""

    z: float
    left: float
    right: float
    agreed: bool = False


class Text(NamedTuple):
    """σ and σ′ of {z} as a student writes them; {a} is σ(z), {d} is σ′(z) where it is too long."""

    sigma: str
    sigma_prime: str


class Form(NamedTuple):
    """One way in which people program σ(z) and σ′(z, a), which may be a Jacobian."""

    sigma: Callable[[Array], Array]
    sigma_prime: Callable[[Array, Array], Any]
    #: The same with the α of a layer, where there is one.
    given: Callable[[Array], "Form"] | None = None

    def of(self, alpha: Array | None) -> "Form":
        """Of a layer."""
        return self if alpha is None or self.given is None else self.given(alpha)


class Activation(ABC):
    """a = σ(z), and δ = (∂a/∂z)ᵀ v: what everybody asks of it."""

    # ---------------------------------------------------------------- what each file says
    #: That of its file.
    name: str
    text: Text
    #: As it is programmed elsewhere, σ′ from z; and as students do, σ′ from a where it can be.
    from_z: Form
    from_a: Form
    #: σ chooses, it does not compute: σ′ is 0 or 1, and products with it are exact.
    selects = False
    #: |σ| is at most 1 more than |z| to this power; |σ′| grows as the power that is one less.
    degree = 1
    #: The last that σ does is to multiply, as a rule by a constant. XLA makes one operation of that
    #: and of the difference a - y of a cost.
    scaled_last = False
    kinks: tuple[Kink, ...] = ()
    #: Of fewer units nothing is left of δ.
    fewest_units = 1
    #: Of complex numbers, where σ loses nothing of either part.
    in_complex: Callable[..., Any] | None = None
    #: Whether the reference has more digits of it in a wider format than float64.
    has_longdouble = True
    #: Yet another way to program it, whose σ′ adds its terms in an order of its own.
    otherwise: Form | None = None
    #: σ′ may be taken as e to a difference of z and a.
    slope_by_difference = False
    #: What people take for σ of this one: functions of z.
    wrong_sigma: tuple[Mistake, ...] = ()
    #: What is learnt of it, by name, and ∂C/∂ that as an equation of the book.
    learnt: Mapping[str, str] = MappingProxyType({})

    # ---------------------------------------------------------------- its two equations
    @abstractmethod
    def forward(self, at: "Place") -> Expected:
        """aˡ = σ(zˡ)."""

    @abstractmethod
    def pull_back(self, at: "Place", v: Expected) -> Expected:
        """δˡ = (∂a/∂z)ᵀ v, v known to the backend within its bound."""

    # ---------------------------------------------------------------- what is learnt of it
    def of(self, _p: Mapping[str, Array]) -> Self:
        """With the parameters of a layer, by name: as a rule σ has none."""
        return self

    def gradients(self, at: "Place", v: Expected) -> Mapping[str, Expected]:
        """∂C/∂ each of its parameters, v known to the backend within its bound."""
        return {}

    def gradient_errors(
        self, z: Array, E: Array, v: Array, E_v: Array, fmt: Format, scaling: int
    ) -> Mapping[str, Array]:
        """E(∂C/∂ each) of a z within E, and a v within E(v)."""
        return {}

    # ---------------------------------------------------------------- of a z that is not known
    @abstractmethod
    def propagated(self, z: Array, E: Array, fmt: Format) -> Errors:
        """E(σ(z)), and E(σ′(z)) if that is a number of each z."""

    @abstractmethod
    def pulled_back(
        self, z: Array, E: Array, v: Array, E_v: Array, E_prime: Array, fmt: Format
    ) -> Array:
        """E(δ) of a z within E, and a v within E(v); E(σ′(z)) is as ``propagated`` gave it."""

    @property
    def wrong_pull_backs(self) -> Iterable[Mistake]:
        """What people take for δ: functions of z and of v = ∂C/∂a."""
        return ()

    def gain(self, z: Array) -> Array:
        """What a product with ∂C/∂a that was flushed to zero may still be multiplied by."""
        return np.zeros_like(z)

    def of_fused_tangents(self, z: Array, E: Array, *, fused: bool) -> Array:
        """What derivatives that are carried forward may add to E(σ′), in 4u: as a rule nothing."""
        return np.zeros(1)

    # ---------------------------------------------------------------- how far it may reach
    def largest(self, z: Array, units: int) -> Array:
        """At most what |σ| of so many units is, where |z| is at most that."""
        return np.asarray(z**self.degree + 1)

    def slope(self, z: Array | float, units: int) -> Array | float:
        """At most what |δ| is there, of |v| ≤ 1."""
        if self.degree == 1:
            return STEEPEST
        return np.maximum(self.degree * z ** (self.degree - 1), STEEPEST)

    def end(self, bound: Array | float) -> Array | float:
        """The largest power of two at twice which |σ| is at most 1 more than twice the bound.

        The bound itself, also one that is no power of two, where σ grows as z.
        """
        if self.degree == 1:
            return bound
        return np.ldexp(1.0, (np.frexp(bound)[1] - self.degree) // self.degree)

    # ---------------------------------------------------------------- in float64
    @cached_property
    def float64(self) -> ByHand:
        """The reference's σ and σ′."""
        return BY_HAND[self.name]

    # ---------------------------------------------------------------- what others follow
    def changed(self, **parts: Any) -> Self:
        """The same with other parts: what a divergence follows in its place."""
        twin = copy(self)
        vars(twin).update(parts)
        return twin


class Elementwise(Activation):
    """An activation of which each a depends on one z: δ = v ⊙ σ′(z)."""

    # ---------------------------------------------------------------- what each file says
    #: The largest |σ′|, rounded up, or ∞; watched by tests/parts/test_suprema.py.
    sup_prime: float
    #: What people take for σ′: functions of z.
    wrong_sigma_prime: tuple[Mistake, ...] = ()
    #: σ is a product with z: a factor that is flushed to zero costs ω|z|.
    product_with_z = False
    #: |σ″| ≤ growth · |σ′| everywhere, if that is so: σ′ grows by e^{growth E} at most.
    growth: float | None = None
    #: Left of it σ as a pair is good in absolute terms only.
    absolute_below: float | None = None

    @abstractmethod
    def sigma(self, z: Array) -> Pair:
        """σ from its definition: nothing here is the reference's."""

    @abstractmethod
    def sigma_prime(self, z: Array) -> Pair:
        """σ′, likewise; at a kink by the project's convention."""

    @abstractmethod
    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """What any textbook σ and σ′ may be off by, but for what is flushed to zero.

        a = |σ(z)| and d = |σ′(z)| in float64; ``near`` is the point nearest to 0 of all that z may
        be, z itself where it is known.
        """

    @abstractmethod
    def second(self, z: Array, E: Array) -> Array:
        """The largest |σ″| over [z - E, z + E], kinks apart."""

    @abstractmethod
    def truth(self, z: Any, arb: Any) -> Any:
        """σ of a power series z in balls, whose coefficients are σ(z), σ′(z) and σ″(z)/2.

        It is the textbook formula; ``arb`` makes a ball of a whole number or a decimal.
        """

    # ---------------------------------------------------------------- its two equations
    def forward(self, at: "Place") -> Expected:
        """aˡ = σ(zˡ): the local error of σ."""
        a, bound = at.sigma_of_z()
        own = np.zeros_like(bound) if self.selects else share(at.fmt) * bound
        return Expected(Wide(a, own), bound, lambda: self.flushed(at.z, at.fmt))

    def pull_back(self, at: "Place", v: Expected) -> Expected:
        """δˡ = v ⊙ σ′(zˡ), v known to the backend within its bound."""
        known, e1 = at.sigma_prime_of_z()
        d, reach = known.nearest if at.by_pairs else at.in_float64[1], v.reach
        slope = np.abs(d)
        steepest = slope + e1
        bound = v.bound * steepest + reach * e1
        flushed = at.fmt.omega * (2 + reach + slope + self.gain(at.z))
        bound += flushed
        if not self.selects:
            bound += 3 * at.fmt.u * (reach + v.bound) * steepest
        own = share(at.fmt) * e1
        value = v.value.times(Wide(known, own)) if at.by_pairs else v.value.times_rounded(d, own)
        return Expected(value, bound, lambda: flushed + v.flushed() * steepest)

    # ---------------------------------------------------------------- errors at a z that is known
    def errors(
        self, z: Array, a: Array, d: Array, fmt: Format, near: Array | None = None
    ) -> Errors:
        """e0 and e1, with what a result flushed to zero adds.

        What has settled in 16 bits may not have in float32, which it is computed in: 1 + t is then
        not 0, but off by what float32 makes of it.
        """
        near = z if near is None else near
        e0, e1 = self.rounding(z, a, d, fmt, near)
        flushed = self.flushed(z, fmt)
        if self.selects:
            return e0 + flushed, e1
        if fmt.narrow:
            within = self.rounding(z, a, d, FORMATS["float32"], near)
            rounded = (e + fmt.u * (value + e) for e, value in zip(within, (a, d), strict=True))
            e0, e1 = (np.maximum(*pair) for pair in zip((e0, e1), rounded, strict=True))
        return e0 + flushed, e1 + flushed

    def flushed(self, z: Array, fmt: Format) -> Array:
        """What of these errors is for results that may be flushed to zero."""
        return fmt.omega * (np.ones(()) if self.selects else 2 + self.factor(z))

    def gain(self, z: Array) -> Array:
        """What a product with ∂C/∂a that was flushed to zero may still be multiplied by.

        The product rule takes z as a factor of its own: in v · σ₁ · z, where v · σ₁ falls below ω,
        up to ω|z| is lost.
        """
        return self.factor(z)

    def factor(self, z: Array) -> Array:
        """What σ and σ′ multiply by that may be large: z, of a product with it."""
        return carried(z) if self.product_with_z else np.zeros(())

    # ---------------------------------------------------------------- errors of a z that is not
    def steepest(self, z: Array, E: Array, d: Array | None = None) -> Errors:
        """L₁ ≥ sup|σ′| and L₂ ≥ sup|σ″| over [z - E, z + E].

        The mean value theorem turns an error E of z into L₁E of σ(z) and L₂E of σ′(z), and nothing
        of second order is dropped. L₂ is local, so that it vanishes in the tails as σ″ does. A kink
        within reach is an ambiguity of σ′ (``jump``), and makes σ as steep as its steeper side.
        ``d`` is |σ′(z)|, if the caller has it already.
        """
        jump = self.jump(z, E)
        if (E > WIDEST).any():
            z = np.where(E > WIDEST, np.copysign(np.maximum(np.abs(z) - E, 0), z), z)
            E, d = np.minimum(E, WIDEST), None
        d = np.abs(self.float64.sigma_prime(z)) if d is None else d
        L2 = self.second(z, E)
        L1 = np.minimum(d + L2 * E + jump, self.sup_prime)
        return (L1 if self.growth is None else np.minimum(L1, d * np.exp(self.growth * E))), L2

    def jump(self, z: Array, E: Array) -> Array:
        """How much σ′ may differ because a kink lies within E of z; 0 where none does."""
        jump = np.zeros_like(z)
        for kink in self.kinks:
            jump = np.where(np.abs(z - kink.z) <= E, abs(kink.right - kink.left), jump)
        return jump

    def propagated(self, z: Array, E: Array, fmt: Format) -> Errors:
        """E(σ(z)) = L₁E + e0 and E(σ′(z)) = L₂E + e1, or the jump of a kink within reach."""
        reach = 2 * E
        d = np.abs(self.float64.sigma_prime(z))
        L1, L2 = self.steepest(z, reach, d)
        a = np.abs(self.float64.sigma(z)) + 2 * L1 * E
        d = d + 2 * L2 * E
        near = np.copysign(np.maximum(np.abs(z) - reach, 0), z)
        ends = [self.errors(end, a, d, fmt, near) for end in (z - reach, z, z + reach)]
        e0, e1 = (reduce(np.maximum, errors) for errors in zip(*ends, strict=True))
        if self.selects:  # what is known exactly stays so, unless it may be flushed to zero
            e0 = np.where((E == 0) & ((z == 0) | (np.abs(z) >= fmt.omega)), 0, e0)
        jump = self.jump(z, reach)
        for kink in self.kinks:
            if kink.agreed:
                jump = np.where((z == kink.z) & (E == 0), 0, jump)
        return L1 * E + e0, L2 * E + e1 + jump

    def pulled_back(
        self, z: Array, E: Array, v: Array, E_v: Array, E_prime: Array, fmt: Format
    ) -> Array:
        """E(v ⊙ σ′) = E(v)(|σ′| + E(σ′)) + |v| E(σ′) + 3u (|v| + E(v))(|σ′| + E(σ′))."""
        d = np.abs(self.float64.sigma_prime(z))
        v, slope = np.abs(v) + E_v, d + E_prime
        E_delta = E_v * slope + v * E_prime + fmt.omega * (2 + v + slope)
        return E_delta if self.selects else E_delta + 3 * fmt.u * v * slope

    # ---------------------------------------------------------------- kinks
    @property
    def piecewise_linear(self) -> bool:
        """Whether σ″ is 0 between its kinks."""
        return not self.second(np.zeros(1), np.full(1, WIDEST)).any()

    def slope_at(self, kink: Kink) -> float:
        """σ′ there, by the project's convention."""
        return float(self.float64.sigma_prime(np.asarray(kink.z)))

    def other_sides(self, kink: Kink) -> set[float]:
        """The slopes of its sides that the convention does not take."""
        return {kink.left, kink.right} - {self.slope_at(kink)}

    def piece(self, z: Array) -> Array:
        """Between which kinks z lies; at a kink, on the side whose slope is taken there."""
        beyond = [z >= k.z if self.slope_at(k) == k.right else z > k.z for k in self.kinks]
        return np.sum(beyond, axis=0, dtype=int)

    @property
    def asked_at(self) -> tuple[float, ...]:
        """Where frameworks are asked for their convention: at each kink, and at both zeros."""
        return tuple(z for k in self.kinks for z in ((k.z,) if k.z else (0.0, -0.0)))

    # ---------------------------------------------------------------- mistakes
    @property
    def wrong_pull_backs(self) -> Iterable[Mistake]:
        for what, slope in self.wrong_sigma_prime:
            yield Mistake(what, lambda z, v, of=slope: v * of(z))

    # ---------------------------------------------------------------- what others follow
    def replaced(
        self,
        where: Callable[[Array], Array],
        sigma_prime: float,
        sigma: Callable[[Array], Array] | None = None,
    ) -> Self:
        """With a σ′ that is a constant, and perhaps another σ, at some arguments: in both ways."""
        usual, other = self.float64, sigma or self.float64.sigma
        return self.changed(
            float64=ByHand(
                lambda z: np.where(where(z), other(z), usual.sigma(z)),
                lambda z: np.where(where(z), sigma_prime, usual.sigma_prime(z)),
            ),
            sigma=lambda z: choose(where(z), other(z), self.sigma(z)) if sigma else self.sigma(z),
            sigma_prime=lambda z: choose(where(z), sigma_prime, self.sigma_prime(z)),
        )


def carried(z: Array) -> Array:
    """|z|, as far as a flush is multiplied by it: the other factor is below e^{-|z|}.

    Where that is below ω², v · σ₁ is below ω for any v, and no more is lost than v · σ₁ · z.
    """
    return np.minimum(np.abs(z), SQUARE_OF_OMEGA)

"""max(z, 0) + α min(z, 0), α of each unit: what of it is learnt."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Expected
from crossgrad.comparisons.arithmetic.pairs import ERROR, Pair, choose, lift, total
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.arithmetic.wide import SMALLEST, Wide
from crossgrad.comparisons.parts.activations.protocol import (
    SUBNORMAL,
    Elementwise,
    Errors,
    Form,
    Kink,
    Text,
)
from crossgrad.comparisons.parts.mistakes import Mistake, mistakes
from crossgrad.reference.activations import PRELU_START, prelu, prelu_prime
from crossgrad.reference.activations import Activation as ByHand
from crossgrad.reference.parameters import Array

if TYPE_CHECKING:
    from crossgrad.comparisons.equations.place import Place


class Prelu(Elementwise):
    """At 0 the slope from the left is taken: α. Of no layer it has the α that it starts from."""

    text = Text("max({z}, 0) + {alpha}·min({z}, 0)", "({alpha} + (1 - {alpha})·[{z} > 0])")
    learnt = MappingProxyType({"alpha": "∂C/∂αˡ = Σ ∂C/∂aˡ ⊙ min(zˡ, 0) over the batch"})
    asked_at = (0.0, -0.0, SUBNORMAL, -SUBNORMAL)
    #: ``(n, 1)``, in float64, of a layer.
    alpha: Any = PRELU_START

    def of(self, p: Mapping[str, Array]) -> Self:
        """Of a layer, if it has an α; what is of one already stays as it is."""
        if np.ndim(self.alpha) or "alpha" not in p:
            return self
        twin = type(self)()
        twin.alpha = p["alpha"].astype(np.float64)
        return twin

    # ---------------------------------------------------------------- what each file says
    @cached_property
    def float64(self) -> ByHand:
        return ByHand(lambda z: prelu(z, self.alpha), lambda z: prelu_prime(z, self.alpha))

    @property
    def from_z(self) -> Form:  # type: ignore[override]
        return Form(
            lambda z: np.maximum(z, 0) + self.like(z) * np.minimum(z, 0),
            lambda z, _: self.slope_above(z > 0, z),
            lambda alpha: self.of({"alpha": alpha}).from_z,
        )

    @property
    def from_a(self) -> Form:  # type: ignore[override]
        """By a choice; of a it can be told where z is above 0 only if α is."""
        return Form(
            lambda z: np.where(z > 0, z, self.like(z) * z),
            lambda z, _: self.slope_above(z > 0, z),
            lambda alpha: self.of({"alpha": alpha}).from_a,
        )

    @property
    def in_complex(self) -> Any:  # type: ignore[override]
        return lambda z: np.where(z.real > 0, z, self.alpha * z)

    def like(self, z: Array) -> Array:
        """α in the format of z."""
        return np.asarray(self.alpha, z.dtype)

    def slope_above(self, where: Array, z: Array) -> Array:
        """1 there, else α."""
        return np.where(where, z.dtype.type(1), self.like(z))

    @property
    def sup_prime(self) -> Any:  # type: ignore[override]
        return np.maximum(np.abs(self.alpha), 1.0)

    @property
    def kinks(self) -> tuple[Kink, ...]:  # type: ignore[override]
        return (Kink(0.0, left=self.alpha, right=1.0),)

    @property
    def wrong_sigma(self) -> tuple[Mistake, ...]:  # type: ignore[override]
        return mistakes(
            {
                "a slope of 0.01, as of leaky_relu": lambda z: (
                    np.maximum(z, 0) + np.minimum(z, 0) / 100
                ),
                "-α": lambda z: np.where(z > 0, z, -self.alpha * z),
                "α on both sides": lambda z: self.alpha * z,
            }
        )

    @property
    def wrong_sigma_prime(self) -> tuple[Mistake, ...]:  # type: ignore[override]
        return mistakes(
            {
                "0 below 0, as of relu": lambda z: np.where(z > 0, z.dtype.type(1), 0 * z),
                "-α below 0": lambda z: np.where(z > 0, 1.0, -self.alpha),
                "α on both sides": lambda z: self.alpha * np.ones_like(z),
            }
        )

    def other_sides(self, kink: Kink) -> set[float]:
        return {kink.right}

    # ---------------------------------------------------------------- σ
    def sigma(self, z: Array) -> Pair:
        return choose(z > 0, z, lift(np.asarray(self.alpha)) * lift(np.minimum(z, 0)))

    def sigma_prime(self, z: Array) -> Pair:
        return choose(z > 0, 1, np.broadcast_to(self.alpha, z.shape))

    def rounding(self, z: Array, a: Array, d: Array, fmt: Format, near: Array) -> Errors:
        """α is given: one product is rounded, and its derivative is exact.

        Mixed precision rounds α beforehand.
        """
        given, cast = z <= 0, fmt.casts is not None
        return np.where(given, gamma(1 + cast, fmt.u) * a, 0), np.where(given, cast * fmt.u * d, 0)

    def second(self, z: Array, E: Array) -> Array:
        return np.zeros_like(z)

    def truth(self, z: Any, arb: Any) -> Any:
        return z if z[0] > 0 else z / 4

    # ---------------------------------------------------------------- ∂C/∂α
    def gradients(self, at: "Place", v: Expected) -> Mapping[str, Expected]:
        """Σ v ⊙ min(z, 0) over the m samples, in any order.

        v is off by its bound. A product is rounded once, before it is added or scaled.
        """
        below = np.minimum(at.z, 0)
        terms = v.value.times(Wide(lift(below), np.zeros(())))
        size = np.abs(below)
        own = (terms.own + below.shape[-1] * ERROR * v.reach * size).sum(-1, keepdims=True)
        value = total(terms.pair).map(lambda part: part[..., None])
        of_v, known = np.broadcast_to(v.bound, size.shape), np.abs(value.nearest) + own

        def error(E_v: Array, fmt: Format) -> Array:
            return self.summed(size, v.reach, E_v, fmt, at.scaled.scaled, known)

        bound, kept = error(of_v, at.fmt), at.fmt._replace(omega=0.0)
        return {
            "alpha": Expected(
                Wide(value, own + SMALLEST), bound, lambda: bound - error(of_v - v.flushed(), kept)
            )
        }

    def gradient_errors(
        self, z: Array, E: Array, v: Array, E_v: Array, fmt: Format, scaling: int
    ) -> Mapping[str, Array]:
        """min(z, 0) is off by no more than z is, and 0 where no z within reach is below 0."""
        off, v = np.where(z <= 2 * E, E, 0.0), np.abs(v)
        of_z = ((v + E_v) * off).sum(-1, keepdims=True)
        size = np.abs(np.minimum(z, 0)) + off
        return {"alpha": of_z + self.summed(size, v, E_v, fmt, scaling)}

    def summed(
        self,
        size: Array,
        v: Array,
        E_v: Array,
        fmt: Format,
        scaling: int,
        known: Array | None = None,
    ) -> Array:
        """E of Σ v ⊙ min(z, 0), of |min(z, 0)| and |v|, E(v), and the size of the sum, if known.

        H = Σ E(v) |min(z, 0)|, and what a product, m - 1 additions and the scales round of a sum
        with the magnitude M = Σ (|v| + E(v)) |min(z, 0)|, which is within H of the one that is
        known: see ``Format.summed``. In 16 bits each product is stored before it is added. Of each
        term up to ω is lost where its product, or a scaled one, is flushed to zero, and ω times the
        other factor where a factor is.
        """
        m, v, others = size.shape[-1], v + E_v, 1 + scaling
        handed_on = (E_v * size).sum(-1, keepdims=True)
        magnitude = (v * size).sum(-1, keepdims=True)
        reach = magnitude if known is None else np.minimum(known + handed_on, magnitude)
        additions = fmt.longest(m, m - 1)
        if fmt.narrow:
            stored = fmt._replace(factor=(1 + fmt.factor) * (1 + gamma(others, fmt.u)) - 1)
            rounded = stored.summed(additions, magnitude, reach)
        else:
            rounded = fmt.summed(additions + others, magnitude, 0.0, reach, others)
            rounded += fmt.factor * (magnitude + rounded)
        flushed = (2 + scaling + v + size).sum(-1, keepdims=True) + 2 + scaling
        return handed_on + rounded + fmt.omega * flushed

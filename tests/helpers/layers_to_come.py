"""Layers that no scenario has yet: they hold the seams of the walk open.

An addition has two inputs, and so has its v two parts; a layer norm is not linear, and has
statistics of its own, from which the rest is judged where a backend reports them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import ClassVar

import numpy as np

from crossgrad.comparisons.arithmetic.expected import Derived
from crossgrad.comparisons.arithmetic.pairs import Pair, lift, total
from crossgrad.comparisons.arithmetic.rounding import Format, gamma
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.parts.layers import Inputs, Layer, Linear
from crossgrad.reference.parameters import Array


@dataclass(frozen=True, kw_only=True)
class Addition(Linear):
    """z is the sum of its inputs: a skip. Each of them is handed δ as it is."""

    inputs: tuple[int, ...] = (-1, -2)

    def forward(self, at: Inputs) -> Sum:
        return Sum(*(Term("im->im", at.given(which)) for which in range(len(self.inputs))))

    def pull_back(self, at: Inputs, which: int = 0) -> Sum:  # noqa: ARG002
        return Sum(Term("im->im", at.delta))


# ------------------------------------------------------------------ layer norm
#: 1/√q by any means, in units of u.
KAPPA_RSQRT = 3


@dataclass(frozen=True, kw_only=True)
class LayerNorm(Layer):
    """z = w x̂ + b, x̂ = (a - μ) r, over the units of each sample; r = 1/√(mean (a - μ)² + ε).

    With g = w δ: v = r (g - mean g - x̂ mean(g x̂)), ∂C/∂w = Σ δ x̂, ∂C/∂b = Σ δ.
    """

    eps: float = 1e-5
    labels: ClassVar = {"b": "BP3", "w": "BP4"}

    def forward(self, at: Inputs) -> Derived:
        s = Sample(at, self.eps)
        return Derived(s.d * s.r * lift(at.p["w"].wide) + at.p["b"].wide, s.z_error)

    def pull_back(self, at: Inputs, which: int = 0) -> Derived:  # noqa: ARG002
        s = Sample(at, self.eps)
        return Derived(s.r * (s.g - s.mean_g - s.d * s.r * s.r * s.c), s.v_error)

    @property
    def gradients(self) -> Mapping[str, Callable[[Inputs], Sum | Derived]]:
        """Of b as of a dense layer's."""
        return {"b": lambda at: Sum(Term("im->i", at.delta)), "w": self.weight_gradient}

    def weight_gradient(self, at: Inputs) -> Derived:
        """∂C/∂w."""
        s = Sample(at, self.eps)
        terms = lift(at.delta.wide) * (s.d * s.r)
        return Derived(total(terms).map(lambda part: part[..., None]), s.dw_error)

    @property
    def statistics(self) -> Mapping[str, Callable[[Inputs], Derived]]:
        def of(at: Inputs) -> "Sample":
            return Sample(at, self.eps, known=False)

        return {
            "mean": lambda at: Derived(of(at).mu, of(at).mean_error),
            "rstd": lambda at: Derived(of(at).r, of(at).rstd_error),
        }


class Sample:
    """What the equations have in common, and the derivations of their errors.

    Every error of μ and of r is one that a sample has in common: it is kept apart from independent
    roundings, so that it cancels where the equation cancels.
    """

    def __init__(self, at: Inputs, eps: float, *, known: bool = True) -> None:
        """``known``: judged from the statistics that are reported, if there are any."""
        self.at, self.eps = at, eps
        self.x, self.n = at.a_before.wide, at.a_before.array.shape[-2]
        told = {name: at.reported(name) if known else None for name in ("mean", "rstd")}
        self.centred, self.scaled = (told[name] is not None for name in ("mean", "rstd"))
        self.mu = lift(told["mean"].wide) if told["mean"] else mean(lift(self.x))
        self.d = lift(self.x) - self.mu
        self.v = mean(self.d * self.d)
        self.r = lift(told["rstd"].wide) if told["rstd"] else rsqrt(self.v + eps)

    @cached_property
    def g(self) -> Pair:
        """w δ."""
        return lift(self.at.delta.wide) * lift(self.at.p["w"].wide)

    @cached_property
    def mean_g(self) -> Pair:
        return mean(self.g)

    @cached_property
    def c(self) -> Pair:
        return mean(self.g * self.d)

    # ---- the statistics: E(μ); and ρ, how far r is off by what q = v + ε is off by
    def mean_error(self, fmt: Format) -> Array | float:
        """n - 1 additions and a division; or a running mean, each step rounded three times."""
        if self.centred:
            return fmt.omega
        k = np.arange(2, self.n + 1)
        steps = np.where(k & (k - 1), 3, 1)
        roundings = ceil(self.n - 1 + steps.max() + (steps / (k - 1)).sum()) if self.n > 1 else 0
        return gamma(roundings, fmt.u) * average(np.abs(self.x)) + fmt.omega * (self.n + 4)

    def rho(self, fmt: Format) -> Array | float:
        """Two passes, or Welford's, of which the variance hands on 2.4 √v E(μ); ε is rounded."""
        if self.scaled:
            return 0.0
        E_mu, v, u = self.mean_error(fmt), np.maximum(self.v.nearest, 0), fmt.u
        E_v = E_mu * (2.4 * np.sqrt(v) + E_mu) + 4 * fmt.omega
        E_v = E_v + gamma(self.n + 6, u) * (np.sqrt(v) + E_mu) ** 2
        q = v + self.eps
        E_q = E_v + u * self.eps + u * (q + E_v) + fmt.omega
        least = np.maximum(q - E_q, self.eps * (1 - 3 * u))
        return np.maximum(np.sqrt(q / least) - 1, 1 - np.sqrt(q / (q + E_q)))

    def rstd_error(self, fmt: Format) -> Array | float:
        """ρ of r, and the roundings of 1/√."""
        rho, r = self.rho(fmt), size(self.r)
        return r * rho + gamma(KAPPA_RSQRT, fmt.u) * r * (1 + rho) + fmt.omega

    # ---- the equations
    def reach(self, fmt: Format) -> tuple:
        """E(μ), ρ, r (1 + ρ), |d| + E(μ), and the roundings of 1/√."""
        E_mu, rho = self.mean_error(fmt), self.rho(fmt)
        kappa = 0 if self.scaled else KAPPA_RSQRT
        return E_mu, rho, size(self.r) * (1 + rho), size(self.d) + E_mu, kappa

    def z_error(self, fmt: Format) -> Array | float:
        """Four roundings of w d r, one of b."""
        E_mu, rho, r1, far, kappa = self.reach(fmt)
        w, b, d, r = self.at.p["w"].size, self.at.p["b"].size, size(self.d), size(self.r)
        independent = gamma(kappa + 4, fmt.u) * r1 * far * w + fmt.u * b
        return w * (r1 * E_mu + rho * r * d) + independent + fmt.omega * (3 + w + d + r * d)

    def v_error(self, fmt: Format) -> Array | float:
        """With A = r (g - mean g) and B = r³ d c, v = A - B: r is in A once, in B thrice."""
        u, omega, n = fmt.u, fmt.omega, self.n
        E_mu, rho, r1, far, kappa = self.reach(fmt)
        r3 = r1**3
        B = size(self.r * self.r * self.r * self.d * self.c)
        both = size(
            self.r * (self.g - self.mean_g) - 3 * (self.r * self.r * self.r * self.d * self.c)
        )
        d, r, g, m1, c = map(size, (self.d, self.r, self.g, self.mean_g, self.c))
        E_m = gamma(n + 2, u) * average(g) + 3 * omega
        E_c = E_mu * m1 + gamma(n + 4, u) * average(g * far) + omega * (3 + average(d))
        error = rho * both + (3 + rho) * rho**2 * B
        error = error + r1 * E_m + r3 * (d * E_c + E_mu * (c + E_c))
        error = error + gamma(kappa + 6, u) * r1 * (g + m1 + E_m)
        error = error + gamma(3 * kappa + 9, u) * r3 * far * (c + E_c)
        through_mean = E_mu + gamma(n + 2, u) * average(far)  # by autodiff, of the variance
        powers = 1 + r + r * r
        lost = (d + c) * powers + powers + r**3 + 3 * r + r3 * d
        return error + r3 * (c + E_c) * through_mean + 2 * omega * lost

    def dw_error(self, fmt: Format) -> Array | float:
        """Σ δ d r: the common errors added up, as the others are."""
        E_mu, rho, r1, far, kappa = self.reach(fmt)
        delta, d, r = self.at.delta.size, size(self.d), size(self.r)
        together = rho * r * delta * d + r1 * E_mu * delta
        independent = gamma(delta.shape[-1] + kappa + 2, fmt.u) * delta * r1 * far
        lost = fmt.omega * (2 + delta + r * d + r)
        return (together + independent + lost).sum(-1, keepdims=True)


def size(x: Pair) -> Array:
    """|x|."""
    return np.abs(x.nearest)


def average(array: Array) -> Array:
    return array.mean(-2, keepdims=True)


def mean(x: Pair) -> Pair:
    sums = total(x.map(lambda part: part.mT)).map(lambda part: part[..., None, :])
    return sums / float(x.hi.shape[-2])


def rsqrt(q: Pair) -> Pair:
    """1/√q: Newton's step doubles float64's digits."""
    r = lift(1 / np.sqrt(q.nearest))
    return r + r * (1.0 - q * r * r) * 0.5

"""The constants of every bound, each with its source, and nowhere else.

A float operation errs by at most u relative to its result, or by ω where the result may be
flushed to zero: XLA does so with every subnormal number. A sum of n products errs by at most
γ_n Σ|xᵢyᵢ| in any order, with or without fused multiply-adds (Higham, *Accuracy and Stability
of Numerical Algorithms*, 2nd ed., §3.1).
"""

import math
from collections.abc import Callable
from itertools import chain, combinations
from typing import NamedTuple, overload

import numpy as np

from crossgrad.reference.parameters import Array


class Kappa(NamedTuple):
    """Declared accuracy of elementary functions, in units of u, relative to the result."""

    exp: float
    log: float
    log1p: float
    expm1: float
    tanh: float
    sigmoid: float
    softplus: float
    erf: float


#: Measured, not proven: by ``crossgrad atlas``, format by format (docs/atlas.md), and watched on
#: dense grids by tests/reference/test_accuracy.py and tests/commands/test_atlas_kappa.py. Largest
#: seen by either in float64 or float32, NumPy 2.4 / torch 2.13 / jaxlib 0.10.2, on CPU:
KAPPA = Kappa(
    exp=6.0,  # 3.6 / 1.2 / 5.6
    log=5.0,  # 4.6 / 1.7 / 2.1
    log1p=5.0,  # 3.4 / 2.0 / 3.6; XLA in float64 between -0.42 and -0.35: see divergences
    expm1=7.0,  # 3.5 / 1.5 / 6.3, for z ≤ 0, where elu takes it
    tanh=8.0,  # 1.9 / 1.6 / 7.0
    sigmoid=5.0,  # 4.7 / 2.5 / 2.7
    softplus=6.0,  # 5.1 / 2.1 / 4.2
    erf=8.0,  # torch 1.3, XLA 6.8
)
#: In 16 bits a function is computed in float32 and rounded once: 1 + κ 2⁻¹³ at most, κ = 8. What
#: is made of several, as e/(1 + e) and max(z, 0) + log(1 + e), is rounded three times, to second
#: order; as is XLA's expm1 in float16 (2.5). Watched over every number of both formats.
KAPPA_16 = Kappa(
    exp=1.01,
    log=1.01,
    log1p=1.01,
    expm1=3.05,
    tanh=1.01,
    sigmoid=3.05,
    softplus=3.05,
    erf=1.01,
)


#: Where a function is nearer to its limit than this, in u, it *is* its limit, exactly: tanh and erf
#: ±1, sigmoid 1, expm1 -1. Half a unit is what correct rounding needs; the nearest that one was
#: seen to fall short of it is 0.077 (XLA's tanh in float64, at 20; NumPy's in float32 0.069, at 10;
#: all others half a unit or more). Watched by tests/arithmetic/test_settled.py. jaxlib 0.5.1 to
#: 0.5.3 never got there: a divergence.
SETTLED = 2.0**-5


class Format(NamedTuple):
    """A float format: unit roundoff u, and ω, below which a result may be flushed to zero.

    ω is the smallest positive normal number (IEEE 754-2019); but of float16 the smallest subnormal
    one, since its numbers are computed in float32, where none of them is subnormal.
    ``wider`` is the unit roundoff of the format in which sums are accumulated, if another, and
    ``factor`` what each product of a sum may be off by before it is added, relative to itself.
    ``gradual``: within a sum nothing is flushed; what is stored is rounded to a multiple of ω.
    ``store`` is by how many u a product of matrices errs as it is stored: 2 if it is cut off.
    From ``overflow`` on a number is rounded to ∞: half a step above the largest (IEEE 754-2019,
    §4.3.1); of float64 that is beyond what the checker itself can tell from ∞.
    ``casts`` names the factors of products that are rounded to the format beforehand, to nearest:
    W with b, a with x, and delta; None if that is not known. If it ``elides``, a compiler may have
    left out any of these roundings. ``loss`` is the format of the cost, if another.
    ``additions``: in how many a term of a sum of n takes part at most, if the order is known.
    ``as_reported``: whoever computes in it goes on with each number exactly as it reports it.
    """

    name: str
    u: float
    omega: float
    wider: float | None = None
    kappa: Kappa = KAPPA
    factor: float = 0.0
    gradual: bool = False
    store: int = 1
    overflow: float = math.inf
    casts: tuple[str, ...] | None = None
    elides: bool = False
    loss: "Format | None" = None
    as_reported: bool = False

    @property
    def cost(self) -> "Format":
        """What the cost and its gradient are computed in, before that is rounded to the format."""
        return self.loss or self

    @property
    def products(self) -> "Format":
        """Of sums of products: where it is known which factors are rounded, they are exact."""
        return self if self.casts is None else self._replace(factor=0.0)

    @property
    def sums(self) -> "Format":
        """Of sums of what is reported: if no rounding is left out, that is what is summed."""
        return self if self.elides else self.products

    @property
    def ways(self) -> "list[Format]":
        """Those that a program may follow: one for each choice of roundings that are left out."""
        if self.casts is None or not self.elides:
            return [self]
        counts = range(len(self.casts), -1, -1)
        chosen = chain.from_iterable(combinations(self.casts, n) for n in counts)
        return [self._replace(casts=casts) for casts in chosen]

    additions: Callable[[int], int] | None = None

    @property
    def digits(self) -> int:
        """Binary ones of a number."""
        return round(-math.log2(self.u))

    @property
    def narrow(self) -> bool:
        """Whether sums are accumulated in a wider format than their results have."""
        return self.wider is not None

    def relative(self, n: int, roundings: int = 0) -> float:
        """Of a sum of n terms of one sign, each rounded so many times before or after.

        A sum in a wider format is rounded once more, as it is stored.
        """
        if self.wider is None:
            return gamma(n + roundings, self.u)
        return (1 + gamma(n, self.wider)) * (1 + gamma(roundings + 1, self.u)) - 1

    def longest(self, length: int, n: float | Array) -> float | Array:
        """The roundings on the longest way through a sum of so many terms, of which n may round."""
        return n if self.additions is None else np.minimum(self.additions(length), n)

    def summed(
        self,
        n: float | Array,
        magnitude: Array,
        stored: float | Array,
        total: Array | None = None,
        others: int = 1,
    ) -> Array:
        """Of a sum with n roundings; ``stored``: what is rounded then if the format is narrow.

        What is cut off counts as often as it errs by u. ``total`` is |s|, if it is known, and all
        roundings but so many ``others`` are additions. Then no partial sum s_v exceeds H = (M +
        |s|) / 2: terms are of both signs, P of the positive ones, -Q of the negative ones, P - Q =
        s and P + Q = M, and s_v of whichever terms lies between -Q and P. An addition errs by u of
        its own result, which is within γ_n M of s_v, and the sum by all these errors added up. What
        is rounded besides is products, or partial sums with no term in common: M at most each time.
        u(others (M + γ_n M) + additions (H + γ_n M)) is γ_n M less additions · u (M - |s|) / 2.
        """
        if self.wider is None:
            relative = gamma(n, self.u)
            if total is None or self.additions is not None:
                return relative * magnitude
            half = self.u / 2 * (n - others)
            error = (relative - half) * magnitude
            error += half * total
            return error
        error = ((1 + gamma(n, self.wider)) * (1 + self.factor) - 1) * magnitude
        return error + self.u * (stored + self.store * error)

    def lost(self, count: float | Array, stored: int, told: float | Array = 0.0) -> float | Array:
        """Of a sum in which so many factors and results may be flushed, or only what is stored.

        ``told``: the sum of what multiplies entries that may be stored anew as they are reported,
        by ω at most each; ``count`` has these already, as what may be read as 0.
        """
        return self.omega * (stored + told if self.gradual and not self.factor else count)


FLOAT32_U = 2.0**-24
FORMATS = {
    "float64": Format("float64", u=2.0**-53, omega=2.0**-1022),
    "float32": Format("float32", FLOAT32_U, 2.0**-126, overflow=2.0**128 * (1 - 2.0**-25)),
}
#: Numbers are stored in 16 bits; sums are accumulated in float32, functions computed in it.
SIXTEEN = {
    "float16": Format(
        "float16", 2.0**-11, 2.0**-24, FLOAT32_U, KAPPA_16, gradual=True, overflow=65520.0
    ),
    "bfloat16": Format(
        "bfloat16", 2.0**-8, 2.0**-126, FLOAT32_U, KAPPA_16, overflow=2.0**128 * (1 - 2.0**-9)
    ),
}
ALL_FORMATS = FORMATS | SIXTEEN
#: Sums are evaluated in float64 at least, whatever the format that is judged.
CHECKER = FORMATS["float64"]
#: What σ and C on ``pairs`` are at least as good as. An operation errs by 2⁻⁷⁴, exp by 2⁻⁶⁹, Φ by
#: 2⁻⁶⁵: in units of 2⁻⁶³, each κ below is 8 times as large as it would have to be, and more
#: (watched by tests/truth/test_certified_pair_functions.py). Where hi is below 2⁻⁹⁶⁹ lo is
#: subnormal, and a few of the smallest subnormals are lost: of 2⁻¹⁰³², a fraction of 2⁻⁴⁰.
PAIRS = Format("pairs", u=2.0**-63, omega=2.0**-1032)
#: What σ and C are evaluated in, by the format that is judged.
CHECKERS = {"float64": PAIRS, **dict.fromkeys(("float32", *SIXTEEN), CHECKER)}

#: A bound is itself computed in float64, from sums of at most 2²⁰ terms of one sign.
SLACK = 1 + 2.0**-30


def share(fmt: Format) -> float:
    """What the checker's own σ or C errs by, as a share t of what a backend's may.

    A local error is convex in (u, ω), and 0 at (0, 0): at most t times as large in a format with
    tu and tω, or less. A κ of 16 bits is at least an eighth of the checker's.
    """
    checker = CHECKERS[fmt.name]
    return checker.u / fmt.u * max(k / own for k, own in zip(KAPPA, fmt.kappa, strict=True))


@overload
def gamma(n: float, u: float) -> float: ...
@overload
def gamma(n: Array, u: float) -> Array: ...
@overload
def gamma(n: float | Array, u: float) -> float | Array: ...
def gamma(n: float | Array, u: float) -> float | Array:
    """γ_n = nu / (1 - nu): the relative error of n roundings in a row (Higham, lemma 3.1).

    Infinite where nu is 1 or more: nothing is known then.
    """
    if isinstance(n, np.ndarray):
        nu = n * u
        known = nu / (1 - nu)
        return known if nu.max() < 1 else np.where(nu < 1, known, math.inf)
    return n * u / (1 - n * u) if n * u < 1 else math.inf

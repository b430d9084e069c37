"""The constants of every bound, each with its source, and nowhere else.

A float operation errs by at most u relative to its result, or by ω where the result may be
flushed to zero: XLA does so with every subnormal number. A sum of n products errs by at most
γ_n Σ|xᵢyᵢ| in any order, with or without fused multiply-adds (Higham, *Accuracy and Stability
of Numerical Algorithms*, 2nd ed., §3.1).
"""

from typing import NamedTuple

from reference.parameters import Array


class Format(NamedTuple):
    """A float format: unit roundoff u and smallest positive normal number ω (IEEE 754-2019).

    ``wider`` is the unit roundoff of the format in which sums are accumulated, if another.
    """

    name: str
    u: float
    omega: float
    wider: float | None = None

    def summed(self, n: int, magnitude: Array, stored: Array) -> Array:
        """Of a sum with n roundings; ``stored``: what is rounded to a narrower format then."""
        if self.wider is None:
            return gamma(n, self.u) * magnitude
        error = gamma(n, self.wider) * magnitude
        return error + self.u * (stored + error)


FORMATS = {
    "float64": Format("float64", u=2.0**-53, omega=2.0**-1022),
    "float32": Format("float32", u=2.0**-24, omega=2.0**-126),
}
#: As long as no backend computes in it, only the power of the local checks is measured in it.
BFLOAT16 = Format("bfloat16", u=2.0**-8, omega=2.0**-126, wider=2.0**-24)
#: Sums are evaluated in float64 at least, whatever the format that is judged.
CHECKER = FORMATS["float64"]
#: What σ and C on ``pairs`` are at least as good as. An operation errs by 2⁻⁷⁴, exp by 2⁻⁶⁹, Φ by
#: 2⁻⁶⁵: in units of 2⁻⁶³, each κ below is 8 times as large as it would have to be, and more
#: (watched by tests/truth/test_certified_pair_functions.py). Where hi is below 2⁻⁹⁶⁹ lo is
#: subnormal, and a few of the smallest subnormals are lost: of 2⁻¹⁰³², a fraction of 2⁻⁴⁰.
PAIRS = Format("pairs", u=2.0**-63, omega=2.0**-1032)
#: What σ and C are evaluated in, by the format that is judged.
CHECKERS = {"float64": PAIRS, "float32": CHECKER, "bfloat16": CHECKER}

#: Declared accuracy of elementary functions, in units of u, relative to the result. Measured, not
#: proven; `tests/reference/test_accuracy.py` watches them on dense grids for NumPy, torch and XLA
#: on CPU. Largest seen in either format, NumPy 2.4 / torch 2.13 / jaxlib 0.10.2:
KAPPA_EXP = 6.0  # 3.6 / 1.2 / 5.6
KAPPA_LOG = 5.0  # 4.6 / 1.7 / 2.1
KAPPA_LOG1P = 5.0  # 3.4 / 2.0 / 3.6; XLA in float64 between -0.42 and -0.35: see divergences
KAPPA_EXPM1 = 7.0  # 3.5 / 1.5 / 6.3, for z ≤ 0, where elu takes it
KAPPA_TANH = 8.0  # 1.9 / 1.6 / 7.0
KAPPA_SIGMOID = 5.0  # 4.7 / 2.5 / 2.7
KAPPA_SOFTPLUS = 6.0  # 5.1 / 2.1 / 4.2
KAPPA_ERF = 8.0  # torch 1.3, XLA 6.8

#: A bound is itself computed in float64, from sums of at most 2²⁰ terms of one sign.
SLACK = 1 + 2.0**-30


def share(fmt: Format) -> float:
    """What the checker's own σ or C errs by, as a share t of what a backend's may.

    A local error is convex in (u, ω), and 0 at (0, 0): at most t times as large in a format with
    tu and tω, or less.
    """
    return CHECKERS[fmt.name].u / fmt.u


def gamma(n: int, u: float) -> float:
    """γ_n = nu / (1 - nu): the relative error of n roundings in a row (Higham, lemma 3.1)."""
    return n * u / (1 - n * u)

"""exp, expm1, log, log1p and the normal distribution, as pairs.

In units of 2⁻⁶³, as the κ of ``rounding`` are in units of u, all errors are far below κ;
tests/truth/test_certified_pair_functions.py holds them against ball arithmetic. The exponential
goes by a table: e^x = 2^m 2^{j/128} e^r (Tang 1989), |r| < ln 2 / 256; the logarithms by one step
of Newton from NumPy's; Φ by Taylor's series about the nearest multiple of 1/16.
"""

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, renormalised, tables
from crossgrad.comparisons.arithmetic.pairs.cache import remembered
from crossgrad.reference.parameters import Array

#: e^x is below 2⁻¹⁰⁷⁵ there.
NO_EXP = -800.0


# ------------------------------------------------------------------ exponentials
def exp(x: Pair) -> Pair:
    """e^x for x below 700: 2^m T e^r, T = 2^{j/128}."""
    power, rise = factors(x)
    return power + power * rise


def expm1(x: Pair) -> Pair:
    """e^x - 1, likewise: where x is small, T is exactly 1."""
    power, rise = factors(x)
    return (power - 1) + power * rise


def factors(x: Pair) -> tuple[Pair, Pair]:
    """2^m T and e^r - 1, for x = m ln 2 + ln T + r."""
    x = choose(x.hi < NO_EXP, NO_EXP, x)
    steps = np.rint(x.hi / tables.STEP.nearest)
    r = renormalised(x.hi - steps * tables.STEP.hi, x.lo - steps * tables.STEP.lo)
    j = steps.astype(np.int64)  # of NaN anything: the result is NaN by r
    scale = tables.POWERS.take((j >> tables.LOG2_STEPS) - tables.LOWEST, mode="clip")
    T = at(tables.ROOTS, j & (tables.STEPS - 1))
    return T.map(lambda part: part * scale), small_rise(r)


def small_rise(r: Pair) -> Pair:
    """e^r - 1 = r + r²/2 + …, |r| < 2⁻⁸: r and hi²/2 exactly, the next below 2⁻⁷⁵ relative."""
    t, square = r.nearest, 0.5 * r.hi * r.hi
    series = 1 / 6 + t * (1 / 24 + t * (1 / 120 + t * (1 / 720 + t / 5040)))
    rest = r.lo + r.lo * (r.hi + 0.5 * r.lo) + t * t * t * series
    total = r.hi + square
    return renormalised(total, ((r.hi - total) + square) + rest)


def at(table: Pair, index: Array) -> Pair:
    return table.map(lambda part: part.take(index, mode="clip"))


# ------------------------------------------------------------------ logarithms
def log1p(x: Pair) -> Pair:
    """log(1 + x) for -½ ≤ x ≤ 1: y + (x - (e^y - 1)) / (1 + x), y from NumPy."""
    near = x.nearest
    y = lift(np.log1p(near))
    return y + (x - expm1(y)) / (1 + near)


def log(x: Pair) -> Pair:
    """n ln 2 + log f, ½ ≤ f < 1; nothing cancels for x < 1."""
    _, n = np.frexp(x.nearest)
    f = x.map(lambda part: np.ldexp(part, -n))
    return tables.LN2 * n.astype(np.float64) + log1p(f - 1)


# ------------------------------------------------------------------ the normal distribution
@remembered
def normal_cdf(z: Array) -> Pair:
    """Φ(t + h) = Φ(t) + φ(t) h + φ′(t) h²/2 + …, absolutely as good as φ′h²/2 is in float64."""
    z = np.clip(z, -tables.LAST_NODE, tables.LAST_NODE)
    node = np.rint(tables.NODES * z)
    h = z - node / tables.NODES
    index = node.astype(np.int64) + tables.LAST_NODE * tables.NODES
    table, series = tables.normal(), np.zeros_like(h)
    for row in table.expansion[::-1]:
        series = row.take(index, mode="clip") + h * series
    linear = at(table.density, index) * lift(h)
    return at(table.distribution, index) + Pair(linear.hi, linear.lo + h * h * series)


def normal_density(z: Array) -> Pair:
    """φ(z) = e^{-z²/2} / √(2π)."""
    clipped = lift(np.clip(z, -tables.TAIL, tables.TAIL))
    return exp(-0.5 * (clipped * clipped)) / tables.SQRT_2PI

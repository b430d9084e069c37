"""Constants and tables for ``functions``, from the standard library's decimal arithmetic.

Fifty digits, each operation correctly rounded; a pair keeps the first twenty-three.
"""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from functools import cache
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, leading
from crossgrad.reference.parameters import Array

DIGITS = 50
#: e^r is evaluated for |r| below half of ln 2 / STEPS; Φ is expanded about multiples of 1/NODES.
LOG2_STEPS, NODES = 7, 16
STEPS = 2**LOG2_STEPS
#: Beyond ±40 φ is below 2⁻¹⁰⁷⁵, and so is 1 - tanh of the cubic of gelu_tanh.
TAIL = 40.0
#: Beyond ±10 Φ is 0 or 1 within 2⁻⁷⁶.
LAST_NODE = 10
#: Terms of Φ's expansion after the linear one; the next is below 2⁻⁷⁰.
TERMS = 9


def nearest_pair(value: Decimal) -> Pair:
    """The pair nearest to a decimal number."""
    hi = leading(np.asarray(float(value)))
    return Pair(hi, np.asarray(float(value - Decimal(float(hi)))))


def stacked(values: Iterable[Decimal]) -> Pair:
    pairs = [nearest_pair(value) for value in values]
    return Pair(np.array([p.hi for p in pairs]), np.array([p.lo for p in pairs]))


def ratio(t: Decimal) -> Decimal:
    """(Φ(t) - ½) / φ(t) = t + t³/3 + t⁵/(3·5) + …, all of one sign."""
    total, term, odd = t, t, 1
    while total != (total := total + (term := term * t * t / (odd := odd + 2))):
        pass
    return total


def density(t: Decimal) -> Decimal:
    """φ(t) = e^{-t²/2} / √(2π)."""
    return (-t * t / 2).exp() / (2 * PI).sqrt()


def distribution(t: Decimal) -> Decimal:
    """Φ(t); 0 and 1 at the last nodes."""
    if abs(t) == LAST_NODE:
        return Decimal(t > 0)
    return Decimal("0.5") + density(t) * ratio(t)


class Normal(NamedTuple):
    """Φ and φ at the nodes, and the rows of Φ's expansion about each."""

    distribution: Pair
    density: Pair
    expansion: Array


@cache
def normal() -> Normal:
    """Made when it is first asked for: whoever only imports this need not wait for it."""
    with localcontext() as context:
        context.prec = DIGITS
        nodes = [Decimal(i) / NODES for i in range(-LAST_NODE * NODES, LAST_NODE * NODES + 1)]
        densities = stacked(map(density, nodes))
        rows = expansion(np.array(nodes, np.float64), densities.nearest)
        return Normal(stacked(map(distribution, nodes)), densities, rows)


def expansion(nodes: Array, densities: Array) -> Array:
    """φ⁽ⁿ⁾(t) / (n + 1)!, n = 1 … TERMS: φ⁽ⁿ⁺¹⁾ = -t φ⁽ⁿ⁾ - n φ⁽ⁿ⁻¹⁾; a row each."""
    before, derivative, factorial, rows = densities, -nodes * densities, 2, []
    for n in range(1, TERMS + 1):
        rows.append(derivative / factorial)
        before, derivative = derivative, -nodes * derivative - n * before
        factorial *= n + 2
    return np.array(rows)


with localcontext() as context:
    context.prec = DIGITS
    PI = Decimal("3.14159265358979323846264338327950288419716939937511")
    LN = Decimal(2).ln()
    LN2, STEP = nearest_pair(LN), nearest_pair(LN / STEPS)
    #: 2^{j/128}.
    ROOTS = stacked((LN * j / STEPS).exp() for j in range(STEPS))
    SQRT_2PI = nearest_pair((2 * PI).sqrt())
    SLOPE = nearest_pair(Decimal("0.01"))
    #: 2√(2/π) and its product with 0.044715: of 2u = 2√(2/π) (z + 0.044715 z³).
    LINEAR = nearest_pair(2 * (2 / PI).sqrt())
    CUBIC = nearest_pair(2 * (2 / PI).sqrt() * Decimal("0.044715"))
#: Powers of two, of exponents from LOWEST on; those below the smallest subnormal are 0.
LOWEST = -1200
with np.errstate(under="ignore"):
    POWERS = np.ldexp(1.0, np.arange(LOWEST, 1024))

"""What is measured: its truth, fast and in balls; what it may be off by; where it counts.

Fast is float64, or ``pairs`` of it, certified against balls: that is how the worst places are
found. What stands in a table is what balls say there.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift
from crossgrad.comparisons.arithmetic.rounding import SLACK, Format
from crossgrad.comparisons.commands.atlas import probes
from crossgrad.comparisons.commands.atlas.arguments import largest, smallest_normal
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Elementwise
from crossgrad.reference.parameters import Array

#: What needs better than pairs is below 2⁻¹⁰⁷⁴ beyond it.
TAIL = 40.0
#: The quantities of an activation, and of an elementary function.
SIGMA, PRIME, VALUE = "σ", "σ′", "f"


class Function(NamedTuple):
    """A name and what it has: σ and σ′, or one value.

    ``fast`` and ``true`` give a truth for each quantity, ``allowed`` what each may be off by.
    ``inside`` is where it is defined and finite, ``kinks`` is where σ′ is a convention.
    """

    name: str
    quantities: tuple[str, ...]
    ask: Callable[[str, str, Array], tuple[Array, ...]]
    fast: Callable[[Array, Format], list[Pair]]
    true: Callable[[Array, Format], list[Array]]
    allowed: Callable[[Array, list[Array], Format], list[Array]]
    inside: Callable[[Array, Format], Array]
    kinks: tuple[float, ...] = ()

    @property
    def elementary(self) -> bool:
        """Whether it is one whose accuracy is declared."""
        return self.quantities == (VALUE,)


# ------------------------------------------------------------------ activations
def activation(name: str) -> Function:
    """σ and σ′, as the project defines them."""
    sigma = ELEMENTWISE[name]

    def fast(z: Array, fmt: Format) -> list[Pair]:
        if sigma.absolute_below is None:
            return [sigma.sigma(z), sigma.sigma_prime(z)]
        if fmt.name != "float64":  # in relative terms float64 has more of its tail than pairs
            return [lift(value(z)) for value in sigma.float64]
        return with_tail(sigma, sigma.absolute_below, z)

    def true(z: Array, _fmt: Format) -> list[Array]:
        return true_activation(name, z)

    def allowed(z: Array, values: list[Array], fmt: Format) -> list[Array]:
        a, d = (np.abs(value) for value in values)
        e0, e1 = sigma.errors(z, a, d, fmt)
        return [e0 * SLACK, (e1 + fmt.omega * sigma.gain(z)) * SLACK]

    kinks = tuple(kink.z for kink in sigma.kinks)
    quantities = (SIGMA, PRIME)
    return Function(name, quantities, probes.slopes, fast, true, allowed, anywhere, kinks)


def true_activation(name: str, z: Array) -> list[Array]:
    """σ and σ′ in balls."""
    from crossgrad.comparisons.parts.balls import true_sigma  # noqa: PLC0415 - needs python-flint

    return list(true_sigma(name, z))


def with_tail(sigma: Elementwise, absolute_below: float, z: Array) -> list[Pair]:
    """Pairs where they are good, else balls, and 0 where all is subnormal."""
    from crossgrad.comparisons.arithmetic.balls.balls import nearest_parts  # noqa: PLC0415 - needs python-flint

    usual = [choose(z < -TAIL, 0.0, value(z)) for value in (sigma.sigma, sigma.sigma_prime)]
    tail = (z > -TAIL) & (z < absolute_below)
    for pair, true in zip(usual, true_activation(sigma.name, z[tail]), strict=True):
        pair.hi[tail], pair.lo[tail] = nearest_parts(true)
    return usual


# ------------------------------------------------------------------ elementary functions
def logistic(z: Array) -> Array:
    """In the form that does not overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z > 0, 1, e) / (1 + e)


def softplus(z: Array) -> Array:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def erf(z: Array) -> Array:
    """NumPy has none, the standard library has."""
    return np.asarray(np.frompyfunc(math.erf, 1, 1)(z), np.float64)


def largest_power(z: Array, fmt: Format) -> Array:
    """Where eᶻ is finite in the format."""
    return z < math.log(largest(fmt))


def anywhere(z: Array, _fmt: Format) -> Array:
    return np.isfinite(z)


#: In float64, with the few roundings of NumPy; and where each counts. expm1 is what elu takes.
ELEMENTARY: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Format], Array]]] = {
    "exp": (np.exp, largest_power),
    "log": (np.log, lambda z, _: z > 0),
    "log1p": (np.log1p, lambda z, _: z > -1),
    "expm1": (np.expm1, lambda z, _: z <= 0),
    "tanh": (np.tanh, anywhere),
    "sigmoid": (logistic, anywhere),
    "softplus": (softplus, anywhere),
    "erf": (erf, anywhere),
}


#: Stands for a z that does not count.
ANYWHERE = dict.fromkeys(ELEMENTARY, -0.5) | {"log": 0.5}


def elementary(name: str) -> Function:
    """Of which an accuracy κ is declared, relative to the result."""
    double, inside = ELEMENTARY[name]

    def true(z: Array, fmt: Format) -> list[Array]:
        from crossgrad.comparisons.arithmetic.balls.elementary import true_values  # noqa: PLC0415 - needs python-flint

        return [true_values(name, np.where(inside(z, fmt), z, ANYWHERE[name]))]

    def fast(z: Array, fmt: Format) -> list[Pair]:
        if fmt.name != "float64":
            return [lift(double(z))]
        from crossgrad.comparisons.arithmetic.balls.balls import nearest_parts  # noqa: PLC0415 - needs python-flint

        return [Pair(*nearest_parts(true(z, fmt)[0]))]

    def allowed(_z: Array, values: list[Array], fmt: Format) -> list[Array]:
        size = np.abs(values[0])
        relative = getattr(fmt.kappa, name) * fmt.u * SLACK
        return [relative * np.maximum(size, smallest_normal(fmt))]

    return Function(name, (VALUE,), probes.values, fast, true, allowed, inside)


ACTIVATION_NAMES, ELEMENTARY_NAMES = tuple(ELEMENTWISE), tuple(ELEMENTARY)

"""What is measured: its truth, fast and in balls; what it may be off by; where it counts.

Fast is float64, or ``pairs`` of it, certified against balls: that is how the worst places are
found. What stands in a table is what balls say there.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.atlas import probes
from crossgrad.comparisons.atlas.arguments import largest, smallest_normal
from crossgrad.comparisons.local_errors import flush_gain, local_errors
from crossgrad.comparisons.pairs import Pair, choose, lift
from crossgrad.comparisons.pairs.activations import ACTIVATIONS
from crossgrad.comparisons.rounding import SLACK, Format
from crossgrad.comparisons.suprema import KINKS
from crossgrad.reference.parameters import Array

#: Φ is below 2⁻¹⁰⁷⁴ beyond it.
TAIL = 40.0
#: Left of it Φ, of which pairs have 2⁻⁶⁵, needs better; so does σ′, which has a root at -0.75.
SMALL_CDF = -0.5
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
    kinks = tuple(kink for kink, *_ in KINKS.get(name, ()))

    def fast(z: Array, fmt: Format) -> list[Pair]:
        if name == "gelu":
            return gelu_tail(z) if fmt.name == "float64" else gelu(z)
        return [function(z) for function in ACTIVATIONS[name]]

    def true(z: Array, _fmt: Format) -> list[Array]:
        return true_activation(name, z)

    def allowed(z: Array, values: list[Array], fmt: Format) -> list[Array]:
        a, d = (np.abs(value) for value in values)
        e0, e1 = local_errors(name, z, a, d, fmt)
        return [e0 * SLACK, (e1 + fmt.omega * flush_gain(name, z)) * SLACK]

    quantities = (SIGMA, PRIME)
    return Function(name, quantities, probes.slopes, fast, true, allowed, anywhere, kinks)


def true_activation(name: str, z: Array) -> list[Array]:
    """σ and σ′ in balls."""
    from crossgrad.comparisons.truth.activations import true_sigma  # noqa: PLC0415 - needs python-flint

    return list(true_sigma(name, z))


# ------------------------------------------------------------------ gelu: Φ to the last of its tail
def gelu(z: Array) -> list[Pair]:
    """For 16 and 32 bits, from erfc: the Φ of ``pairs`` is good in absolute terms only."""
    clipped = np.maximum(z, -TAIL)
    cdf = 0.5 * np.asarray(np.frompyfunc(math.erfc, 1, 1)(-clipped * math.sqrt(0.5)), np.float64)
    small = np.clip(z, -TAIL, TAIL)
    density = np.exp(-0.5 * small * small) / math.sqrt(2 * math.pi)
    return [lift(z * cdf), lift(cdf + small * density)]


def gelu_tail(z: Array) -> list[Pair]:
    """For float64: pairs where Φ is no small number, else balls, and 0 where all is subnormal."""
    from crossgrad.comparisons.truth.balls import nearest_parts  # noqa: PLC0415 - needs python-flint

    usual = [choose(z < -TAIL, 0.0, function(z)) for function in ACTIVATIONS["gelu"]]
    tail = (z > -TAIL) & (z < SMALL_CDF)
    for pair, true in zip(usual, true_activation("gelu", z[tail]), strict=True):
        pair.hi[tail], pair.lo[tail] = nearest_parts(true)
    return usual


# ------------------------------------------------------------------ elementary functions
def logistic(z: Array) -> Array:
    """In the form that does not overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z > 0, 1, e) / (1 + e)


def softplus(z: Array) -> Array:
    """Likewise."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def erf(z: Array) -> Array:
    """NumPy has none, the standard library has."""
    return np.asarray(np.frompyfunc(math.erf, 1, 1)(z), np.float64)


def largest_power(z: Array, fmt: Format) -> Array:
    """Where eᶻ is finite in the format."""
    return z < math.log(largest(fmt))


def anywhere(z: Array, _fmt: Format) -> Array:
    """At every finite number."""
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
        from crossgrad.comparisons.truth.elementary import true_values  # noqa: PLC0415 - needs python-flint

        return [true_values(name, np.where(inside(z, fmt), z, ANYWHERE[name]))]

    def fast(z: Array, fmt: Format) -> list[Pair]:
        if fmt.name != "float64":
            return [lift(double(z))]
        from crossgrad.comparisons.truth.balls import nearest_parts  # noqa: PLC0415 - needs python-flint

        return [Pair(*nearest_parts(true(z, fmt)[0]))]

    def allowed(_z: Array, values: list[Array], fmt: Format) -> list[Array]:
        size = np.abs(values[0])
        relative = getattr(fmt.kappa, name) * fmt.u * SLACK
        return [relative * np.maximum(size, smallest_normal(fmt))]

    return Function(name, (VALUE,), probes.values, fast, true, allowed, inside)


ACTIVATION_NAMES, ELEMENTARY_NAMES = tuple(ACTIVATIONS), tuple(ELEMENTARY)

"""How far an answer is from the truth: in ulps, as a share of what is allowed, in digits lost."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair
from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.commands.atlas.arguments import digits, largest, smallest_normal
from crossgrad.comparisons.commands.atlas.functions import PRIME, Function
from crossgrad.reference.parameters import Array


class Screen(NamedTuple):
    """Of one quantity: the truth, the size of its ulp, what it may be off by; where it counts.

    ``spared`` is what a result that may be flushed to zero is forgiven in ulps; of the bound only
    if ``allowed`` does not have it (``excused``). ``normal`` is where the
    truth has all digits: there alone they can be lost.
    """

    truth: Pair
    ulp: Array
    allowed: Array
    spared: Array
    excused: Array
    counted: Array
    normal: Array

    def at(self, index: Array) -> "Screen":
        arrays = (array[index] for array in self[1:])
        return Screen(self.truth.map(lambda part: part[index]), *arrays)


class Errors(NamedTuple):
    """Of one quantity, as one probe gives it: ulps, shares of what is allowed, no correct digit."""

    ulps: Array
    shares: Array
    lost: Array


def screens(function: Function, z: Array, fmt: Format, truths: Sequence[Pair]) -> list[Screen]:
    """A truth each for the quantities of a function."""
    values = [truth.nearest for truth in truths]
    allowed = function.allowed(z, values, fmt)
    inside = function.inside(z, fmt) & ((z == 0) | (np.abs(z) >= fmt.omega))
    found = []
    for quantity, truth, value, limit in zip(
        function.quantities, truths, values, allowed, strict=True
    ):
        size = np.abs(value)
        counted = inside & (size <= largest(fmt))
        if quantity == PRIME and function.kinks:
            counted &= ~np.isin(z, function.kinks)
        spared = np.where(size < fmt.omega, fmt.omega, 0.0)
        normal = counted & (size >= smallest_normal(fmt))
        bound = np.where(np.isnan(limit), np.inf, limit)  # 0 · ∞ where numbers end
        excused = spared if function.elementary else np.zeros_like(spared)
        found.append(Screen(truth, ulp(size, fmt), bound, spared, excused, counted, normal))
    return found


def fast_screens(function: Function, z: Array, fmt: Format) -> list[Screen]:
    wide = z.astype(np.float64)
    return screens(function, wide, fmt, function.fast(wide, fmt))


def exact_screens(function: Function, z: Array, fmt: Format) -> list[Screen]:
    """By balls, as good as two float64 can tell them."""
    from crossgrad.comparisons.arithmetic.balls.balls import nearest_parts  # noqa: PLC0415 - needs python-flint

    truths = [Pair(*nearest_parts(balls)) for balls in function.true(z, fmt)]
    return screens(function, z, fmt, truths)


def ulp(size: Array, fmt: Format) -> Array:
    """The distance of two numbers of the format there."""
    _, exponent = np.frexp(np.maximum(size, smallest_normal(fmt)))
    return np.ldexp(1.0, exponent - 1 - digits(fmt))


def errors(screen: Screen, given: Array) -> Errors:
    """What is not a number, or infinite, where the truth is finite has an infinite error."""
    error = np.abs((given - screen.truth.hi) - screen.truth.lo)
    error = np.where(screen.counted, np.where(np.isnan(error), np.inf, error), 0.0)
    beyond = np.maximum(error - screen.excused, 0)
    shares = np.divide(beyond, screen.allowed, out=np.zeros_like(error), where=beyond > 0)
    lost = screen.normal & (error >= np.abs(screen.truth.hi) / 2)
    return Errors(np.maximum(error - screen.spared, 0) / screen.ulp, shares, lost)

"""Numbers as balls: a middle, and a radius within which the truth surely lies (python-flint's arb).

A ball carries its own error through every operation. How many bits it takes is found by trying:
what is returned is *sharp*, known to 128 bits, or else far below every subnormal number.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import numpy as np
from flint import arb, ctx

#: Tried in turn. In 1536 bits 1 - tanh keeps 128 down to 2⁻¹²⁰⁰; the last is for z up to 2¹⁰²⁴.
BITS = (384, 1536, 6144)
#: A sharp ball is known this well: relative to its middle, in bits, or absolutely.
SHARP_BITS, SHARP_ABSOLUTE = 128, arb(2) ** -1200
#: A difference of a float and a ball is computed in so many bits; its rounding is in its radius.
DIFFERENCE_BITS = 256

Found = TypeVar("Found")
balls = np.frompyfunc(lambda number: arb(float(number)), 1, 1)
floats = np.frompyfunc(lambda ball: float(ball.mid()), 1, 1)


def is_sharp(ball: arb) -> bool:
    """Whether it is known to 128 bits, or within 2⁻¹²⁰⁰, where no float is but 0."""
    known = ball.rel_accuracy_bits() >= SHARP_BITS or ball.rad() < SHARP_ABSOLUTE
    return bool(ball.is_finite() and known)


def sharp(
    compute: Callable[[], Found],
    entries: Callable[[Any], Iterable[arb]] = iter,
) -> Found:
    """What is computed, in as many bits as make each of its balls sharp.

    Raises ``ArithmeticError`` where no number of bits does: the truth is not known then.
    """
    for bits in BITS:
        with ctx.workprec(bits), suppress(ValueError):  # a divisor whose ball still holds 0
            found = compute()
            if all(map(is_sharp, entries(found))):
                return found
    raise ArithmeticError(f"vague, even with {bits} bits")


# ------------------------------------------------------------------ floats against balls
def within(reported: np.ndarray, true: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Whether |reported - truth| ≤ bound, entry by entry: wherever in its ball the truth is.

    Exact: no rounding of the difference or of the bound can make it true. A NaN never is.
    """

    def certainly(number: float, ball: arb, limit: float) -> bool:
        return bool(abs(arb(float(number)) - ball) <= arb(float(limit)))

    with ctx.workprec(DIFFERENCE_BITS):
        return np.asarray(np.frompyfunc(certainly, 3, 1)(reported, true, bound), bool)


def distance(reported: np.ndarray, true: np.ndarray) -> np.ndarray:
    """|reported - truth| as float64, the truth where in its ball it is furthest."""
    with ctx.workprec(DIFFERENCE_BITS):
        far = abs(balls(reported) - true)
    return np.frompyfunc(lambda ball: float(ball.abs_upper()), 1, 1)(far).astype(np.float64)


def nearest_parts(true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """hi and lo, as float64, whose sum is nearest to the truth: 106 bits of it."""
    with ctx.workprec(DIFFERENCE_BITS):
        hi = floats(true).astype(np.float64)
        return hi, floats(true - balls(hi)).astype(np.float64)


class Parts(Protocol):
    """hi and lo, whose sum is meant."""

    @property
    def hi(self) -> np.ndarray:
        """The leading part."""

    @property
    def lo(self) -> np.ndarray:
        """The trailing part."""


def pair_within(pair: Parts, true: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Whether |hi + lo - truth| ≤ bound, likewise."""
    with ctx.workprec(BITS[0]):
        rest = true - balls(pair.lo)
    return within(pair.hi, rest, bound)

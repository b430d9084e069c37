"""What a number has to be, and how far a correct program may be off: the currency of equations.

An equation gives what its right side is; an error of that is handed on by the next. A number that
was reported is exactly what it is: its bound is 0.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add, attrgetter
from typing import NamedTuple, Protocol

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import ERROR, Pair, lift
from crossgrad.comparisons.arithmetic.rounding import CHECKERS, FORMATS, Format, gamma, share
from crossgrad.comparisons.arithmetic.wide import Wide
from crossgrad.reference.parameters import Array


class Expected(NamedTuple):
    """A value as the checker knows it, and the bound of a correct program's error, by entry.

    ``flushed`` gives the part of the bound that is for what may be flushed to zero.
    """

    value: Wide
    bound: Array | float
    flushed: Callable[[], Array | float] = lambda: 0.0

    @property
    def reach(self) -> Array:
        """The largest size that the true value can have."""
        return np.abs(self.value.pair.nearest) + self.value.own


class Extra(NamedTuple):
    """Roundings that an equation has besides its own.

    ``scaled``: of each scale that a program may apply to what it reports, two: see
    ``Cost.scaling_roundings``. ``stored`` is 0 where the result was not rounded as it was stored.
    """

    scaled: int = 0
    stored: Array | float = 1.0


#: None.
NONE = Extra()


class Equation(Protocol):
    """The right side of an equation of a layer: a ``Sum`` of products, or ``Derived`` by hand."""

    def expected(self, fmt: Format, extra: Extra = NONE) -> Expected:
        """Its value, and the bound of a program that computes in a format."""


class Derived(NamedTuple):
    """An equation that is no sum of products: its value, and its error for any u and ω.

    One derivation gives the bound of a program and, as a share of it, what the checker itself may
    err by.
    """

    value: Pair
    error: Callable[[Format], Array]

    def expected(self, fmt: Format, extra: Extra = NONE) -> Expected:
        """Scaling before or after is so many roundings more of the result.

        16-bit programs compute in float32, and round what they store once.
        """
        size = np.abs(self.value.nearest)
        error = self.error(FORMATS["float32"] if fmt.narrow else fmt)
        roundings = fmt.narrow + extra.scaled
        bound = error + roundings * fmt.u * (size + error) + fmt.narrow * fmt.omega
        own = self.error(CHECKERS[fmt.name])
        return Expected(Wide(self.value, own), bound)


def reported(array: Array) -> Expected:
    """A number that a program gave itself."""
    return Expected(Wide(lift(array.astype(np.float64)), np.zeros(())), 0.0)


def derived(value: Pair, error: Callable[[Format], Array], fmt: Format) -> Expected:
    """A value with a textbook error that is convex in (u, ω), of which the checker's is a share."""
    bound = error(fmt)
    without = fmt._replace(omega=0.0)
    return Expected(Wide(value, share(fmt) * bound), bound, lambda: bound - error(without))


def total(parts: Sequence[Expected], fmt: Format) -> Expected:
    """What several layers hand back to one: an addition less than there are parts, in any order."""
    first, *others = parts
    if not others:
        return first
    pair = reduce(add, (part.value.pair for part in parts))
    reach, bound = (reduce(add, map(attrgetter(name), parts)) for name in ("reach", "bound"))
    own = reduce(add, (part.value.own for part in parts)) + len(parts) * ERROR * reach
    lost = len(parts) * fmt.omega
    bound = bound + gamma(len(others), fmt.u) * (reach + bound) + lost
    return Expected(
        Wide(pair, own), bound, lambda: reduce(add, (part.flushed() for part in parts)) + lost
    )

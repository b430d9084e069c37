"""Constant factors that gradients may have, and what is told of each: 1/m, a 2, the sign.

A factor is of all gradients; one more may be of ∂C/∂W alone, or of ∂C/∂b alone. Two that are the
same number in a network, as 2 and m of two samples, are both there.
"""

from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.judging.textbook.texts import Lost, Of, Told
from crossgrad.reference.parameters import Array

#: The ends of a network: its inputs n_0, its outputs n_L, and m samples.
Sizes = tuple[int, int, int]


class Factor(NamedTuple):
    """What gradients are multiplied by; ``of_all``: what δ is, and whatever is of it."""

    told: tuple[Told, ...]
    of_all: float
    of_W: float
    of_b: float

    @property
    def pieces(self) -> int:
        return len(self.told)


def pieces(sizes: Sizes) -> dict[Lost, float]:
    """Those that are another number than 1."""
    inputs, n, m = sizes
    known = {
        Lost.SIGN: -1.0,
        Lost.M: float(m),
        Lost.PER_M: 1 / m,
        Lost.OUTPUTS: float(n),
        Lost.PER_OUTPUTS: 1 / n,
        Lost.OF_OUTPUTS: m / n if n > 1 else 1.0,  # of one output, 1/m is missing
        Lost.OF_INPUTS: m / inputs if inputs > 1 else 1.0,
        Lost.LESS_ONE: m / (m - 1) if m > 2 else 1.0,  # noqa: PLR2004 - of two, 1/m is missing
        Lost.TWICE: 2.0,
        Lost.HALF: 0.5,
    }
    return {lost: value for lost, value in known.items() if value != 1}


#: Of the mean over the batch, and of a sum over the outputs or of squares: one of each at most.
OF_MEAN = (Lost.M, Lost.PER_M, Lost.OF_OUTPUTS, Lost.OF_INPUTS, Lost.LESS_ONE)
OF_SUM = (Lost.OUTPUTS, Lost.PER_OUTPUTS, Lost.TWICE, Lost.HALF)


def products(sizes: Sizes) -> list[tuple[tuple[Lost, ...], float]]:
    """Of one of the mean, one of the sum and the sign, or none of each; but for what cancels."""
    known = pieces(sizes)
    means, sums = ([(), *((lost,) for lost in of if lost in known)] for of in (OF_MEAN, OF_SUM))
    unsigned = [mean + of_sum for mean in means for of_sum in sums]
    found = [(lost, prod(known[one] for one in lost)) for lost in unsigned]
    found = [(lost, value) for lost, value in found if value != 1 or not lost]
    return found + [((*lost, Lost.SIGN), -value) for lost, value in found]


@lru_cache(maxsize=64)
def factors(sizes: Sizes) -> tuple[list[Factor], Array]:
    """All of them, those of fewest pieces first; and the factors of ∂C/∂W and of ∂C/∂b, (2, k)."""
    inputs, n, m = sizes
    numbers = {"inputs": inputs, "n": n, "m": m}

    def told(lost: tuple[Lost, ...], of: Of) -> tuple[Told, ...]:
        return tuple(Told(one, {**numbers, "of": of}) for one in lost)

    found = []
    for lost, value in products(sizes):
        found.append(Factor(told(lost, Of.ALL), value, value, value))
        for one, more in pieces(sizes).items():
            both = value * more
            of_W, of_b = (told(lost, Of.ALL) + told((one,), of) for of in (Of.W, Of.B))
            found += [Factor(of_W, value, both, value), Factor(of_b, value, value, both)]
    found.sort(key=lambda factor: factor.pieces)
    return found, np.array([[f.of_W for f in found], [f.of_b for f in found]])


def matching(sizes: Sizes, ratios: Array, near: float) -> list[Factor]:
    """Those that are the ratio of ∂C/∂W and that of ∂C/∂b, (2,), but for a share.

    A ratio that is NaN is of gradients that are not there, or 0: it says nothing.
    """
    known, values = factors(sizes)
    off = np.abs(ratios[:, None] - values) <= near * np.abs(values)
    return [known[k] for k in np.flatnonzero((off | np.isnan(ratios)[:, None]).all(axis=0))]


@lru_cache(maxsize=64)
def as_simple(sizes: Sizes, most: int) -> int:
    """How many are of at most so many pieces: of so many one is chosen."""
    return sum(factor.pieces <= most for factor in factors(sizes)[0])

"""How many entries of a comparison lie how far off, in bins of powers of two.

Bin 0 has what is off by nothing, the last has what is beyond the last edge; bin k has what is
above edge k - 1 and at most edge k. Counts of many comparisons add up bin by bin.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import log2

import numpy as np

from crossgrad.reference.parameters import Array

#: A bin for each power of two of a residual, down to a thousandth of the bound; 1 is the last edge.
RESIDUAL_EDGES = (0.0, *(2.0**k for k in range(-10, 1)))
#: Likewise of a distance in ulps: the nearest number is at most half of one away.
ULP_EDGES = (0.0, *(2.0**k for k in range(-1, 21)))

#: Of a float64: the bits of its mantissa, how many exponents there are if the sign counts as a bit
#: of theirs, and what is added to each.
MANTISSA, EXPONENTS, BIAS = 52, 2**12, 1023

Counts = tuple[int, ...]


@lru_cache
def firsts(edges: tuple[float, ...]) -> Array:
    first = BIAS + int(log2(edges[1]))
    return np.array([0, *range(first, first + len(edges) - 1)])


def counted(values: Array, edges: tuple[float, ...]) -> Counts:
    """How many of the values, none of them negative, are in each bin; NaN is beyond.

    By the exponent of the number just below, which is several times as fast as to search the edges:
    so a power of two is in the bin that it is the edge of. Nothing is below 0, whose bits wrap
    around to the highest exponent, where what is beyond the last edge is.
    """
    below = values.view(np.uint64) - 1
    below >>= MANTISSA
    exponents = np.bincount(below.view(np.int64).ravel(), minlength=EXPONENTS)
    bins = np.add.reduceat(exponents, firsts(edges)).tolist()
    zeros = values.size - int(np.count_nonzero(values))
    return (zeros, *bins[:-1], bins[-1] - zeros)


def added(one: Counts, other: Counts) -> Counts:
    """The counts of both; nothing was counted where there are none."""
    return tuple(x + y for x, y in zip(one, other, strict=True)) if one and other else one or other


def quantile(counts: Counts, edges: Sequence[float], share: float) -> float:
    """The edge below which so large a share of the entries lies; infinite beyond the last one."""
    below = np.cumsum(counts)
    place = int(np.searchsorted(below, share * below[-1]))
    return [*edges, float("inf")][place]

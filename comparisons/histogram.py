"""How many entries of a comparison lie how far off, in bins of powers of two.

Bin 0 has what is off by nothing, the last has what is beyond the last edge; bin k has what is
above edge k - 1 and at most edge k. Counts of many comparisons add up bin by bin.
"""

from collections.abc import Sequence
from math import log2

import numpy as np

from reference.parameters import Array

#: A bin for each power of two of a residual, down to a thousandth of the bound; 1 is the last edge.
RESIDUAL_EDGES = (0.0, *(2.0**k for k in range(-10, 1)))
#: Likewise of a distance in ulps: the nearest number is at most half of one away.
ULP_EDGES = (0.0, *(2.0**k for k in range(-1, 21)))

Counts = tuple[int, ...]


def counted(values: Array, edges: Sequence[float]) -> Counts:
    """How many of the values, none of them negative, are in each bin; NaN is beyond.

    By their exponents, which is several times as fast as to search the edges.
    """
    mantissa, exponent = np.frexp(values)  # in [1/2, 1), so that a power of two is one too high
    bins = exponent - (mantissa == 0.5) - int(log2(edges[1])) + 1  # noqa: PLR2004
    bins = np.where(values == 0, 0, np.clip(bins, 1, len(edges)))
    bins[~np.isfinite(values)] = len(edges)
    return tuple(np.bincount(bins, minlength=len(edges) + 1).tolist())


def added(one: Counts, other: Counts) -> Counts:
    """The counts of both; nothing was counted where there are none."""
    return tuple(x + y for x, y in zip(one, other, strict=True)) if one and other else one or other


def quantile(counts: Counts, edges: Sequence[float], share: float) -> float:
    """The edge below which so large a share of the entries lies; infinite beyond the last one."""
    below = np.cumsum(counts)
    place = int(np.searchsorted(below, share * below[-1]))
    return [*edges, float("inf")][place]

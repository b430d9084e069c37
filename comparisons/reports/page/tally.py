"""How the entries of a group are distributed, in units of the bound and in ulps."""

from collections.abc import Iterable

import numpy as np

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES, Counts, quantile
from crossgrad.comparisons.judging.row import Row
from crossgrad.reference.parameters import Array

#: Bins of residuals; behind them stand those of ulps.
BINS = len(RESIDUAL_EDGES) + 1
ALL_BINS = BINS + len(ULP_EDGES) + 1
#: Shares of the entries: half, nine tenths, all but a thousandth.
MEDIAN, MOST, LAST = 0.5, 0.9, 0.999
SHARES = {MEDIAN: "median", MOST: "90%", LAST: "99.9%"}


def counts_of(row: Row) -> Array:
    """Of a row, both in one; zeros, where a row of long ago has none."""
    return np.array(row.residuals + row.distances or (0,) * ALL_BINS)


class Tally:
    """Counts and the largest residual; as large after a million rows as after one."""

    __slots__ = ("counts", "largest")

    def __init__(self) -> None:
        self.counts = np.zeros(ALL_BINS, np.int64)
        self.largest = 0.0

    def add(self, counts: Array, residual: float) -> None:
        self.counts += counts
        self.largest = max(self.largest, residual)

    @classmethod
    def of(cls, tallies: Iterable["Tally"]) -> "Tally":
        whole = cls()
        for tally in tallies:
            whole.add(tally.counts, tally.largest)
        return whole

    @property
    def entries(self) -> int:
        return int(self.counts[:BINS].sum())

    @property
    def residuals(self) -> Counts:
        """By residual, in the bins of ``RESIDUAL_EDGES``."""
        return tuple(self.counts[:BINS].tolist())

    @property
    def distances(self) -> Counts:
        """By ulps, in the bins of ``ULP_EDGES``."""
        return tuple(self.counts[BINS:].tolist())

    def residual_below(self, share: float) -> float:
        """The edge below which so large a share of the residuals lies, or the largest of them."""
        return min(quantile(self.residuals, RESIDUAL_EDGES, share), self.largest)

    def ulps_below(self, share: float) -> float:
        """The edge below which so large a share lies, in ulps; infinite beyond the last edge."""
        return quantile(self.distances, ULP_EDGES, share)

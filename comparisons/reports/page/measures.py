"""What errors are measured in: units of the bound, or ulps."""

from collections.abc import Callable
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.histogram import RESIDUAL_EDGES, ULP_EDGES, Counts
from crossgrad.comparisons.reports.numbers import percent, typeset
from crossgrad.comparisons.reports.page.exhibit import at_most
from crossgrad.comparisons.reports.page.strips import Scale
from crossgrad.comparisons.reports.page.tally import Tally


class Measure(NamedTuple):
    """How errors are drawn, counted, cut into shares, and what else is told of them."""

    name: str
    unit: str
    scale: Scale
    counts: Callable[[Tally], Counts]
    below: Callable[[Tally, float], float]
    more: str
    told: Callable[[Tally], str]

    def at_most(self, tally: Tally, share: float) -> str:
        """The edge below which so large a share lies, for a table."""
        return at_most(self.below(tally, share), self.scale.edges[-1])


def equal(tally: Tally) -> str:
    """The share of entries that are off by nothing."""
    return percent(tally.distances[0] / tally.entries)


IN_BOUNDS = Measure(
    "bound", "units of the bound",
    Scale(RESIDUAL_EDGES, 2, "residual: error ÷ bound; 1 is the bound", bad=True),
    lambda tally: tally.residuals, Tally.residual_below,
    "largest", lambda tally: typeset(tally.largest),
)  # fmt: skip
IN_ULPS = Measure(
    "ulps", "ulps", Scale(ULP_EDGES, 4, "ulps; the last box is more", bad=False),
    lambda tally: tally.distances, Tally.ulps_below,
    "no difference", equal,
)  # fmt: skip

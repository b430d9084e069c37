"""The kinds of networks in which a fault shows, and random ones of each kind."""

from typing import NamedTuple

from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import raw_bits

#: Every faulty network has three layers: a first, a middle and a last.
DEPTH = 3


class Kind(NamedTuple):
    """Which activations and costs, and the least and largest width and batch.

    ``inner`` are the limits of the widths between the input and the output.
    """

    activations: tuple[str, ...] = ("sigmoid", "tanh", "softplus", "silu")
    costs: tuple[str, ...] = ("quadratic", "mse")
    widths: tuple[int, int] = (2, 6)
    inner: tuple[int, int] | None = None
    batch: tuple[int, int] = (2, 6)
    square: bool = False

    def scenario(self, dtype: str, seed: int) -> Scenario:
        """A random network of this kind, with one draw of each regime."""
        bits = iter(raw_bits((32,), seed, 0, 1 << 35).tolist())

        def between(limits: tuple[int, int]) -> int:
            return limits[0] + next(bits) % (limits[1] - limits[0] + 1)

        limits = [self.widths, *[self.inner or self.widths] * (DEPTH - 1), self.widths]
        widths = [between(limit) for limit in limits]
        if self.square:
            widths = widths[:1] * len(widths)
        cost = self.costs[next(bits) % len(self.costs)]
        names = [self.activations[next(bits) % len(self.activations)] for _ in range(DEPTH)]
        names[-1] = COSTS[cost].last or names[-1]
        net = Architecture(tuple(widths), tuple(names), cost)
        return Scenario(net, dtype, between(self.batch), seed)


SMOOTH = Kind()
SQUARE = Kind(widths=(3, 5), square=True)
#: As many samples as units: what is summed or broadcast along the wrong axis has a shape that fits.
CUBE = Kind(widths=(4, 4), batch=(4, 4), square=True)
WIDE = Kind(inner=(34, 36))
ODD = Kind(widths=(5, 5))
ONE_SAMPLE = Kind(batch=(1, 1))
LARGE_BATCH = Kind(batch=(18, 24))
#: Batches that are no multiple of four.
UNEVEN = Kind(batch=(5, 7))
#: The reductions of mse and of a mean over the batch are no powers of two, and differ.
OUTPUTS = Kind(widths=(3, 3), batch=(5, 5), costs=("mse",))
QUADRATIC = Kind(costs=("quadratic",))
BINARY = Kind(costs=("binary_cross_entropy",), widths=(5, 8), batch=(5, 8))
LOGITS = Kind(costs=("sigmoid_cross_entropy",), widths=(5, 8), batch=(5, 8))
#: Whole numbers stay whole numbers on their way to the logits: some are exactly 0.
EXACT_LOGITS = LOGITS._replace(activations=("identity", "relu", "hardtanh"))
SOFTMAX = Kind(costs=("softmax_cross_entropy",), widths=(6, 9))


def of(*activations: str) -> Kind:
    """A kind whose every layer has one of these activations; many units, some in every tail."""
    return Kind(activations, widths=(7, 9), batch=(5, 8))


def of_costs(*costs: str) -> Kind:
    """A kind with one of these costs: of several outputs and samples."""
    return Kind(costs=costs, widths=(5, 8), batch=(5, 8))

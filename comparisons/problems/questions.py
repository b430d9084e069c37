"""Small networks that a program of somebody's own is asked, to find out what it supports."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.domain import ACTIVATIONS, OUTPUTS, Domain
from crossgrad.comparisons.problems.generations import NEWEST
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS

#: Widths that any program takes, and those of the lecture, of textbooks and of curves (a function
#: of one number), which some insist on.
ANY_WIDTHS = ((3, 2), (3, 4, 2), (3, 4, 4, 2))
SPECIAL_WIDTHS = (
    (2, 2, 1), (2, 1), (3, 4, 4, 1), (2, 100, 3), (4, 4, 4, 4), (784, 30, 10),
    (1, 1), (1, 4, 1), (1, 4, 2), (1, 4, 4, 1),
)  # fmt: skip
#: So many combinations of widths are asked one by one.
FEW = 64


@dataclass(frozen=True, slots=True)
class Question:
    """A network, a number of samples, and how targets are."""

    net: Architecture
    batch: int = 4
    labels: str = ""

    def with_net(
        self,
        widths: Sequence[int] | None = None,
        hidden: Sequence[str] | None = None,
        pair: tuple[str, str] | None = None,
    ) -> "Question":
        """Another network: other widths, hidden activations, or last activation and cost."""
        *inner, last = self.net.activations
        output, cost = pair or (last, self.net.cost)
        names = (*(inner if hidden is None else hidden), output)
        return replace(self, net=Architecture(tuple(widths or self.net.widths), names, cost))

    @property
    def drawn_as(self) -> tuple[tuple[int, ...], str, int, str]:
        """What its arrays depend on: see ``arrays``."""
        return self.net.widths, self.net.cost, self.batch, self.labels


def arrays(dtype: str, drawn_as: tuple[tuple[int, ...], str, int, str]) -> Problem:
    """Ordinary ones, whatever the activations."""
    widths, cost, batch, labels = drawn_as
    names = *("sigmoid",) * (len(widths) - 2), COSTS[cost].last or "sigmoid"
    net = Architecture(widths, names, cost)
    return Scenario(net, dtype, batch, 0, 1, NEWEST, labels).problems()[0]


def candidates(wanted: Domain) -> Iterator[Question]:
    """Any pair of output and cost, with any hidden activation; a single sample, labels one-hot."""
    batches = dict.fromkeys((*wanted.batches[:1], 4, 1))
    for widths in dict.fromkeys((*wanted_widths(wanted), *ANY_WIDTHS, *SPECIAL_WIDTHS)):
        for labels in ("", *LABELS):
            for batch in batches:
                for output, cost in OUTPUTS:
                    for hidden in hidden_activations(len(widths) - 2, output):
                        yield Question(Architecture(widths, (*hidden, output), cost), batch, labels)


def wanted_widths(wanted: Domain) -> Iterator[tuple[int, ...]]:
    """Of small networks, the numbers that a run is about: all, if they are few, or the first.

    Of a number of layers, the smallest network first.
    """
    places = (wanted.inputs or (3,), wanted.hidden or (4,), wanted.last or (2,))
    for depth in wanted.depths[:1] or (1, 2, 3):
        chosen = (places[0], *[places[1]] * (depth - 1), places[2])
        few = math.prod(map(len, chosen)) <= FEW
        yield from sorted(product(*(chosen if few else [n[:1] for n in chosen])), key=math.prod)


def hidden_activations(number: int, output: str) -> Iterator[tuple[str, ...]]:
    """The same in so many layers: that of the last, then all."""
    if number == 0:
        yield ()
        return
    for name in dict.fromkeys((output, *ACTIVATIONS)):
        yield (name,) * number

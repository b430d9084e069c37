"""Scenarios: everything needed to regenerate problems, in an id that a person can read.

``5x8x3-tanh,sigmoid-mse-float32-m4-s17-g2`` is a network of widths 5, 8 and 3, with tanh and
sigmoid, the mse cost, in float32, batches of 4, seed 17, drawn as generation 2 does (without the
``-g2``: as generation 1 did). ``-k2`` before it asks for 2 draws where the default is one of each
regime; ``-onehot`` behind it asks for such targets.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.comparisons.problems.problem import Problem, unstack_problems
from crossgrad.comparisons.problems.regimes import draw_problems
from crossgrad.reference.architecture import Architecture

#: More numbers than this fit into no machine's memory.
LARGEST = 1 << 36
GRAMMAR = (
    "WIDTHS-ACTIVATIONS-COST-DTYPE-mBATCH-sSEED-gGENERATION, "
    "as in 5x8x3-tanh,sigmoid-mse-float32-m4-s17-g2"
)
PATTERN = re.compile(
    r"(?P<widths>[0-9x]+)-(?P<activations>[a-z0-9_,]+)-(?P<cost>[a-z0-9_]+)-(?P<dtype>[a-z0-9]+)"
    r"-m(?P<batch>[0-9]+)-s(?P<seed>[0-9]+)(-k(?P<draws>[0-9]+))?(-g(?P<generation>[0-9]+))?"
    rf"(-(?P<labels>{'|'.join(LABELS)}))?"
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """An architecture, a format, a batch size, a seed, a number of draws, and how they are drawn.

    ``labels``: a name of ``LABELS``, or empty. Raises ``ValueError``, with one line that names the
    culprit.
    """

    architecture: Architecture
    dtype: str
    batch: int
    seed: int
    draws: int = len(GENERATIONS[1].regimes)
    generation: int = 1
    labels: str = ""

    def __post_init__(self) -> None:
        """Validate once."""
        usual_draws(self.generation)
        if self.dtype not in ALL_FORMATS:
            raise ValueError(f"dtype {self.dtype!r}: known are {', '.join(ALL_FORMATS)}")
        if self.labels not in ("", *LABELS):
            raise ValueError(f"labels {self.labels!r}: known are {', '.join(LABELS)}")
        if self.batch < 1 or self.draws < 1:
            raise ValueError(f"batch {self.batch}, draws {self.draws}: both must be at least 1")
        if self.numbers > LARGEST:
            raise ValueError(f"{self.numbers:.1e} numbers to draw: at most {LARGEST:.1e}")
        if not 0 <= self.seed < 1 << 64:
            raise ValueError(f"seed {self.seed}: must be at least 0 and below 2**64")

    def __str__(self) -> str:
        """The id; ``Scenario.parse`` gives the scenario back."""
        net = self.architecture
        widths, activations = "x".join(map(str, net.widths)), ",".join(net.activations)
        parts = [
            f"{widths}-{activations}-{net.cost}-{self.dtype}-m{self.batch}-s{self.seed}",
            "" if self.draws == len(self.regimes) else f"k{self.draws}",
            "" if self.generation == 1 else f"g{self.generation}",
            self.labels,
        ]
        return "-".join(filter(None, parts))

    @property
    def regimes(self) -> tuple[str, ...]:
        """The names of its generation's regimes, which its draws have in turn."""
        return GENERATIONS[self.generation].regimes

    def regime(self, draw: int) -> str:
        return self.regimes[draw % len(self.regimes)]

    @property
    def numbers(self) -> int:
        """How many numbers all draws have: weights, biases, batches and targets."""
        widths = self.architecture.widths
        weights = sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))
        return self.draws * (weights + self.batch * (widths[0] + widths[-1]))

    @classmethod
    def parse(cls, text: str) -> "Scenario":
        """The scenario of an id; raises ``ValueError`` with one line that names the culprit."""
        match = PATTERN.fullmatch(text)
        if not match or "" in match["widths"].split("x"):
            raise ValueError(f"scenario {text!r}: expected {GRAMMAR}")
        try:
            widths = tuple(map(int, match["widths"].split("x")))
            net = Architecture(widths, tuple(match["activations"].split(",")), match["cost"])
            batch, seed, generation = (
                int(match[key] or 1) for key in ("batch", "seed", "generation")
            )
            draws = int(match["draws"] or usual_draws(generation))
            labels = match["labels"] or ""
            scenario = cls(net, match["dtype"], batch, seed, draws, generation, labels)
        except ValueError as error:
            raise ValueError(f"scenario {text!r}: {error}") from None
        if str(scenario) != text:
            raise ValueError(f"scenario {text!r}: write it {scenario}")
        return scenario

    def stack(self, draws: range | None = None) -> Problem:
        """Its draws, or some of them, as one problem with a leading axis over them."""
        chosen = range(self.draws) if draws is None else draws
        drawn_as = self.generation, self.labels
        return draw_problems(
            self.architecture, self.dtype, self.batch, self.seed, chosen, *drawn_as
        )

    def problem(self, draw: int) -> Problem:
        return unstack_problems(self.stack(range(draw, draw + 1)))[0]

    def problems(self) -> list[Problem]:
        return unstack_problems(self.stack())


def usual_draws(generation: int) -> int:
    """One of each of its regimes; raises ``ValueError``."""
    if generation not in GENERATIONS:
        raise ValueError(f"generation {generation}: known are {', '.join(map(str, GENERATIONS))}")
    return len(GENERATIONS[generation].regimes)

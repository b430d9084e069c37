"""Scenarios: everything needed to regenerate problems, in an id that a person can read.

``5x8x3-tanh,sigmoid-mse-float32-m4-s17`` is a network of widths 5, 8 and 3, with tanh and
sigmoid, the mse cost, in float32, batches of 4, seed 17; ``-k2`` at the end asks for 2 draws
where the default is 8, one of each regime.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from comparisons.problem import Problem, unstack_problems
from comparisons.regimes import draw_problems
from comparisons.rounding import ALL_FORMATS, FORMATS
from reference.architecture import ACTIVATIONS, COSTS, LAST_ACTIVATION, Architecture
from reference.parameters import raw_bits

#: Defaults of a run: random architectures, and draws of each, one of every regime.
ARCHITECTURES = 30
DRAWS = 8
#: More numbers than this fit into no machine's memory.
LARGEST = 1 << 36
GRAMMAR = "WIDTHS-ACTIVATIONS-COST-DTYPE-mBATCH-sSEED, as in 5x8x3-tanh,sigmoid-mse-float32-m4-s17"
PATTERN = re.compile(
    r"(?P<widths>[0-9x]+)-(?P<activations>[a-z_,]+)-(?P<cost>[a-z_]+)-(?P<dtype>[a-z0-9]+)"
    r"-m(?P<batch>[0-9]+)-s(?P<seed>[0-9]+)(-k(?P<draws>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """An architecture, a format, a batch size, a seed and a number of draws.

    Raises ``ValueError``, with one line that names the culprit.
    """

    architecture: Architecture
    dtype: str
    batch: int
    seed: int
    draws: int = DRAWS

    def __post_init__(self) -> None:
        """Validate once."""
        if self.dtype not in ALL_FORMATS:
            raise ValueError(f"dtype {self.dtype!r}: known are {', '.join(ALL_FORMATS)}")
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
        draws = "" if self.draws == DRAWS else f"-k{self.draws}"
        name = f"{widths}-{activations}-{net.cost}-{self.dtype}"
        return f"{name}-m{self.batch}-s{self.seed}{draws}"

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
        widths = tuple(map(int, match["widths"].split("x")))
        try:
            net = Architecture(widths, tuple(match["activations"].split(",")), match["cost"])
            batch, seed, draws = (int(match[key] or DRAWS) for key in ("batch", "seed", "draws"))
            scenario = cls(net, match["dtype"], batch, seed, draws)
        except ValueError as error:
            raise ValueError(f"scenario {text!r}: {error}") from None
        if str(scenario) != text:
            raise ValueError(f"scenario {text!r}: write it {scenario}")
        return scenario

    def stack(self, draws: range | None = None) -> Problem:
        """Its draws, or some of them, as one problem with a leading axis over them."""
        chosen = range(self.draws) if draws is None else draws
        return draw_problems(self.architecture, self.dtype, self.batch, self.seed, chosen)

    def problems(self) -> list[Problem]:
        """Its draws, one by one."""
        return unstack_problems(self.stack())


# ------------------------------------------------------------------ the lecture's networks
#: The logistic neuron, the 2-2-1 network with either cost, L layers, and the spiral classifier.
LECTURE = (
    Architecture((2, 1), ("sigmoid",), "quadratic"),
    Architecture((2, 2, 1), ("sigmoid",) * 2, "quadratic"),
    Architecture((2, 2, 1), ("sigmoid",) * 2, "mse"),
    Architecture((3, 4, 4, 2), ("sigmoid",) * 3, "quadratic"),
    Architecture((2, 100, 3), ("relu", "identity"), "softmax_cross_entropy"),
)


def lecture_scenarios(draws: int, seed: int, dtypes: tuple[str, ...]) -> list[Scenario]:
    """The lecture's networks in each format, on batches of 4."""
    return [Scenario(network, dtype, 4, seed, draws) for network in LECTURE for dtype in dtypes]


# ------------------------------------------------------------------ those of a run
class Choice(NamedTuple):
    """The options that choose the scenarios of a run; ``None`` stands for the default."""

    scenario: list[str] | None = None
    architectures: int | None = None
    draws: int | None = None
    seed: int | None = None
    dtype: list[str] | None = None

    def scenarios(self) -> list[Scenario]:
        """Those named, or the lecture's networks and random ones.

        Raises ``ValueError`` with one line that names the option to blame.
        """
        if self.scenario:
            for name, value in zip(self._fields[1:], self[1:], strict=True):
                if value is not None:
                    raise ValueError(f"--{name} has no effect on --scenario: give one of them")
            return list(dict.fromkeys(map(Scenario.parse, self.scenario)))
        for name in ("architectures", "draws"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"--{name} {getattr(self, name)}: at least 1 is needed")
        rest = self.draws or DRAWS, self.seed or 0, self.dtypes
        return lecture_scenarios(*rest) + random_scenarios(
            self.architectures or ARCHITECTURES, *rest
        )

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The formats."""
        return tuple(dict.fromkeys(self.dtype or FORMATS))

    def as_dict(self) -> dict[str, object]:
        """With the defaults in place: equal choices are told to be equal."""
        if self.scenario:
            return {"scenario": list(dict.fromkeys(self.scenario))}
        return {
            "architectures": self.architectures or ARCHITECTURES,
            "draws": self.draws or DRAWS,
            "seed": self.seed or 0,
            "dtype": list(self.dtypes),
        }


def parse_shard(text: str | None) -> tuple[int, int]:
    """k and n; raises ``ValueError``."""
    if text is None:
        return 1, 1
    k, _, n = text.partition("/")
    if not ((k + n).isascii() and k.isdigit() and n.isdigit() and 1 <= int(k) <= int(n)):
        raise ValueError(f"--shard {text!r}: expected k/n with 1 ≤ k ≤ n, as in 1/3")
    return int(k), int(n)


# ------------------------------------------------------------------ random architectures
def random_scenarios(count: int, draws: int, seed: int, dtypes: tuple[str, ...]) -> list[Scenario]:
    """``count`` random architectures in each format; the same for the same arguments, for ever."""
    return [
        random_scenario(index, draws, seed, dtype) for index in range(count) for dtype in dtypes
    ]


def random_scenario(index: int, draws: int, seed: int, dtype: str) -> Scenario:
    """One of them."""
    bits = choices(seed, index)
    architecture = random_architecture(bits, index)
    batch = 1 + log_uniform(bits, 32)
    return Scenario(architecture, dtype, batch, next(bits) % 1_000_000, draws)


def random_architecture(bits: Iterator[int], index: int) -> Architecture:
    """Depth 1–8, widths 1–64. The index runs through depths, costs and activations in turn."""
    cost = COSTS[index % len(COSTS)]
    featured = ACTIVATIONS[index % len(ACTIVATIONS)]
    last = LAST_ACTIVATION.get(cost)
    depth = max(1 + index % 8, 1 if last is None else 2)
    widths = tuple(1 + log_uniform(bits, 64) for _ in range(depth + 1))
    mixed = next(bits) % 2
    activations = [pick(bits, ACTIVATIONS) if mixed else featured for _ in range(depth)]
    activations[next(bits) % (depth if last is None else depth - 1)] = featured
    if last is not None:
        activations[-1] = last
    return Architecture(widths, tuple(activations), cost)


def choices(seed: int, index: int) -> Iterator[int]:
    """Raw bits, without end, for the choices of one architecture."""
    return iter(raw_bits((64,), seed, index, 1 << 34).tolist())


def log_uniform(bits: Iterator[int], limit: int) -> int:
    """A number below ``limit``, a power of two; each power of two is reached equally often."""
    below = 2 << next(bits) % (limit.bit_length() - 1)
    return next(bits) % below


def pick(bits: Iterator[int], names: tuple[str, ...]) -> str:
    """One of the names."""
    return names[next(bits) % len(names)]

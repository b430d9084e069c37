"""The options that choose the scenarios of a run, and what they choose."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.problems.domain import EVERYTHING, Domain, domain_of
from crossgrad.comparisons.problems.generations import NEWEST, RESTRICTIONS
from crossgrad.comparisons.problems.networks import (
    Network,
    known,
    network,
    networks_of_round,
    round_of_networks,
)
from crossgrad.comparisons.problems.scenario import Scenario, usual_draws
from crossgrad.reference.architecture import Architecture

#: Random architectures of a run, and draws of each; of the small ones, which are most of them and
#: each in one of the formats, in turns, fewer: the first regimes.
ARCHITECTURES, DRAWS, OF_SMALL = networks_of_round(EVERYTHING), usual_draws(NEWEST), 3
#: Of whoever supports less than everything each has all draws. Of whose networks are all large
#: there are fewer: until they have so many numbers.
ENOUGH = 50_000_000
#: The logistic neuron, the 2-2-1 network with either cost, L layers, and the spiral classifier.
LECTURE = (
    Architecture((2, 1), ("sigmoid",), "quadratic"),
    Architecture((2, 2, 1), ("sigmoid",) * 2, "quadratic"),
    Architecture((2, 2, 1), ("sigmoid",) * 2, "mse"),
    Architecture((3, 4, 4, 2), ("sigmoid",) * 3, "quadratic"),
    Architecture((2, 100, 3), ("relu", "identity"), "softmax_cross_entropy"),
)
#: Samples of the lecture's networks: a few, and one, as they are worked out by hand.
BATCH, ONE_SAMPLE = 4, 1


class Choice(NamedTuple):
    """The options that choose the scenarios of a run; ``None`` stands for the default."""

    scenario: list[str] | None = None
    architectures: int | None = None
    draws: int | None = None
    seed: int | None = None
    dtype: list[str] | None = None
    activation: list[str] | None = None
    output: list[str] | None = None
    cost: list[str] | None = None
    depth: list[str] | None = None
    width: list[str] | None = None
    batch: list[str] | None = None
    labels: str | None = None

    def scenarios(
        self, supported: Domain = EVERYTHING, *, compiles: bool = False
    ) -> list[Scenario]:
        """Those named, or the lecture's networks and random ones, of what a backend supports.

        ``compiles``: where no number is asked for, fewer, for whoever compiles each of them.
        Raises ``ValueError`` with one line that names the option to blame.
        """
        domain = self.domain & supported
        if self.scenario:
            return self.named(self.scenario)
        for name in ("architectures", "draws"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"--{name} {getattr(self, name)}: at least 1 is needed")
        rest = self.draws or DRAWS, self.seed or 0, self.dtypes, domain
        turns = compiles and not self.architectures
        lecture = [  # first: it refuses a seed that is none
            scenario
            for batch in (BATCH, ONE_SAMPLE)
            for scenario in lecture_scenarios(*rest, turns=turns, batch=batch)
        ]
        if self.architectures:
            drawn = random_scenarios(self.architectures, *rest)
        elif compiles:
            drawn = compiled_scenarios(*rest)
        else:
            everything = known(domain, 0) == known(EVERYTHING, 0)
            small = OF_SMALL if everything and not self.draws else None
            drawn = enough(round_of_scenarios(*rest, small=small))
        return lecture + drawn

    def named(self, ids: list[str]) -> list[Scenario]:
        """The scenarios of these ids, once each, which have to be what the other options ask for.

        Raises ``ValueError`` if one is not, and for an option that only says what to draw.
        """
        for name in ("architectures", "draws", "seed"):
            if getattr(self, name) is not None:
                raise ValueError(f"--{name} has no effect on --scenario: give one of them")
        scenarios = list(dict.fromkeys(map(Scenario.parse, ids)))
        for name in ("dtype", *RESTRICTIONS):
            others = [scenario for scenario in scenarios if not self.agrees(name, scenario)]
            if others:
                value = getattr(self, name)
                text = value if isinstance(value, str) else ", ".join(value)
                raise ValueError(f"--{name} {text}: --scenario {others[0]} is another")
        return scenarios

    def in_pairs(self, scenario: Scenario) -> bool:
        """Whether backends are held to agree in it, besides being judged each by itself.

        In the many small networks of a default run they are not: a third of the time.
        """
        few = scenario.draws == OF_SMALL
        return not few or bool(self.scenario or self.draws or self.architectures)

    def agrees(self, name: str, scenario: Scenario) -> bool:
        """Whether a scenario is one of those that an option asks for."""
        if name == "dtype":
            return not self.dtype or scenario.dtype in self.dtype
        domain = domain_of({name: getattr(self, name)})
        return domain.admits(scenario.architecture, scenario.batch, scenario.labels)

    @property
    def domain(self) -> Domain:
        """What the options restrict the networks to; raises ``ValueError``."""
        return domain_of({name: getattr(self, name) for name in RESTRICTIONS})

    @property
    def dtypes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.dtype or FORMATS))

    def as_dict(self) -> dict[str, object]:
        """With the defaults in place: equal choices are told to be equal."""
        if self.scenario:
            return {"scenario": list(dict.fromkeys(self.scenario))}
        return {
            "generation": NEWEST,
            "architectures": self.architectures or ARCHITECTURES,
            "draws": self.draws or DRAWS,
            "seed": self.seed or 0,
            "dtype": list(self.dtypes),
            **{name: getattr(self, name) for name in RESTRICTIONS if getattr(self, name)},
        }


def parse_shard(text: str | None) -> tuple[int, int]:
    """k and n; raises ``ValueError``."""
    if text is None:
        return 1, 1
    k, _, n = text.partition("/")
    if not ((k + n).isascii() and k.isdigit() and n.isdigit() and 1 <= int(k) <= int(n)):
        raise ValueError(f"--shard {text!r}: expected k/n with 1 ≤ k ≤ n, as in 1/3")
    return int(k), int(n)


# ------------------------------------------------------------------ of the newest generation
def lecture_scenarios(
    draws: int,
    seed: int,
    dtypes: tuple[str, ...],
    domain: Domain = EVERYTHING,
    *,
    turns: bool = False,
    batch: int = BATCH,
) -> list[Scenario]:
    """The lecture's networks in each format, or in turns each in one."""
    return [
        Scenario(net, dtype, batch, seed, draws, NEWEST, domain.labels)
        for turn, net in enumerate(LECTURE)
        if domain.admits(net, batch, domain.labels)
        for dtype in ([taking_turns(turn, dtypes)] if turns else dtypes)
    ]


def random_scenarios(
    number: int, draws: int, seed: int, dtypes: tuple[str, ...], domain: Domain = EVERYTHING
) -> list[Scenario]:
    """Random architectures in each format; the same for the same arguments, for ever."""
    return [
        random_scenario(index, draws, seed, dtype, domain)
        for index in range(number)
        for dtype in dtypes
    ]


def compiled_scenarios(
    draws: int, seed: int, dtypes: tuple[str, ...], domain: Domain = EVERYTHING
) -> list[Scenario]:
    """Those that meet all pairs of output and cost, each in one of the formats, which take turns.

    Of what was added they meet each output and each cost.

    To compile them takes most of a run that is to be under a minute.
    """
    nets = [net for net in round_of_networks(0, seed, domain) if net.kind == "shallow"]
    return [drawn(net, draws, taking_turns(net.turn, dtypes), domain) for net in nets]


def round_of_scenarios(
    draws: int,
    seed: int,
    dtypes: tuple[str, ...],
    domain: Domain = EVERYTHING,
    *,
    small: int | None = None,
) -> list[Scenario]:
    """All of a round: after the shallow ones each in one format; so many draws of small ones."""
    return [
        drawn(net, small if small and net.kind == "small" else draws, dtype, domain)
        for net in round_of_networks(0, seed, domain)
        for dtype in (dtypes if net.kind == "shallow" else [taking_turns(net.turn, dtypes)])
    ]


def taking_turns(turn: int, dtypes: tuple[str, ...]) -> str:
    return dtypes[turn % len(dtypes)]


def enough(scenarios: Sequence[Scenario]) -> list[Scenario]:
    before = accumulate((scenario.numbers for scenario in scenarios), initial=0)
    return [s for s, numbers in zip(scenarios, before, strict=False) if numbers < ENOUGH]


def random_scenario(
    index: int, draws: int, seed: int, dtype: str, domain: Domain = EVERYTHING
) -> Scenario:
    return drawn(network(index, seed, domain), draws, dtype, domain)


def drawn(net: Network, draws: int, dtype: str, domain: Domain) -> Scenario:
    """With as many draws, in a format."""
    labels = domain.labels or net.labels
    return Scenario(net.architecture, dtype, net.batch, net.seed, draws, NEWEST, labels)

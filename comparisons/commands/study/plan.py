"""Which cases a study has: blocks of random architectures, each block a number.

A case is one draw of one scenario. A block is all draws of a scenario; formats take turns. What a
block comes to depends on nothing but the plan and its number, so that blocks can be done in any
order, on any machine, today or tomorrow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from itertools import count
from math import ceil, gcd
from pathlib import Path

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS
from crossgrad.comparisons.backends import DEFAULT, MODES, load_backend
from crossgrad.comparisons.problems.choice import DRAWS, random_scenario
from crossgrad.comparisons.problems.domain import EVERYTHING
from crossgrad.comparisons.problems.networks import networks_of_round
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.comparisons.records.baseline.surroundings import PACKAGES, Facts, versions

#: Draws of an architecture, at most: to compile it for JAX takes as long as 200 of them. In a small
#: study they are fewer, whole turns of the regimes, so that it has so many architectures.
MOST_DRAWS, ARCHITECTURES = 48 * DRAWS, 200


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that must be the same for blocks to belong together.

    Raises ``ValueError``, with one line that names the culprit.
    """

    seed: int
    draws: int
    dtypes: tuple[str, ...]
    backends: tuple[str, ...]
    versions: Facts
    #: Who is asked besides, and is in no pair.
    alone: tuple[str, ...] = ()
    #: Whether wide, deep and small networks come in proportion from the start.
    strides: bool = False

    def __post_init__(self) -> None:
        """Refuse what is not known before anything runs."""
        for dtype in self.dtypes:
            if dtype not in ALL_FORMATS:
                raise ValueError(f"--dtype {dtype}: known are {', '.join(ALL_FORMATS)}")

    def check(self, found: Facts, where: str) -> None:
        """Raise ``ValueError`` if other versions are installed there: their bits are others."""
        for name, studied in self.versions.items():
            if found.get(name) != studied:
                raise ValueError(f"{name} {studied} in the study, {found.get(name)} {where}")

    def told(self) -> Facts:
        """Each field as a person writes it; versions one by one."""
        lists = {"dtype": ",".join(self.dtypes), "backend": ",".join(self.backends)}
        lists |= {"alone": ",".join(self.alone), "strides": str(self.strides)}
        return {"seed": str(self.seed), "draws": str(self.draws), **lists, **self.versions}

    def scenario(self, block: int) -> Scenario:
        index, place = divmod(block, len(self.dtypes))
        index = in_strides(index) if self.strides else index
        return random_scenario(index, self.draws, self.seed, self.dtypes[place])

    def blocks(self, cases: int, shard: tuple[int, int] = (1, 1)) -> range:
        """Those that so many cases need, the last a whole one too; or the k-th of n parts."""
        k, n = shard
        return range(k - 1, -(-cases // self.draws), n)


def in_strides(number: int) -> int:
    """The index of a network, round by round.

    The stride, 0.61 of a round, has no factor in common with it, so that none is left out.
    """
    size = networks_of_round(EVERYTHING)
    stride = next(n for n in count(ceil(0.61 * size)) if gcd(n, size) == 1)
    return number - number % size + number * stride % size


def installed(backends: Iterable[str]) -> Facts:
    """The versions here of all that bits depend on; of one's own backends, digests.

    Raises ``ValueError`` where one of them cannot be loaded.
    """
    own = {name: source_digest(name) for name in backends if name not in MODES}
    return versions(PACKAGES) | own


def source_digest(name: str) -> str:
    """Of the file that the function is in; what that imports is not looked at."""
    load_backend(name)
    where = name.rpartition(":")[0]
    file = where if where.endswith(".py") else import_module(where).__file__
    return blake2b(Path(file or "").read_bytes(), digest_size=8).hexdigest()


def usual_draws(cases: int, formats: int) -> int:
    """Of each architecture in each format, in a study of so many cases."""
    return min(MOST_DRAWS, max(1, cases // (ARCHITECTURES * formats * DRAWS)) * DRAWS)


def plan_of(
    seed: int | None,
    draws: int | None,
    dtypes: list[str] | None,
    backends: list[str] | None,
    cases: int = 1,
) -> Plan:
    """With the defaults in place of what is not given, and the versions that are installed here."""
    formats = tuple(dict.fromkeys(dtypes or FORMATS))
    names = tuple(dict.fromkeys(backends or DEFAULT))
    return Plan(
        seed=seed or 0,
        draws=draws or usual_draws(cases, len(formats)),
        dtypes=formats,
        backends=names,
        versions=installed(names),
    )

"""Which cases a study has: blocks of random architectures, each block a number.

A case is one draw of one scenario. A block is all draws of a scenario; formats take turns. What a
block comes to depends on nothing but the plan and its number, so that blocks can be done in any
order, on any machine, today or tomorrow.
"""

from dataclasses import dataclass

from comparisons.backends import BUILT_IN, load_backend
from comparisons.baseline.surroundings import PACKAGES, Facts, versions
from comparisons.regimes import REGIMES
from comparisons.rounding import FORMATS
from comparisons.scenario import Scenario, random_scenario

#: Draws of an architecture, at most: to compile it for JAX takes as long as 200 of them. In a small
#: study they are fewer, whole turns of the regimes, so that it has so many architectures.
MOST_DRAWS, ARCHITECTURES = 1024, 200


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

    def __post_init__(self) -> None:
        """Refuse what is not known before anything runs."""
        for dtype in self.dtypes:
            if dtype not in FORMATS:
                raise ValueError(f"--dtype {dtype}: known are {', '.join(FORMATS)}")
        for name in self.backends:
            if name not in BUILT_IN:
                load_backend(name)

    def check(self, found: Facts, where: str) -> None:
        """Raise ``ValueError`` if other versions are installed there: their bits are others."""
        for name, studied in self.versions.items():
            if found.get(name) != studied:
                raise ValueError(f"{name} {studied} in the study, {found.get(name)} {where}")

    def told(self) -> Facts:
        """Each field as a person writes it; versions one by one."""
        lists = {"dtype": ",".join(self.dtypes), "backend": ",".join(self.backends)}
        return {"seed": str(self.seed), "draws": str(self.draws), **lists, **self.versions}

    def scenario(self, block: int) -> Scenario:
        """That of a block."""
        index, place = divmod(block, len(self.dtypes))
        return random_scenario(index, self.draws, self.seed, self.dtypes[place])

    def blocks(self, cases: int, shard: tuple[int, int] = (1, 1)) -> range:
        """Those that so many cases need, the last a whole one too; or the k-th of n parts."""
        k, n = shard
        return range(k - 1, -(-cases // self.draws), n)


def installed() -> Facts:
    """The versions here of all that bits depend on."""
    return versions(PACKAGES)


def usual_draws(cases: int) -> int:
    """Of each architecture, in a study of so many cases."""
    turn = len(REGIMES)
    return min(MOST_DRAWS, max(1, cases // ARCHITECTURES // turn) * turn)


def plan_of(
    seed: int | None,
    draws: int | None,
    dtypes: list[str] | None,
    backends: list[str] | None,
    cases: int = 1,
) -> Plan:
    """With the defaults in place of what is not given, and the versions that are installed here."""
    return Plan(
        seed=seed or 0,
        draws=draws or usual_draws(cases),
        dtypes=tuple(dict.fromkeys(dtypes or FORMATS)),
        backends=tuple(dict.fromkeys(backends or BUILT_IN)),
        versions=installed(),
    )

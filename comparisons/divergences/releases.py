"""In which releases of a framework a divergence is known, and which of them is installed.

What was seen in two releases is known of all between them, and of the later patches of the newest:
2.13.1 is of the same series as 2.13.0. What a release beyond does is not excused by what those
before it did, but found out: ``crossgrad divergences`` runs the reproductions in any release.
"""

from collections.abc import Sequence
from functools import cache

from packaging.version import Version

from crossgrad.comparisons.machine.frameworks import version_of


@cache
def installed(framework: str) -> str:
    """The version of a framework, without what it was built for; empty if there is none."""
    found = version_of(framework)
    return Version(found).public if found else ""


@cache
def between(seen: tuple[str, ...], here: str) -> bool:
    """Whether a release lies between the oldest and the series of the newest that were seen."""
    oldest, *_, newest = sorted(map(Version, (*seen, seen[0])))
    return oldest <= Version(here) and Version(here).release[:2] <= newest.release[:2]


def span(seen: Sequence[str]) -> str:
    """The oldest and the newest."""
    ordered = sorted(set(seen), key=Version)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}–{ordered[-1]}"

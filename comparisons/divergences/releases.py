"""In which releases of a framework a divergence is known, and which of them is installed.

What was seen in two releases is known of all between them, and of the later patches of the newest:
2.13.1 is of the same series as 2.13.0. What a release beyond does is not excused by what those
before it did, but found out: ``crossgrad divergences`` runs the reproductions in any release.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from packaging.version import Version

from crossgrad.comparisons.backends.modes import PACKAGES


@cache
def installed(framework: str) -> str:
    """The version of a framework, without what it was built for; empty if there is none."""
    try:
        return Version(version(PACKAGES.get(framework, framework))).public
    except PackageNotFoundError:
        return ""


def between(seen: Sequence[str], here: str) -> bool:
    """Whether a release lies between the oldest and the series of the newest that were seen."""
    oldest, *_, newest = sorted(map(Version, (*seen, seen[0])))
    return oldest <= Version(here) and Version(here).release[:2] <= newest.release[:2]


def span(seen: Sequence[str]) -> str:
    """The oldest and the newest."""
    ordered = sorted(set(seen), key=Version)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}–{ordered[-1]}"

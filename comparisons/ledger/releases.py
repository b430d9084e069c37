"""Baselines as releases: in the order of their versions, each with a label that tells it apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from crossgrad.comparisons.baseline.file import Baseline, read_baseline
from crossgrad.comparisons.baseline.surroundings import PACKAGES, Facts

#: What releases are ordered by, in this order.
VERSIONS = ("python", *PACKAGES)
ABSENT = "not there"


@dataclass(frozen=True, slots=True)
class Release:
    """A baseline; ``label`` tells it from the others, ``short`` does so at the head of a column."""

    label: str
    short: str
    path: Path
    baseline: Baseline

    @property
    def environment(self) -> Facts:
        """Where it was recorded."""
        return self.baseline.environment


# ------------------------------------------------------------------ read and order
def read_releases(paths: Sequence[Path]) -> list[Release]:
    """The files as releases, in the order of their versions; raises ``ValueError``."""
    if len(paths) < 2:  # noqa: PLR2004 - one has none before it
        raise ValueError("a ledger is of at least two files, a baseline each")
    for path, count in Counter(path.resolve() for path in paths).items():
        if count > 1:
            raise ValueError(f"{path}: given twice")
    read = sorted(((path, read_baseline(path)) for path in paths), key=order)
    names = varying([baseline.environment for _, baseline in read])
    told = [versions_of(baseline.environment, names) for _, baseline in read]
    files = file_names([path for path, _ in read])
    shorts = [list(own.values()) if len(names) == 1 else spelt(own) for own in told]
    return [
        Release(label, short, *release)
        for label, short, release in zip(
            told_apart(list(map(spelt, told)), files), told_apart(shorts, files), read, strict=True
        )
    ]


def order(release: tuple[Path, Baseline]) -> tuple[object, ...]:
    """By version, not by its digits; where all are the same, by the name of the file."""
    path, baseline = release
    versions = (baseline.environment.get(name, ABSENT) for name in VERSIONS)
    return *map(rank, versions), path.name, str(path)


def rank(text: str) -> tuple[bool, Version, str]:
    """What is no version comes first."""
    try:
        return True, Version(text), text
    except InvalidVersion:
        return False, Version("0"), text


# ------------------------------------------------------------------ labels
def varying(environments: Iterable[Facts]) -> list[str]:
    """The packages that are not of one version in all; jaxlib only where it has its own."""
    found = list(environments)
    names = [name for name in VERSIONS if len({facts.get(name) for facts in found}) > 1]
    if "jax" in names and all(facts.get("jax") == facts.get("jaxlib") for facts in found):
        names.remove("jaxlib")
    return names


def versions_of(environment: Facts, names: Iterable[str]) -> Facts:
    """Of the packages named."""
    return {name: environment.get(name, ABSENT) for name in names}


def spelt(versions: Facts) -> list[str]:
    """Each package with its version."""
    return [f"{name} {version}" for name, version in versions.items()]


def told_apart(labels: Sequence[Sequence[str]], files: Sequence[str]) -> list[str]:
    """One text each; where two are the same, with the name of the file."""
    texts = list(map(", ".join, labels))
    count = Counter(texts)
    return [
        text if count[text] == 1 else f"{text} ({file})" if text else file
        for text, file in zip(texts, files, strict=True)
    ]


def file_names(paths: Sequence[Path]) -> list[str]:
    """The names of files; with their folders where two are the same."""
    count = Counter(path.name for path in paths)
    return [path.name if count[path.name] == 1 else str(path) for path in paths]


def axis(releases: Sequence[Release]) -> str:
    """What the short labels are."""
    names = varying([release.environment for release in releases])
    return f"release of {names[0]}" if len(names) == 1 else "release" if names else "file"


# ------------------------------------------------------------------ what else is different
def differing(releases: Sequence[Release]) -> list[str]:
    """A line for each fact but versions in which the environments are not the same."""
    names = {name: None for release in releases for name in release.environment}
    return [
        f"{name}: {values(name, releases)}"
        for name in names
        if name not in VERSIONS and not explained(name, releases)
    ]


def explained(name: str, releases: Sequence[Release]) -> bool:
    """A fact is the same in all, or it is the BLAS that each release of NumPy brings along."""
    facts = {release.environment.get(name, ABSENT) for release in releases}
    if name != "BLAS":
        return len(facts) == 1
    pairs = {
        (release.environment.get("numpy"), release.environment.get(name)) for release in releases
    }
    return len(facts) == 1 or len(pairs) == len({numpy for numpy, _ in pairs})


def values(name: str, releases: Sequence[Release]) -> str:
    """Each value, with the releases that have it."""
    having: dict[str, list[str]] = {}
    for release in releases:
        having.setdefault(release.environment.get(name, ABSENT), []).append(release.label)
    return "; ".join(f"{value} ({', '.join(labels)})" for value, labels in having.items())

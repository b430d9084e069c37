"""Baselines as releases: in the order of their versions, each with a label that tells it apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from crossgrad.comparisons.records.baseline.file import Baseline
from crossgrad.comparisons.records.baseline.surroundings import ABSENT, PACKAGES, Facts

#: What releases are ordered by, in this order.
VERSIONS = ("python", *PACKAGES)


@dataclass(frozen=True, slots=True)
class Release:
    """A baseline; ``label`` tells it from the others, ``short`` does so at the head of a column."""

    label: str
    short: str
    path: Path
    baseline: Baseline

    @property
    def environment(self) -> Facts:
        return self.baseline.environment


def releases_of(files: Iterable[tuple[Path, Baseline]]) -> list[Release]:
    """In the order of their versions; raises ``ValueError`` where one is given twice."""
    ordered = sorted(files, key=order)
    for path, count in Counter(path.resolve() for path, _ in ordered).items():
        if count > 1:
            raise ValueError(f"{path}: given twice")
    names = varying([baseline.environment for _, baseline in ordered])
    versions = [
        {name: baseline.environment.get(name, ABSENT) for name in names} for _, baseline in ordered
    ]
    labels = [[f"{name} {version}" for name, version in own.items()] for own in versions]
    shorts = [list(own.values()) for own in versions] if len(names) == 1 else labels
    files_named = file_names([path for path, _ in ordered])
    return [
        Release(label, short, *file)
        for label, short, file in zip(
            told_apart(labels, files_named), told_apart(shorts, files_named), ordered, strict=True
        )
    ]


def order(file: tuple[Path, Baseline]) -> tuple[object, ...]:
    """By version, not by its digits; where all are the same, by the name of the file."""
    path, baseline = file
    versions = (baseline.environment.get(name, ABSENT) for name in VERSIONS)
    return *map(rank, versions), path.name, str(path)


def rank(text: str) -> tuple[bool, Version, str]:
    try:
        return True, Version(text), text
    except InvalidVersion:
        return False, Version("0"), text


# ------------------------------------------------------------------ labels
def varying(environments: Sequence[Facts]) -> list[str]:
    """The packages that are not of one version in all; jaxlib only where it has its own."""
    names = [name for name in VERSIONS if len({facts.get(name) for facts in environments}) > 1]
    if "jax" in names and all(facts.get("jax") == facts.get("jaxlib") for facts in environments):
        names.remove("jaxlib")
    return names


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
    names = varying([release.environment for release in releases])
    return f"release of {names[0]}" if len(names) == 1 else "release" if names else "file"


# ------------------------------------------------------------------ what else is different
def differing(releases: Sequence[Release]) -> list[str]:
    """A line for each fact but versions in which the environments are not the same.

    Nor is the BLAS told, where each release of NumPy brings its own along.
    """
    lines = []
    for name in dict.fromkeys(name for release in releases for name in release.environment):
        having: dict[str, list[str]] = {}
        for release in releases:
            having.setdefault(release.environment.get(name, ABSENT), []).append(release.label)
        numpy = {(r.environment.get("numpy"), r.environment.get(name)) for r in releases}
        with_numpy = name == "BLAS" and len(numpy) == len({version for version, _ in numpy})
        if name not in VERSIONS and len(having) > 1 and not with_numpy:
            told = (f"{value} ({', '.join(labels)})" for value, labels in having.items())
            lines.append(f"{name}: {'; '.join(told)}")
    return lines

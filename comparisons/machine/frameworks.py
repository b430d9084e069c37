"""Frameworks by the names of their modes, and the versions of their packages."""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

#: Frameworks whose package has another name, or none.
PACKAGES = {"tensorflow": "tensorflow-cpu", "sklearn": "scikit-learn", "nielsen": ""}


def framework_of(mode: str) -> str:
    """A mode of a framework is named after it: ``torch.vmap`` is of torch."""
    return mode.partition(".")[0]


def version_of(framework: str) -> str:
    """Of its package; empty if there is none."""
    with suppress(PackageNotFoundError, ValueError):
        return version(PACKAGES.get(framework, framework))
    return ""

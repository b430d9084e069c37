"""Known divergences: where a framework is known to compute something else, and what.

A divergence does not excuse an entry; it *explains* it: it names the backend, the equation and
the place, and gives the definition that the framework follows there instead. Only an entry
that is within the bound of that other definition counts as explained; any other residual above
1 is a failure. Each has a reproduction and, if a check can meet it, the scenario that shows it:
one that no longer does fails the tests.
"""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.equations.propagation import no_deviation
from crossgrad.reference.parameters import Array

#: Files of what frameworks have in common; every other one is a framework's, and has its name.
COMMON = {"entry", "parts", "releases", "reproductions", "snippets"}


def registered() -> Iterator[Divergence]:
    """The entries of each framework: of its file, or of the files in its folder.

    Raises ``TypeError``, which names the file, if it has none, or any of another framework.
    """
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        framework = found.name.removeprefix(f"{__name__}.").partition(".")[0]
        if found.ispkg or framework in COMMON:
            continue
        module = import_module(found.name)
        entries = getattr(module, "DIVERGENCES", ())
        if not entries or {entry.backend for entry in entries} != {framework}:
            raise TypeError(f"{module.__file__}: DIVERGENCES, all of {framework}, are needed")
        yield from entries


#: Framework by framework, in the order of the files' names, and of the entries in a file.
DIVERGENCES: tuple[Divergence, ...] = tuple(registered())
#: Those that the checks can meet.
MET: tuple[Divergence, ...] = tuple(entry for entry in DIVERGENCES if entry.scenario)


def met_by(backend: str, *, known: bool = True) -> list[Divergence]:
    """Those that its checks can meet on this processor, and that are known of its release, or not.

    A release beyond those in which one was seen may not relapse into it unseen.
    """
    return [d for d in MET if d.of(backend) and d.shows_here and d.known_here == known]


def divergences_of(
    backend: str, check: str, activation: str, cost: str, dtype: str = "", *, known: bool = True
) -> list[Divergence]:
    """Those that may show in a check of a layer with this activation and, if last, this cost.

    Computed in a format, or in any if none is named.
    """
    return [d for d in met_by(backend, known=known) if d.may_show(check, activation, cost, dtype)]


def of_gradients(backend: str, activations: Sequence[str], dtype: str) -> list[Divergence]:
    """Those that final gradients alone show: nothing can explain them, and the backend refuses."""
    return [
        d
        for d in DIVERGENCES
        if d.of(backend) and "dW" in d.checks and d.subject in activations and dtype in d.dtypes
    ]


def deviating(backend: str, dtype: str) -> set[str]:
    """The activations and costs in which final gradients may deviate."""
    return {d.subject for d in met_by(backend) if d.deviation and dtype in d.dtypes}


def deviation_of(backend: str, fmt: Format) -> Callable[[str, Array, Array], tuple[Array, Array]]:
    """How far a backend's σ and σ′ are known to be from the definition, for ``end_to_end``."""
    known = {
        d.subject: d.deviation for d in met_by(backend) if d.deviation and fmt.name in d.dtypes
    }

    def deviation(name: str, low: Array, high: Array) -> tuple[Array, Array]:
        return known[name](low, high, fmt) if name in known else no_deviation(name, low, high)

    return deviation if known else no_deviation


def arithmetic_of(backend: str, check: str, fmt: Format) -> Format:
    """The format in which a backend is known to compute an equation of every layer."""
    for d in divergences_of(backend, check, "", "", fmt.name):
        if d.arithmetic:
            fmt = d.arithmetic(fmt)
    return fmt


__all__ = [
    "DIVERGENCES",
    "MET",
    "Divergence",
    "arithmetic_of",
    "deviating",
    "deviation_of",
    "divergences_of",
    "of_gradients",
]

"""Who answers: a file a framework, the user's own, correct programs of other kinds.

A framework is imported only when it is asked. Backends look alike: ``receive`` the
problem's arrays, compute, report the trace. They share the weights and nothing else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module

from crossgrad.comparisons.backends.backend import Backend, facts_of, nothing
from crossgrad.comparisons.backends.guard import guarded, warnings_noted
from crossgrad.comparisons.backends.modes import DEFAULT, MODES, family, missing
from crossgrad.comparisons.backends.own import NotSupportedError, declared, load_gradients, program
from crossgrad.comparisons.backends.requirements import gpu
from crossgrad.comparisons.machine.environment import device
from crossgrad.comparisons.problems.domain import EVERYTHING
from crossgrad.comparisons.problems.problem import Problem, Trace

#: The frameworks that ``--device`` is about; all others stay on the CPU.
ON_DEVICE = ("torch", "jax")


def check_backend(name: str) -> None:
    """Raise ``ValueError`` if it cannot be had; of the registry's modes none is imported."""
    if name not in MODES:
        load_backend(name)
    elif lacks := missing(name):
        raise ValueError(f"backend {name}: {lacks}")


def check_backends(names: Iterable[str] = DEFAULT) -> None:
    """The same of several; of the three, where none are named."""
    for name in names:
        check_backend(name)


def load_backend(name: str) -> Backend:
    """The backend of a name, or of ``module:function`` or ``file.py:function``.

    Raises ``ValueError`` with one line that names the culprit.
    """
    if name in MODES:
        return built_in(name)
    if name.endswith(".py"):
        raise ValueError(f"backend {name!r}: say which of its functions: {name}:FUNCTION")
    if ":" not in name:
        known = ", ".join(MODES)
        raise ValueError(
            f"backend {name!r}: known are {known}, or write module:function or file.py:function"
        )
    apart = partial(load_gradients, name) if ".py:" in name else None
    return of_function(name, load_gradients(name), apart)


def of_function(
    name: str,
    function: Callable[[Problem], object],
    apart: Callable[[], Callable[[Problem], object]] | None = None,
) -> Backend:
    """Somebody's own; what it says of itself is checked. Raises ``ValueError`` with one line.

    ``apart`` loads it once more, to find out about it.
    """
    own = program(name, function, apart)
    return Backend(name, own.trace, program=own, **declared(name, function))


def load_backends(names: Sequence[str] | None) -> list[Backend]:
    """Those named, or those of the three that are installed; one's own are loaded first."""
    names = list(dict.fromkeys(names or [name for name in DEFAULT if not missing(name)]))
    found = {name: load_backend(name) for name in sorted(names, key=MODES.__contains__)}
    return [found[name] for name in names]


def absent(names: Sequence[str] | None) -> list[str]:
    """A line for each of the three that is not installed, where none is named."""
    named = () if names else DEFAULT
    return [f"not asked: {name}: {why}" for name in named if (why := missing(name))]


def refusing(reason: str) -> Callable[[Problem], Trace]:
    """What is asked of a device that is not here is not supported."""

    def trace(_problem: Problem) -> Trace:
        raise NotSupportedError(reason)

    return trace


def built_in(name: str) -> Backend:
    """A mode of the registry; raises ``ValueError`` with what is missing here."""
    check_backend(name)
    mode = MODES[name]
    if device() == "cuda" and family(name) in ON_DEVICE and gpu():
        return replace(facts_of(name), trace=refusing(f"{name}: {gpu()}"))
    with warnings_noted(name):
        module = import_module(f"{__name__}.{mode.module}")
    release = getattr(module, "release", nothing)
    domain = None if mode.restricted else EVERYTHING
    trace = guarded(name, getattr(module, mode.function))
    return replace(facts_of(name), trace=trace, release=release, domain=domain)


__all__ = [
    "DEFAULT",
    "MODES",
    "Backend",
    "absent",
    "check_backend",
    "check_backends",
    "facts_of",
    "load_backend",
    "load_backends",
    "nothing",
    "of_function",
]

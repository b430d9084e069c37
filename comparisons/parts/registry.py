"""A folder is a registry: each of its files defines one part of a network, named after the file."""

import importlib
import inspect
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar


class Part(Protocol):
    """What has a name: that of its file."""

    name: str


T = TypeVar("T", bound=Part)
#: The file of a folder that says what every other one has to say.
PROTOCOL = "protocol"


def parts_of(package: str, kind: type[T], by_hand: Iterable[str]) -> dict[str, T]:
    """One instance of each file's class, by the file's name, in the order of the reference's table.

    Raises ``TypeError``, which names the file and what it lacks, if a class lacks a part of the
    protocol, if a file lacks a class, or if only one of reference and folder has the name.
    """
    folder = Path(str(importlib.import_module(package).__file__)).parent
    files = {path.stem for path in folder.glob("[!_]*.py")} - {PROTOCOL}
    names = list(by_hand)
    if missing := set(names) - files:
        raise TypeError(f"{folder / min(missing)}.py is missing: the reference has {min(missing)}")
    if unknown := files - set(names):
        raise TypeError(f"{folder / min(unknown)}.py: the reference has no {min(unknown)}")
    return {name: made(importlib.import_module(f"{package}.{name}"), kind) for name in names}


def made(module: ModuleType, kind: type[T]) -> T:
    """An instance of the one class of a kind that a module defines; raises ``TypeError``."""
    classes = [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, kind) and found.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise TypeError(f"{module.__file__}: one {kind.__name__} is needed, not {len(classes)}")
    (found,) = classes
    found.name = module.__name__.rpartition(".")[2]
    if missing := lacking(found):
        raise TypeError(f"{module.__file__}: {found.__name__} lacks {', '.join(missing)}")
    return found()


def lacking(kind: type) -> list[str]:
    """What the protocol asks for and a class does not have: methods, and annotated attributes."""
    methods = getattr(kind, "__abstractmethods__", frozenset[str]())
    declared = {name for base in kind.__mro__ for name in inspect.get_annotations(base)}
    return sorted(methods | {name for name in declared if not hasattr(kind, name)})

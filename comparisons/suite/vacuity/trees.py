"""Nests of arrays: lists, tuples, dicts and dataclasses, whose leaves have names like ``dW[0]``."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

#: An array of any framework, a number, or whatever else a function takes and returns.
Leaf: TypeAlias = Any
#: A leaf, or a nest of them.
Tree: TypeAlias = Any


def mapped(tree: Tree, change: Callable[[str, Leaf], Leaf], path: str = "") -> Tree:
    """The nest with each leaf as ``change(path, leaf)`` has it; itself, if none is another.

    So that a function which writes into a list that it is given writes into that very list.
    """
    if (parts := parts_of(tree)) is None:
        return change(path, tree)
    changed = {key: mapped(part, change, joined(path, key)) for key, part in parts.items()}
    same = all(changed[key] is part for key, part in parts.items())
    return tree if same else rebuilt(tree, changed)


def leaves(tree: Tree, path: str = "") -> dict[str, Leaf]:
    """All leaves by their names, in order."""
    if (parts := parts_of(tree)) is None:
        return {path: tree}
    inside = [leaves(part, joined(path, key)) for key, part in parts.items()]
    return {name: leaf for found in inside for name, leaf in found.items()}


def parts_of(tree: Tree) -> dict[Any, Tree] | None:
    """The parts by key, index or name; None of a leaf."""
    if isinstance(tree, Mapping):
        return dict(tree)
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return dict(zip(tree._fields, tree, strict=True))
    if isinstance(tree, list | tuple):
        return dict(enumerate(tree))
    if is_dataclass(tree) and not isinstance(tree, type):
        return {field.name: getattr(tree, field.name) for field in fields(tree)}
    return None


def joined(path: str, key: object) -> str:
    """``dW`` and 0 are ``dW[0]``; a name in a name is set off by a point."""
    if not isinstance(key, str):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def rebuilt(tree: Tree, parts: dict[Any, Tree]) -> Tree:
    """A nest of the same kind with other parts."""
    if isinstance(tree, list):
        return list(parts.values())
    if isinstance(tree, tuple):
        kind = type(tree)
        return kind(*parts.values()) if hasattr(tree, "_fields") else kind(parts.values())
    new = copy.copy(tree)
    for key, part in parts.items():
        if isinstance(tree, Mapping):
            new[key] = part
        else:
            object.__setattr__(new, key, part)  # a frozen dataclass too
    return new

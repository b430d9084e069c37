"""The kernel that a mark names: where it is, and another one in all these places for a while."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import MethodType, ModuleType
from typing import Any, NamedTuple

import pytest

from crossgrad.comparisons.suite.vacuity.calls import Kernel
from crossgrad.comparisons.suite.vacuity.trees import Leaf, Tree, mapped


class Marked(NamedTuple):
    """The kernel of a mark: its name, the object that has it as an attribute, and itself."""

    name: str
    owner: Any
    attribute: str
    kernel: Kernel

    def places(self) -> list[tuple[ModuleType, str, Any]]:
        """Names in modules that have imported it, or a ``partial`` of it; and what they name."""
        found = [
            (module, name, value)
            for module in list(sys.modules.values())
            for name, value in list(getattr(module, "__dict__", {}).items())
            if self.is_in(value)
        ]
        return [place for place in found if place[:2] != (self.owner, self.attribute)]

    def is_in(self, value: object) -> bool:
        """By its type, as a lazy or deprecated object of some module answers to ``isinstance``."""
        if type(value) is partial:
            return self.is_in(value.func)
        return value is self.kernel or (type(value) is MethodType and value == self.kernel)

    def exchanged(self, value: Tree, kernel: Kernel) -> Tree:
        """A value, or a nest of them, with another kernel for the right one."""

        def exchange(_: str, leaf: Leaf) -> Leaf:
            if not self.is_in(leaf):
                return leaf
            if type(leaf) is partial:
                return partial(exchange("", leaf.func), *leaf.args, **leaf.keywords)
            return kernel

        return mapped(value, exchange)

    @contextmanager
    def replaced(self, kernel: Kernel) -> Iterator[None]:
        """While another kernel is in its place, wherever modules know it by name."""
        if kernel is self.kernel:
            yield
            return
        with pytest.MonkeyPatch.context() as patch:
            for module, name, value in self.places():
                patch.setattr(module, name, self.exchanged(value, kernel))
            patch.setattr(self.owner, self.attribute, self.as_attribute(kernel))
            yield

    def as_attribute(self, kernel: Kernel) -> object:
        """Of a class it has to be a function, to be given the instance as the right one is."""
        if not inspect.isclass(self.owner):
            return kernel
        if not inspect.isfunction(inspect.getattr_static(self.owner, self.attribute)):
            return staticmethod(kernel)
        return lambda *args, **kwargs: kernel(*args, **kwargs)  # noqa: PLW0108 - a class binds functions only


def marked(name: str) -> Marked:
    """What is called so: attributes of a module, one of another; or ``ValueError``, in one line."""
    module, rest = module_of(name)
    owner: Any = module
    for part in rest[:-1]:
        owner = getattr(owner, part, None)
    kernel = getattr(owner, rest[-1], None)
    if callable(kernel):
        return Marked(name, owner, rest[-1], kernel)
    where, _, attribute = name.rpartition(".")
    raise ValueError(f"{name!r}: {where} has no function {attribute!r}")


def module_of(name: str) -> tuple[ModuleType, list[str]]:
    """The longest beginning of a name that is a module, and the rest."""
    parts = name.split(".")
    for i in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:i])
        try:
            return import_module(module), parts[i:]
        except ModuleNotFoundError as error:
            if not f"{module}.".startswith(f"{error.name}."):  # it is there, and lacks another
                raise ValueError(f"{name!r}: {error}") from None
    raise ValueError(f"{name!r}: there is no module {parts[0]!r}")

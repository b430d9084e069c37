"""The right kernel with one fault, which a test cannot tell from a kernel but by what it says."""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import get_ident
from typing import Any, NamedTuple

from crossgrad.comparisons.suite.vacuity.arrays import Arrays, kind_of
from crossgrad.comparisons.suite.vacuity.call_faults import Memory
from crossgrad.comparisons.suite.vacuity.calls import Call, Kernel, Samples, copied, on_arrays
from crossgrad.comparisons.suite.vacuity.catalogue import At, Fault, NotHereError, Spot, at
from crossgrad.comparisons.suite.vacuity.difference import arrays_differ, differ
from crossgrad.comparisons.suite.vacuity.trees import Leaf, Tree, mapped

#: The parameters of a module of torch, among the names of what there are derivatives by.
PARAMETER = "parameter "


class Planting(NamedTuple):
    """A fault, and where: in which arrays of the value, or of the derivative by which arguments."""

    fault: Fault
    paths: tuple[str, ...]
    label: str
    of_derivative: bool
    samples: Samples | None
    spots: Mapping[str, Spot]

    def at(self, path: str, arrays: Arrays, array: Leaf) -> At:
        return at(arrays, array, self.spots.get(path), self.samples.m if self.samples else 0)

    def memory(self) -> Memory:
        return Memory(self.samples, self.label)


class Stand:
    """Something that stands in for a kernel: it has the kernel's name, signature and attributes.

    If the kernel calls itself by its own name, where that is replaced, it is the right one inside.
    """

    def __init__(self, kernel: Kernel) -> None:
        functools.update_wrapper(self, kernel, updated=())
        self.right_kernel, self.calls, self.inside = kernel, 0, set[int]()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever has that name
        if name == "right_kernel":  # not before it is there
            raise AttributeError(name)
        return getattr(self.right_kernel, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the kernel's
        call = Call(self.right_kernel, args, kwargs)
        if (thread := get_ident()) in self.inside:
            return call.right()
        self.calls += 1
        self.inside.add(thread)
        try:
            return self.answer(call)
        finally:
            self.inside.remove(thread)

    def answer(self, call: Call) -> Tree:
        """What is said in place of the right answer."""
        raise NotImplementedError


class Planted(Stand):
    """A kernel with a fault.

    ``touched``: whether anything that it said was wrong; ``refused``: why a call could not be.
    """

    def __init__(self, kernel: Kernel, planting: Planting) -> None:
        super().__init__(kernel)
        self.planting, self.touched, self.refused = planting, False, ""
        self.memory = planting.memory()

    def answer(self, call: Call) -> Tree:
        if self.planting.of_derivative:
            return call.changed(on_arrays(self.with_derivative)).right()
        right = call.right()
        if not self.planting.fault.of_call:
            return mapped(right, on_arrays(self.spoilt))
        numbers = copied(right)
        try:
            answer = self.planting.fault.make(right, call, self.memory)
        except NotHereError as error:
            self.refused = str(error)
            return call.right()
        self.touched = self.touched or bool(self.memory.undo) or differ(numbers, answer)
        return answer

    def with_derivative(self, path: str, arrays: Arrays, leaf: Leaf) -> Leaf:
        if path not in self.planting.paths:
            return leaf
        return arrays.with_derivative(leaf, functools.partial(self.spoilt, path, arrays))

    def spoilt(self, path: str, arrays: Arrays, right: Leaf) -> Leaf:
        """One array with the fault; the right one where it cannot have it."""
        if path not in self.planting.paths:
            return right
        try:
            wrong = self.planting.fault.make(right, self.planting.at(path, arrays, right))
        except NotHereError:
            return right
        self.touched = self.touched or arrays_differ(arrays, right, wrong)
        return wrong

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While a test runs: parameters of a module give wrong derivatives; inputs are put back."""
        try:
            with hooked(self.right_kernel, self.spoilt):
                yield
        finally:
            for undo in reversed(self.memory.undo):
                undo()


# ------------------------------------------------------------------ parameters of a module of torch
def parameters_of(kernel: Kernel) -> dict[str, Leaf]:
    """Those that are learnt, by name; of anything else there are none."""
    named = getattr(kernel, "named_parameters", dict)
    return {PARAMETER + name: leaf for name, leaf in dict(named()).items() if leaf.requires_grad}


@contextmanager
def hooked(kernel: Kernel, change: Callable[[str, Arrays, Leaf], Leaf]) -> Iterator[None]:
    """Their derivatives are as ``change(name, arrays, derivative)`` has them."""
    hooks = [
        leaf.register_hook(functools.partial(change, path, arrays))
        for path, leaf in parameters_of(kernel).items()
        if (arrays := kind_of(leaf))
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()

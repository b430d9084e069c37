"""A call of a kernel, whose arguments have the names that the kernel gives them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crossgrad.comparisons.suite.vacuity.arrays import Arrays, kind_of, shape_of
from crossgrad.comparisons.suite.vacuity.trees import Leaf, Tree, leaves, mapped

Kernel = Callable[..., Any]
Change = Callable[[str, Leaf], Leaf]


class Samples(NamedTuple):
    """How many there are, and the axis of the arguments along which they lie, if that is known."""

    m: int
    axis: int | None


@dataclass(frozen=True, slots=True)
class Call:
    """The right kernel and what it is asked."""

    kernel: Kernel
    args: Sequence[Any]
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def bound(self) -> inspect.BoundArguments | None:
        """The arguments by name; None if the kernel does not say what it takes, or takes others."""
        try:
            return inspect.signature(self.kernel).bind(*self.args, **self.kwargs)
        except (TypeError, ValueError):
            return None

    def arrays(self) -> dict[str, tuple[Arrays, Leaf]]:
        bound = self.bound()
        return arrays_in(bound.arguments if bound else {"argument": [*self.args], **self.kwargs})

    def right(self) -> Tree:
        """What the right kernel says."""
        return self.kernel(*self.args, **self.kwargs)

    def changed(self, change: Change) -> "Call":
        """With each argument, or array in one, as ``change(name, array)`` has it."""
        if bound := self.bound():
            bound.arguments = mapped(bound.arguments, change)
            return Call(self.kernel, bound.args, bound.kwargs)
        args = mapped(list(self.args), change, "argument")
        return Call(self.kernel, args, mapped(dict(self.kwargs), change))

    def copied(self) -> "Call":
        """With arrays of its own, which nobody writes to afterwards."""
        return self.changed(copied_leaf)


def arrays_in(tree: Tree) -> dict[str, tuple[Arrays, Leaf]]:
    """The arrays of a nest, by name, and whose they are; those without any entry left out."""
    found = {path: (kind_of(leaf), leaf) for path, leaf in leaves(tree).items()}
    return {
        path: (arrays, leaf)
        for path, (arrays, leaf) in found.items()
        if arrays and 0 not in shape_of(leaf)
    }


def on_arrays(change: Callable[[str, Arrays, Leaf], Leaf]) -> Change:
    """What is done to arrays, as something that is done to any leaf."""

    def on_leaf(path: str, leaf: Leaf) -> Leaf:
        arrays = kind_of(leaf)
        return change(path, arrays, leaf) if arrays and 0 not in shape_of(leaf) else leaf

    return on_leaf


@on_arrays
def copied_leaf(_: str, arrays: Arrays, leaf: Leaf) -> Leaf:
    return arrays.copied(leaf)


def copied(tree: Tree) -> Tree:
    """The same numbers in arrays of its own: a kernel may fill one buffer again and again."""
    return mapped(tree, copied_leaf)

"""Faults of a whole call: what is left out of it, and a kernel that remembers or overwrites."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import Arrays, eps, restoring, shape_of
from crossgrad.comparisons.suite.vacuity.calls import Call, Samples, arrays_in, copied, on_arrays
from crossgrad.comparisons.suite.vacuity.catalogue import NotHereError, fault
from crossgrad.comparisons.suite.vacuity.trees import Leaf, Tree, mapped


@dataclass(slots=True)
class Memory:
    """What a kernel knows and keeps from call to call, and what has to be undone after a test."""

    samples: Samples | None = None
    argument: str = ""
    first: Tree = None
    undo: list[Callable[[], object]] = field(default_factory=list)


@fault(gross=True, derivative=False, samples=True, of_call=True)
def last_sample_dropped(right: Tree, call: Call, memory: Memory) -> Tree:
    """A loop over the samples ends too early; arrays with an entry for each sample are right."""
    if memory.samples is None or (axis := memory.samples.axis) is None:
        raise NotHereError("no argument has so many samples along its first or last axis")
    m, whole = memory.samples.m, arrays_in(right)

    def cut(_: str, _arrays: Arrays, leaf: Leaf) -> Leaf:
        shape = shape_of(leaf)
        if not shape or shape[axis] != m:
            return leaf
        return leaf[:-1] if axis == 0 else leaf[..., :-1]

    def kept(path: str, _arrays: Arrays, leaf: Leaf) -> Leaf:
        right_leaf = whole[path][1]
        return leaf if shape_of(leaf) == shape_of(right_leaf) else right_leaf

    answer = answer_to(call.changed(on_arrays(cut)), "it does not take one sample less")
    return mapped(answer, on_arrays(kept))


@fault(derivative=False, of_call=True, of_argument=True)
def argument_ignored(_right: Tree, call: Call, memory: Memory) -> Tree:
    """One argument, as a bias, is taken for 0: a test whose biases are all 0 does not see it."""

    def zero(path: str, arrays: Arrays, leaf: Leaf) -> Leaf:
        return arrays.scaled(leaf, np.zeros(shape_of(leaf))) if path == memory.argument else leaf

    return answer_to(call.changed(on_arrays(zero)), f"it does not take zeros for {memory.argument}")


def answer_to(call: Call, why_not: str) -> Tree:
    """What the right kernel says, if it takes that."""
    try:
        return call.right()
    except Exception as error:
        raise NotHereError(why_not) from error


@fault(gross=True, derivative=False, of_call=True)
def two_arrays_exchanged(right: Tree, _call: Call, _memory: Memory) -> Tree:
    """The layers in another order: the first two arrays of one shape are each other."""
    named = {path: leaf for path, (_, leaf) in arrays_in(right).items()}
    for one, other in combinations(named, 2):
        if shape_of(named[one]) == shape_of(named[other]):
            swapped = {one: named[other], other: named[one]}
            return mapped(right, swapped.get)
    raise NotHereError("there are no two of one shape")


@fault(derivative=False, of_call=True, remembers=True)
def first_answer_again(right: Tree, _call: Call, memory: Memory) -> Tree:
    """A cache that is never renewed: whatever is asked, the first answer is given again."""
    now = arrays_in(right)
    if any(arrays.concrete(leaf) is None for arrays, leaf in now.values()):
        raise NotHereError("nothing is remembered while it is traced")
    if memory.first is None:
        memory.first = copied(right)
        return right

    def again(path: str, arrays: Arrays, leaf: Leaf) -> Leaf:
        same = path in now and shape_of(now[path][1]) == shape_of(leaf)
        return arrays.replaced(now[path][1], leaf) if same else arrays.copied(leaf)

    return mapped(memory.first, on_arrays(again))


@fault(derivative=False, of_call=True, remembers=True)
def input_overwritten(right: Tree, call: Call, memory: Memory) -> Tree:
    """The answer is right, but afterwards the first array that was given is twice as large."""
    for arrays, leaf in call.arrays().values():
        if eps(leaf) and (write := arrays.writer(leaf)):
            memory.undo.append(restoring(arrays, leaf))
            write(arrays.scaled(leaf, np.full(shape_of(leaf), 2.0)))
            return right
    raise NotHereError("no argument can be written to")

"""What is known of a kernel before faults are planted: its answer, its derivatives, its samples."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import Arrays, eps, shape_of
from crossgrad.comparisons.suite.vacuity.call_faults import Memory, last_sample_dropped
from crossgrad.comparisons.suite.vacuity.calls import (
    Call,
    Kernel,
    Samples,
    arrays_in,
    copied,
    on_arrays,
)
from crossgrad.comparisons.suite.vacuity.catalogue import NotHereError
from crossgrad.comparisons.suite.vacuity.difference import differ
from crossgrad.comparisons.suite.vacuity.planted import Stand, parameters_of
from crossgrad.comparisons.suite.vacuity.trees import Leaf, Tree
from crossgrad.comparisons.suite.vacuity.verdict import one_line

Named = dict[str, tuple[Arrays, Leaf]]


class Recorder(Stand):
    """The right kernel, which notes what it is asked.

    ``example``: of the calls whose arrays have numbers, the first of those with most entries other
    than 0 in the answer; ``derived``: the arguments and parameters by which the test takes a
    derivative; ``derivable``: whether an answer of torch's says that it has any.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self.example: Call | None = None
        self.entries = -1
        self.derived: dict[str, Arrays] = {}
        self.derivable = False

    def answer(self, call: Call) -> Tree:
        asked = None if is_traced(call) else call.copied()
        answer = call.changed(on_arrays(self.watched)).right()
        leaves = arrays_in(answer).values()
        self.derivable |= any(getattr(leaf, "requires_grad", False) for _, leaf in leaves)
        numbers = [arrays.concrete(leaf) for arrays, leaf in leaves]
        entries = sum(0 if array is None else int(np.count_nonzero(array)) for array in numbers)
        if asked and entries > self.entries:
            self.example, self.entries = asked, entries
        return answer

    def watched(self, path: str, arrays: Arrays, leaf: Leaf) -> Leaf:
        return arrays.with_derivative(leaf, partial(self.note, path, arrays))

    def note(self, path: str, arrays: Arrays, gradient: Leaf) -> Leaf:
        self.derived[path] = arrays
        return gradient


def is_traced(call: Call) -> bool:
    """Whether a transformation asks, with arrays that have no numbers."""
    return any(arrays.concrete(leaf) is None for arrays, leaf in call.arrays().values())


@dataclass(frozen=True, slots=True)
class Subject:
    """A kernel, a call of it, and what it answers: ``right`` itself, and ``gradients`` by name.

    ``untested``: it has derivatives, and the test takes none of them.
    """

    call: Call
    right: Tree
    gradients: Named
    untested: bool
    samples: tuple[Samples, ...]


def subject_of(call: Call, seen: Recorder, samples: int | None) -> Subject:
    """Ask the right kernel once; raises ``ValueError``, in one line, if it gives no numbers."""
    try:
        right = copied(call.copied().right())
    except Exception as error:
        raise ValueError(f"like: the kernel raised {one_line(error)}") from error
    if not arrays_in(right):
        told = f"like: the kernel returned {type(right).__name__}"
        raise ValueError(f"{told}, in which there is no array of numbers, and no number")
    try:
        gradients = gradients_of(call, seen.derived)
    except Exception as error:
        raise ValueError(f"like: the kernel cannot be differentiated: {one_line(error)}") from error
    untested = seen.derivable and not seen.derived
    return Subject(call, right, gradients, untested, samples_of(call, right, samples))


# ------------------------------------------------------------------ derivatives
def gradients_of(call: Call, derived: dict[str, Arrays]) -> Named:
    """Of a weighted sum of the answer, by each of these arguments and parameters."""
    if not derived:
        return {}
    arrays = next(iter(derived.values()))
    asked = {
        path: leaf for path, (_, leaf) in call.arrays().items() if path in derived and eps(leaf)
    }
    held = {path: leaf for path, leaf in parameters_of(call.kernel).items() if path in derived}

    def total(*inputs: Leaf) -> Leaf:
        given = dict(zip(asked, inputs, strict=True))
        answer = arrays_in(call.changed(given.get).right()).values()
        return sum(weighted(of, leaf) for of, leaf in answer if of is arrays and eps(leaf))

    found = arrays.gradients(total, [*asked.values()], [*held.values()])
    named = zip([*asked, *held], found, strict=True)
    return {path: (arrays, gradient) for path, gradient in named if gradient is not None}


def weighted(arrays: Arrays, array: Leaf) -> Leaf:
    """A sum with other weights for other entries: that of a softmax's outputs has no gradient."""
    shape = shape_of(array)
    return arrays.scaled(array, np.linspace(1, 2, math.prod(shape)).reshape(shape)).sum().real


# ------------------------------------------------------------------ samples
def samples_of(call: Call, right: Tree, m: int | None) -> tuple[Samples, ...]:
    """Along the first or last axis of an argument, where one less makes another sum over them.

    If there is none: m of them, or else the rows and the columns of the first array.
    """
    shapes = [shape for _, leaf in call.arrays().values() if (shape := shape_of(leaf))]
    ways = [Samples(shape[axis], axis) for shape in shapes for axis in (0, -1)[: len(shape)]]
    ways = [way for way in dict.fromkeys(ways) if way.m > 1 and m in (None, way.m)]
    summed = tuple(way for way in ways if is_summed(call, right, way))
    if m is None:
        first = shapes[0] if shapes else ()
        return summed or tuple(way for way in ways if way.m in first)[:2]
    return summed or tuple(ways) or (Samples(m, None),)


def is_summed(call: Call, right: Tree, way: Samples) -> bool:
    try:
        return differ(right, last_sample_dropped(right, call, Memory(way)))
    except NotHereError:
        return False

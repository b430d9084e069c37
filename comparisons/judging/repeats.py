"""What goes wrong between calls: an answer that was given before, or the same question twice.

Some draws of a scenario have all of its first but the weights of one layer, the biases, inputs or
targets, or are the same problem once more; a program whose answers depend on what it was asked
before is wrong in one of them.
"""

from collections.abc import Iterator

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array

#: So many names are told.
MOST = 4
#: What makes a program answer the same question otherwise.
STATE = "a state is kept, or it is random"


def between_calls(comparison: Comparison, problem: Problem) -> str:
    """What the draw that fails worst has in common with another; empty if it is nothing."""
    failing = np.unravel_index(np.argmax(comparison.residual), comparison.residual.shape)[0]
    for other in range(len(comparison.reported)):
        if other != failing and (told := in_common(comparison, problem, int(failing), other)):
            return told
    return ""


def in_common(comparison: Comparison, problem: Problem, failing: int, other: int) -> str:
    """Of two draws, the answers or the questions."""
    changed = differing(problem, failing, other)
    answered_alike = same(comparison.reported, failing, other)
    all_right = (comparison.residual[other] <= 1).all()
    if not changed and not answered_alike:
        if all_right or further_apart(comparison, problem, failing, other):
            return f"draw {other} is the same problem, and was answered otherwise: {STATE}"
        return ""
    right = all_right and comparison.reported[other].any()
    all_changed = len(changed) == len(problem.arrays)
    if not (answered_alike and right and changed) or all_changed:
        return ""
    only = f"which has other {listed(changed)} and nothing else"
    return f"a stale cache: the answer to draw {other}, {only}"


def further_apart(comparison: Comparison, problem: Problem, one: int, other: int) -> bool:
    """Whether two wrong answers differ by more than their bounds, and half the digits, allow.

    Who sums the batch in another order each time differs by as much as what is wrong beside that
    makes of a bound: of 1/m that is missing, m times as much.
    """
    reported, bound = comparison.reported.astype(np.float64), comparison.bound
    with np.errstate(all="ignore"):
        size = max(np.abs(reported[draw]).max() for draw in (one, other))
        allowed = bound[one] + bound[other] + np.sqrt(ALL_FORMATS[problem.dtype].u) * size
        return bool((np.abs(reported[one] - reported[other]) > allowed).any())


def differing(problem: Problem, one: int, other: int) -> list[str]:
    """The names of the arrays that two draws do not share."""
    layers = range(1, len(problem.W) + 1)
    names = [*(f"W{superscript(l)}" for l in layers), *(f"b{superscript(l)}" for l in layers)]
    names += [f"{name}{superscript(l)}" for name, l in problem.others]
    pairs = zip([*names, "x", "y"], problem.arrays, strict=True)
    return [name for name, array in pairs if not same(array, one, other)]


def listed(names: list[str]) -> str:
    return ", ".join(names[:MOST]) + (" …" if len(names) > MOST else "")


def same(stack: Array, one: int, other: int) -> bool:
    """Whether two draws have the same bits."""
    return stack[one].tobytes() == stack[other].tobytes()


def unsteady(problem: Problem, trace: Trace) -> list[tuple[int, int]]:
    """Pairs of draws that are the same problem and have answers of other bits."""
    return [
        pair
        for pair in repeated(problem)
        if not all(same(array, *pair) for array in quantities(trace))
    ]


def repeated(problem: Problem) -> Iterator[tuple[int, int]]:
    """Pairs of draws that are the same problem."""
    first: dict[bytes, int] = {}
    for draw in range(len(problem.x)):
        key = b"".join(array[draw].tobytes() for array in problem.arrays)
        if key in first:
            yield first[key], draw
        first.setdefault(key, draw)


def quantities(trace: Trace) -> list[Array]:
    layers = [a for name in trace.reported if name != "cost" for a in getattr(trace, name)]
    layers += trace.others.values()
    return layers if trace.cost is None else [*layers, trace.cost]

"""Whether two answers differ by more than rounding: else a fault is none."""

import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import Arrays, eps, format_of, shape_of
from crossgrad.comparisons.suite.vacuity.calls import arrays_in
from crossgrad.comparisons.suite.vacuity.trees import Leaf, Tree

#: Up to so many steps of the format two numbers may be the same one, rounded on other ways.
STEPS = 2


def differ(right: Tree, other: Tree) -> bool:
    """In form, in a format, or in a number; where there are no numbers to compare, they may."""
    one, two = arrays_in(right), arrays_in(other)
    if one.keys() != two.keys():
        return True
    return any(arrays_differ(arrays, leaf, two[path][1]) for path, (arrays, leaf) in one.items())


def arrays_differ(arrays: Arrays, right: Leaf, other: Leaf) -> bool:
    if shape_of(right) != shape_of(other) or format_of(right) != format_of(other):
        return True
    a, b = arrays.concrete(right), arrays.concrete(other)
    if a is None or b is None:
        return True
    with np.errstate(all="ignore"):
        near = np.abs(a - b) <= STEPS * eps(right) * np.maximum(np.abs(a), np.abs(b))
    return not bool((near | (a == b) | (np.isnan(a) & np.isnan(b))).all())

"""Whether numbers are finite, and whether they would be in a correct program."""

from collections.abc import Iterable

import ml_dtypes
import numpy as np

from crossgrad.comparisons.backends.numpy_reference import trace as reference
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.parameters import Array


def all_finite(arrays: Iterable[Array]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)


def numbers(trace: Trace) -> list[Array]:
    cost = [] if trace.cost is None else [trace.cost]
    return [*trace.z, *trace.a, *trace.delta, *trace.dW, *trace.db, *cost]


def leaves_the_format(problem: Problem) -> bool:
    """Whether a correct program may overflow here: then the rate is to blame, not the gradient.

    The reference does; or it comes so near that a sum would which is divided at its end only. Of
    such a sum the result is less than the 2·m·n_L-th part: of m samples and n_L outputs, twice.
    """
    with np.errstate(all="ignore"):
        if not all_finite(numbers(reference(problem))):
            return True
        wide = numbers(reference(problem.astype("float64")))
        largest = max(float(np.abs(array).max()) for array in wide)
        share = 2 * problem.batch * problem.widths[-1]
        most = float(ml_dtypes.finfo(problem.dtype).max)  # type: ignore[no-untyped-call]
        return not largest * share <= most

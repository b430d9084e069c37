"""The control: a descent that differs from the reference's by rounding, and by nothing else.

Of a narrower format it is the reference in float64, from the same weights, samples and rate, all
of which float64 holds exactly: nearly the exact descent, so that its distance from the reference
is what the format's rounding has made of it. Of float64 no wider format is on every machine; there
it is a program that takes each sum from its last term to its first (one of the ``variants``): as
far from the reference as one correct program is from another. No distance passes or fails: it
stands beside the control's.
"""

from typing import NamedTuple

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.backends.own import ask
from crossgrad.comparisons.backends.variants.programs import reversed_sums
from crossgrad.comparisons.problems.problem import Problem, Trace

NAME = "control"
#: What the control is, by the format of the descent.
CONTROLS = dict.fromkeys(ALL_FORMATS, "the reference in float64")
CONTROLS |= {"float64": "the reference with its sums reversed"}


class Control(NamedTuple):
    """Who descends, and from where."""

    backend: Backend
    problem: Problem


def control_of(problem: Problem) -> Control:
    """The control of a descent from this problem."""
    if problem.dtype != "float64":
        reference = load_backend("numpy")
        return Control(Backend(NAME, reference.trace), problem.astype("float64"))
    return Control(Backend(NAME, backwards), problem)


def backwards(problem: Problem) -> Trace:
    return ask(NAME, reversed_sums, problem)

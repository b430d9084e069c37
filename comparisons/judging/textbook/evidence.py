"""What speaks for a mistake: that it explains all that was reported, and not by chance.

What was reported, what is right and what a mistake gives are here long rows of numbers: everything
that was reported of one draw, quantity by quantity.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from crossgrad.comparisons.arithmetic.comparison import Comparison
from crossgrad.comparisons.arithmetic.rounding import CHECKER, SLACK, Format
from crossgrad.comparisons.judging.causes import WITNESSES, coincidence
from crossgrad.comparisons.judging.textbook.factors import Factor
from crossgrad.comparisons.judging.textbook.planted import Planted
from crossgrad.comparisons.judging.textbook.program import Pass
from crossgrad.comparisons.judging.textbook.reckoned import Reckoned
from crossgrad.comparisons.problems.problem import Key
from crossgrad.reference.parameters import Array

#: How improbable a coincidence has to be: of what is said of a whole program, one in 65536.
IMPROBABLE = 2.0**-16
#: A single number that is wrong is no evidence of what happened to a whole program.
FEWEST = 2
#: What is computed in a narrower format is wrong in nearly all numbers, and in so many at least.
NEARLY_ALL, MANY = 0.9, 6
#: Nearer than a number's last digit is no nearer: a little less, so that all of them are heard.
NEARER = 1 - 2.0**-10
#: What is not multiplied by a factor of the gradients.
FORWARD = ("z", "a")


class Answer(NamedTuple):
    """One draw of an answer, in float64; ``right`` and its bounds, of the same quantities.

    ``doubts``: by how much what was read off other numbers may be off besides.
    """

    reported: Mapping[Key, Array]
    right: Mapping[Key, Array]
    bound: Mapping[Key, Array]
    doubts: Mapping[Key, Array]
    fmt: Format

    def compared(self, allowed: Mapping[Key, Array]) -> Comparison:
        """All of it as one row, whose bound is the larger of what is allowed of either program."""
        reported, right, bound, other = (
            row(array, self.reported) for array in (self.reported, self.right, self.bound, allowed)
        )
        error = np.abs(reported - right)
        return Comparison("", 0, reported, right, error, np.maximum(bound, other))


def row(arrays: Mapping[Key, Array], keys: Iterable[Key]) -> Array:
    return np.concatenate([np.ravel(arrays[key]) for key in keys])


#: The errors of a mistaken program, and its values.
Bounds: TypeAlias = tuple[dict[Key, Array], dict[Key, Array]]


class Explained(NamedTuple):
    """What a mistake and a factor give, and what is allowed of that."""

    given: dict[Key, Array]
    allowed: dict[Key, Array]


def explained(answer: Answer, mistaken: Bounds, factor: Factor) -> Explained | None:
    """Whether all that was reported is what the mistaken program gives, within its own bounds."""
    errors, value = mistaken
    given, allowed = {}, {}
    for key, reported in answer.reported.items():
        if value[key].shape != reported.shape:
            return None
        for times in multiples(key, factor):
            given[key] = times * value[key]
            allowed[key] = abs(times) * errors[key] * SLACK + answer.doubts.get(key, 0.0)
            if (np.abs(reported - given[key]) <= allowed[key]).all():
                break
        else:
            return None
    return Explained(given, allowed)


def bounds(planted: Planted, fmt: Format) -> Bounds:
    """Of a mistaken program in a format, and of what float64 makes of it here; and its values."""
    told, own = (Pass(planted.net, planted.steps, one).run() for one in (fmt, CHECKER))
    errors, values = {}, {}
    for key, number in told.items():
        checker = own[key]
        assert isinstance(number, Reckoned)
        assert isinstance(checker, Reckoned)
        errors[key], values[key] = number.error + checker.error, number.value
    return errors, values


def multiples(key: Key, factor: Factor) -> list[float]:
    """By what a quantity may be multiplied: δ and C have a factor of all gradients, or have not."""
    name = key[0]
    if name in FORWARD:
        return [1.0]
    known = {"dW": [factor.of_W], "db": [factor.of_b]}
    return known.get(name, list(dict.fromkeys([factor.of_all, 1.0])))


def by_chance(answer: Answer, found: Explained, tried: float) -> bool:
    """Whether one of so many mistakes could agree as well with what was reported, but was not made.

    Or whether too little is wrong to tell.
    """
    comparison = answer.compared(found.allowed)
    given = row(found.given, answer.reported)
    return too_few(comparison) or tried * coincidence(comparison, given) > IMPROBABLE


def may_tell(answer: Answer) -> bool:
    """Whether there is evidence enough, should a mistake give just what was reported.

    Where none could have any, none needs to be tried.
    """
    comparison = answer.compared(answer.bound)
    best = coincidence(comparison, comparison.reported)
    return not too_few(comparison) and best <= IMPROBABLE


def too_few(comparison: Comparison) -> bool:
    """Whether less than ``FEWEST`` different numbers are wrong."""
    failing = comparison.residual > 1
    pairs = np.array([comparison.reported[failing], comparison.expected[failing]])
    return len(np.unique(pairs, axis=1).T) < FEWEST


def by_digits(answer: Answer, found: Explained, tried: float) -> bool:
    """Whether the digits that an inaccurate form leaves are those that were reported.

    Of the entries that it changes most, in their own digits: which these are has nothing to do with
    what was reported. It agrees with them in more digits than any bound could tell.
    """
    given, reported, right = (row(a, answer.reported) for a in (found.given, *answer[:2]))
    step = answer.fmt.u * np.abs(reported) + answer.fmt.omega
    most = np.argsort(-np.abs(given - right) / step, kind="stable")[:WITNESSES]
    error = np.maximum(np.abs(reported - right), step)
    numbers = reported[most], right[most], error[most], NEARER * step[most]
    return tried * coincidence(Comparison("", 0, *numbers), given[most]) <= IMPROBABLE


def of_narrower(answer: Answer, fmt: Format) -> bool:
    """Whether each number that was reported is one of a narrower format, and nearly all are wrong.

    Its bounds alone would explain any noise. Where each is the right one, rounded once, it was not
    computed with.
    """
    keys = [key for key in answer.reported if key[0] != "cost"]  # which many add up in float64
    reported, right, bound = (row(part, keys) for part in answer[:3])
    there = right != 0
    reported, right, bound = reported[there], right[there], bound[there]
    wrong = np.abs(reported - right) > bound
    if not (reported.astype(fmt.name) == reported).all():
        return False
    further = (np.abs(reported - right) > fmt.u * np.abs(right) + fmt.omega).any()
    return bool(wrong.sum() >= MANY and wrong.mean() >= NEARLY_ALL and further)

"""What is explained or uninformative proves nothing: counted apart, and never the worst."""

import numpy as np
import pytest

from comparisons.equations import Comparison
from comparisons.scenario import Scenario
from comparisons.verdict import row

SCENARIO = Scenario.parse("3x2-tanh-quadratic-float64-m4-s1-k1")


def comparison(check, errors, bounds, value=1.0):
    """Of one draw, in one line."""
    error, bound = (np.array([[numbers]], float) for numbers in (errors, bounds))
    expected = np.full_like(error, value)
    return Comparison(check, 1, expected - error, expected, error, bound)


def test_all_entries_count_as_a_rule():
    """The worst is told, with its place."""
    judged = row(SCENARIO, "mine", comparison("z", [0.25, 0.5, 0.0], [1.0, 1.0, 1.0]))
    assert (judged.status, judged.residual, judged.draw, judged.entry) == ("pass", 0.5, 0, (0, 1))
    assert sum(judged.residuals) == sum(judged.distances) == judged.entries == 3


def test_what_proves_nothing_is_counted_apart():
    """An end-to-end bound as large as the value; a local one is never blind."""
    judged = row(SCENARIO, "mine", comparison("dW", [0.25, 0.9, 0.1], [2.0, 2.0, 0.5]))
    assert (judged.status, judged.uninformative, judged.entry) == ("pass", 2, (0, 2))
    assert judged.residual == 0.1 / 0.5
    assert sum(judged.residuals) == sum(judged.distances) == 1
    local = row(SCENARIO, "mine", comparison("z", [0.25, 0.9, 0.1], [2.0, 2.0, 0.5]))
    assert (local.uninformative, local.entry, sum(local.residuals)) == (0, (0, 1), 3)


def test_a_blind_entry_that_is_beyond_its_bound_fails():
    """-1 in place of 1, within 3/2: it would have been uninformative."""
    judged = row(SCENARIO, "mine", comparison("dW", [2.0, 0.1], [1.5, 0.5]), cause="the sign")
    assert (judged.status, judged.uninformative, judged.cause) == ("fail", 1, "the sign")
    assert (judged.entry, sum(judged.residuals)) == ((0, 0), 2)


@pytest.mark.parametrize("left", [0.1, 3.0])
def test_what_is_explained_is_counted_apart(left):
    """By the divergence; what is left decides."""
    seen = comparison("z", [5.0, left], [1.0, 1.0])
    judged = row(SCENARIO, "mine", seen, explained={"known": np.array([[[True, False]]])})
    assert judged.status == ("divergence" if left < 1 else "fail")
    assert judged.explained == {"known": (1, 5.0)}
    assert (judged.residual, judged.entry, sum(judged.residuals)) == (left, (0, 1), 1)

"""What is explained or uninformative proves nothing: counted apart, and never the worst."""

from dataclasses import replace

import numpy as np
import pytest

from crossgrad.comparisons.equations.walk import Comparison
from crossgrad.comparisons.judging.verdict import row
from crossgrad.comparisons.problems.scenario import Scenario

SCENARIO = Scenario.parse("3x2-tanh-quadratic-float64-m4-s1-k1")


def comparison(check, errors, bounds, value=1.0, flushed=0.0):
    error, bound = (np.array([[numbers]], float) for numbers in (errors, bounds))
    expected = np.full_like(error, value)
    return Comparison(check, 1, expected - error, expected, error, bound, lambda: flushed)


def test_all_entries_count_as_a_rule():
    """The worst is told, with its place."""
    judged = row(SCENARIO, "mine", comparison("z", [0.1, 0.2, 0.0], [0.4, 0.4, 0.4]))
    assert (judged.status, judged.residual, judged.draw, judged.entry) == ("pass", 0.5, 0, (0, 1))
    assert sum(judged.residuals) == sum(judged.distances) == judged.entries == 3


@pytest.mark.parametrize("explained", [None, {"known": np.array([[[True, False, False]]])}])
def test_a_row_without_counts_is_the_same_but_for_them(explained):
    """Whoever reads no histograms need not count."""
    seen = comparison("z", [5.0, 0.2, 0.9], [4.0, 0.4, 2.0])
    judged, plain = (
        row(SCENARIO, "mine", seen, explained=explained, counting=counting)
        for counting in (True, False)
    )
    assert judged.residuals
    assert judged.distances
    assert plain == replace(judged, residuals=(), distances=())


@pytest.mark.parametrize("check", ["z", "BP3", "dW"])
def test_what_proves_nothing_is_counted_apart(check):
    """A bound as large as the value, whether of one equation or of all of them."""
    judged = row(SCENARIO, "mine", comparison(check, [0.25, 0.9, 0.1], [2.0, 2.0, 0.5]))
    assert (judged.status, judged.uninformative, judged.entry) == ("pass", 2, (0, 2))
    assert judged.residual == 0.1 / 0.5
    assert sum(judged.residuals) == sum(judged.distances) == 1


@pytest.mark.parametrize("bound", [2.0, np.inf, np.nan])
def test_a_check_of_which_every_entry_proves_nothing_is_unjudged(bound):
    """It is no pass, and no failure."""
    judged = row(SCENARIO, "mine", comparison("BP3", [0.0, 0.0], [bound, bound]))
    assert (judged.status, judged.uninformative) == ("unjudged", 2)
    assert (judged.residual, sum(judged.residuals)) == (0.0, 0)


def test_what_is_zero_within_a_flush_to_zero_is_judged():
    """Of a unit that is off: the bound is above the value, and nearly all of it is for a flush."""
    off = comparison("BP2", [0.0, 1e-38], [1e-37, 1e-37], value=0.0, flushed=0.9e-37)
    assert row(SCENARIO, "mine", off).status == "pass"
    assert row(SCENARIO, "mine", off).uninformative == 0
    rounded = comparison("BP2", [0.0, 0.0], [1e-37, 1e-37], value=0.0, flushed=0.4e-37)
    assert row(SCENARIO, "mine", rounded).status == "unjudged"


def test_what_a_divergence_would_explain_by_a_bound_that_says_nothing_is_unjudged():
    """It is neither explained nor a failure."""
    seen, all_of_it = comparison("BP3", [5.0], [0.1], value=9.0), np.array([[[True]]])
    judged = row(SCENARIO, "mine", seen, unjudged=all_of_it)
    assert (judged.status, judged.explained, judged.uninformative) == ("unjudged", {}, 1)


def test_a_blind_entry_that_is_beyond_its_bound_fails():
    """-1 in place of 1, within 3/2: it would have been uninformative."""
    judged = row(SCENARIO, "mine", comparison("dW", [2.0, 0.1], [1.5, 0.5]), cause="the sign")
    assert (judged.status, judged.uninformative, judged.cause) == ("fail", 1, "the sign")
    assert (judged.entry, sum(judged.residuals)) == ((0, 0), 2)


@pytest.mark.parametrize("left", [0.1, 3.0])
def test_what_is_explained_is_counted_apart(left):
    """By the divergence; what is left decides."""
    seen = comparison("z", [5.0, left], [1.0, 1.0], value=9.0)
    judged = row(SCENARIO, "mine", seen, explained={"known": np.array([[[True, False]]])})
    assert judged.status == ("divergence" if left < 1 else "fail")
    assert judged.explained == {"known": (1, 5.0)}
    assert (judged.residual, judged.entry, sum(judged.residuals)) == (left, (0, 1), 1)

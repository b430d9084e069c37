"""Counts of how far entries are off: each value is in its bin, and counts add up."""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.histogram import (
    RESIDUAL_EDGES,
    ULP_EDGES,
    added,
    counted,
    quantile,
)

EDGES = pytest.mark.parametrize("edges", [RESIDUAL_EDGES, ULP_EDGES], ids=["residual", "ulps"])


def by_searching(values, edges):
    bins = np.searchsorted(edges, values, side="left")
    return tuple(np.bincount(bins, minlength=len(edges) + 1).tolist())


@EDGES
def test_each_value_is_in_its_bin(edges):
    """On every edge, next to it on either side, far beyond, and 0."""
    on = np.array(edges)
    values = np.concatenate([on, np.nextafter(on, -1)[1:], np.nextafter(on, 1e9), [1e-320, 1e300]])
    values = np.concatenate([values, [np.inf, np.nan], np.random.default_rng(0).random(1000) * 3])
    assert counted(values, edges) == by_searching(values, edges)
    assert sum(counted(values, edges)) == values.size


def test_an_edge_belongs_to_the_bin_below_it():
    """A residual of exactly 1 passes; the next number does not."""
    assert counted(np.array([1.0]), RESIDUAL_EDGES)[-2:] == (1, 0)
    assert counted(np.array([np.nextafter(1.0, 2)]), RESIDUAL_EDGES)[-2:] == (0, 1)


@EDGES
def test_counts_are_plain_numbers_of_an_array_of_any_shape(edges):
    """A NaN of either sign is beyond; a 0 of either sign is nothing."""
    values = np.array([[np.nan, -np.nan, np.inf], [0.0, -0.0, 0.0]])
    counts = counted(values, edges)
    assert all(type(count) is int for count in counts)
    assert (counts[0], counts[-1], sum(counts)) == (3, 3, 6)


@EDGES
def test_counts_add_up(edges):
    """Bin by bin; nothing counted is nothing added."""
    one, other = (np.random.default_rng(seed).random(50) * 2 for seed in (1, 2))
    both = counted(np.concatenate([one, other]), edges)
    assert added(counted(one, edges), counted(other, edges)) == both
    assert added((), both) == added(both, ()) == both


def test_quantile_is_the_edge_below_which_they_lie():
    """Of 100 values, half of them 0, the largest beyond the last edge."""
    values = np.array([0.0] * 50 + [0.3] * 49 + [7.0])
    counts = counted(values, RESIDUAL_EDGES)
    assert quantile(counts, RESIDUAL_EDGES, 0.5) == 0
    assert quantile(counts, RESIDUAL_EDGES, 0.99) == 0.5
    assert quantile(counts, RESIDUAL_EDGES, 1) == np.inf

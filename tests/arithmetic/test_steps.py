"""Places in the order of a format, and steps as text: to the bit, from one end to the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.arithmetic.steps import (
    distance,
    histogram,
    lengths,
    numbers,
    packed,
    places,
    unpacked,
)

always_the_same = settings(derandomize=True, database=None, deadline=None)
formats = pytest.mark.parametrize("dtype", FORMATS)
INT64 = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-3, 3)


def every_kind(dtype):
    """Numbers from all of the format, in order: both infinities, both zeros, subnormals."""
    info = np.finfo(dtype)
    sizes = [0, info.smallest_subnormal, info.smallest_normal, 1, 2, np.pi, info.max, np.inf]
    up = np.array(sizes, dtype)
    return np.concatenate([-up[::-1], up])


# ------------------------------------------------------------------ places
@formats
def test_neighbours_are_one_step_apart(dtype):
    """The next number up is at the next place, over powers of two and subnormals."""
    x = every_kind(dtype)
    x = x[(x != 0) & (np.abs(x) < np.finfo(dtype).max)]
    up = np.nextafter(x, np.array(np.inf, dtype))
    assert (places(up) - places(x) == 1).all()


@formats
def test_places_are_ordered_as_numbers_are(dtype):
    """From minus infinity to infinity, -0 just below 0."""
    assert (np.diff(places(every_kind(dtype))) > 0).all()
    assert places(np.array([0.0, -0.0], dtype)).tolist() == [0, -1]


@formats
@always_the_same
@given(data=st.data())
def test_a_place_gives_its_number_back(dtype, data):
    """Any bits at all, NaN included."""
    width = np.dtype(dtype).itemsize
    bits = np.frombuffer(data.draw(st.binary(min_size=8, max_size=64)), np.uint8)
    x = bits[: bits.size // width * width].view(dtype)
    assert numbers(places(x), dtype).tobytes() == x.tobytes()


@formats
def test_distances_are_exact_from_end_to_end(dtype):
    """Where int64 would not do: the sizes add up, and the signs are those of the order."""
    x = places(every_kind(dtype))
    sign, size = distance(x[-1:], x[:1])
    assert (sign, int(size[0])) == (1, int(x[-1]) - int(x[0]))
    sign, size = distance(x[:1], x[-1:])
    assert (sign, int(size[0])) == (-1, int(x[-1]) - int(x[0]))


def test_a_histogram_counts_from_power_to_power():
    """0, 1, 2 to 3, 4 to 7 and so on, of either sign; all from 1024 on are one."""
    there = np.array([0, 1, -1, 2, 3, -7, 1023, 1024, 5000, -(2**40)])
    expected = {"-1024": 1, "-4": 1, "-1": 1, "0": 1, "1": 1, "2": 2, "512": 1, "1024": 2}
    assert histogram(distance(there, np.zeros_like(there))) == expected
    assert list(histogram(distance(there, np.zeros_like(there)))) == list(expected)


@always_the_same
@given(st.lists(st.integers(0, 2**64 - 1)))
def test_lengths_are_those_of_binary_numbers(values):
    """Also where float64 rounds up to the next power of two."""
    values += [0, 1, 2**53 - 1, 2**53 + 1, 2**63 - 1, 2**64 - 1]
    assert lengths(np.array(values, np.uint64)).tolist() == [v.bit_length() for v in values]


# ------------------------------------------------------------------ as text
@always_the_same
@given(st.lists(SMALL | INT64, max_size=40), st.integers(0, 3))
def test_steps_are_given_back(steps, rest):
    """Any number of any size, with zeros behind them."""
    steps = np.array(steps + [0] * rest, np.int64)
    assert unpacked(packed(steps), steps.shape).tolist() == steps.tolist()


def test_shapes_are_given_back():
    steps = np.random.default_rng(0).integers(-2, 3, (3, 4, 5))
    assert (unpacked(packed(steps), steps.shape) == steps).all()


def test_what_is_as_expected_takes_no_room():
    """Nothing but zeros is nothing; one step of a thousand takes a few letters."""
    assert packed(np.zeros((20, 50), np.int64)) == ""
    assert len(packed(np.eye(1, 1000, 500, dtype=np.int64))) < 6


def test_steps_for_fewer_entries_are_refused():
    """A text that does not belong to the array."""
    with pytest.raises(ValueError, match="more than 2 steps"):
        unpacked(packed(np.ones(3, np.int64)), (2,))

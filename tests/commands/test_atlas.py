"""The atlas: which numbers are looked at, how an error is told, what is kept of it."""

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, SIXTEEN
from crossgrad.comparisons.commands.atlas import arguments, measurement
from crossgrad.comparisons.commands.atlas.errors import errors, fast_screens, ulp
from crossgrad.comparisons.commands.atlas.functions import activation
from crossgrad.comparisons.commands.atlas.refinement import Interval, disjoint
from crossgrad.comparisons.commands.atlas.search import EDGES, Search, middles

FLOAT32 = FORMATS["float32"]
formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)


# ------------------------------------------------------------------ the numbers
@pytest.mark.parametrize("fmt", SIXTEEN.values(), ids=SIXTEEN)
def test_every_finite_number_of_16_bits_is_looked_at(fmt):
    z = np.concatenate([*arguments.chunks(fmt)])
    found = {int(bits) for bits in z.view(np.uint16)}
    assert len(found) == len(z) == 2 * arguments.infinite(fmt)
    assert np.isfinite(z.astype(np.float32)).all()


def test_enough_numbers_of_float32_are_looked_at():
    """2²⁴ patterns, and the ends."""
    found = arguments.magnitudes(FLOAT32)
    assert 2 * len(found) >= 2**24
    assert {0, 1, arguments.infinite(FLOAT32) - 1} <= {int(p) for p in (*found[:2], found[-1])}


@formats
def test_chunks_go_outwards_and_have_one_sign(fmt):
    """As many numbers as are asked for at a time, or fewer."""
    chunks = [*arguments.chunks(fmt, quick=True)]
    assert len(chunks) == arguments.count(fmt, quick=True)
    for z in chunks:
        assert 0 < len(z) <= arguments.CHUNK
        assert (np.diff(np.abs(z.astype(np.float64))) > 0).all()
        assert len(set(np.signbit(z).tolist())) == 1


@formats
def test_the_neighbours_of_a_number_are_all_there(fmt):
    """On both sides, of its sign."""
    z = arguments.around(-1.0, fmt).astype(np.float64)
    assert -1.0 in z
    assert np.signbit(z).all()
    assert len(z) == 2 * arguments.REACH


# ------------------------------------------------------------------ errors
@formats
def test_an_ulp_is_the_distance_to_the_next_number(fmt):
    """About 1, and among the subnormal ones."""
    one, two = (
        arguments.numbers(
            arguments.patterns(np.array([1]).astype(arguments.types(fmt)[0]), fmt) + step, fmt
        )[0]
        for step in (0, 1)
    )
    assert ulp(np.array([1.0]), fmt)[0] == float(two) - float(one)
    smallest = float(arguments.numbers(np.array([1]), fmt)[0])
    assert ulp(np.array([smallest]), fmt)[0] == smallest


def judged(given):
    """Of tanh′ at three places, as something else gives it."""
    z = np.array([0.5, 8.0, 60.0], np.float32)
    screen = fast_screens(activation("tanh"), z, FLOAT32)[1]
    return errors(screen, given(screen.truth.nearest))


def test_an_error_is_told_in_ulps_and_as_a_share():
    found = judged(lambda true: true + 2 * ulp(true, FLOAT32))
    assert (np.abs(found.ulps[:2] - 2) < 1e-9).all()
    assert (found.shares <= 1).all()
    assert not found.lost.any()


def test_without_a_correct_digit_is_half_of_the_truth():
    """Where the truth is a normal number."""
    assert judged(lambda true: true * 1.6).lost.tolist() == [True, True, False]
    assert not judged(lambda true: true * 1.4).lost.any()


def test_what_is_no_number_is_infinitely_wrong():
    found = judged(lambda true: true * np.nan)
    assert np.isinf(found.ulps).all()
    assert np.isinf(found.shares).all()


# ------------------------------------------------------------------ what is kept
def test_places_near_each_other_are_one_interval():
    """Even where one chunk ends; others are others."""
    search = Search(FLOAT32)
    z = np.linspace(8, 16, 4096, dtype=np.float32)
    search.add_runs(z, np.arange(100, 4096, 2))
    search.seen = len(z)
    search.add_runs(np.linspace(16, 32, 4096, dtype=np.float32), np.array([0, 1, 4000]))
    first, second = search.intervals()
    assert first.low == z[100]
    assert first.high > 16
    assert 2 * first.lost - 2 <= first.seen
    assert second.low == second.high > 31


def test_of_intervals_that_overlap_the_widest_is_kept():
    wide, inside, apart = Interval(1, 9, 5, 5), Interval(2, 3, 1, 1), Interval(-4, -3, 1, 1)
    assert disjoint([inside, wide, apart]) == (apart, wide)


def test_a_profile_has_a_place_for_each_bin():
    """From about 0 to the largest."""
    assert len([*middles()]) == len(EDGES) + 1 == Search(FLOAT32).profile.shape[1]


# ------------------------------------------------------------------ a function, whole
def test_a_wrong_derivative_is_found_where_it_is_wrong():
    """tanh′ as 1 - a²: in bfloat16 nothing is left of it past 3.5; by hand all is well."""
    function, fmt = activation("tanh"), SIXTEEN["bfloat16"]
    lines = measurement.measure(
        function, fmt, ["numpy", "torch"], quick=True, advance=lambda _: None
    )
    numpy, torch = (line for line in lines if line.quantity == "σ′")
    assert not numpy.lost
    assert [interval.low > 3 for interval in torch.lost] == [False, True]
    assert torch.ulps.error > 100 > numpy.ulps.error > 0.49
    assert not torch.beyond

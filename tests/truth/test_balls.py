"""Balls are sharp or refused, and what counts as within a bound is so for certain."""

import numpy as np
import pytest
from flint import arb, ctx

from crossgrad.comparisons.arithmetic.balls.balls import (
    BITS,
    balls,
    distance,
    is_sharp,
    sharp,
    within,
)

ONE = arb(1)


def test_only_what_is_known_to_128_bits_is_sharp():
    """Relative to the middle; or within 2⁻¹²⁰⁰, where no float is but 0."""
    assert is_sharp(arb(1, 2.0**-140))
    assert not is_sharp(arb(1, 2.0**-120))
    assert is_sharp(arb(0))
    assert is_sharp(arb(0, arb(2) ** -1300))
    assert not is_sharp(arb(0, arb(2) ** -1100))
    assert not is_sharp(arb("nan"))
    assert not is_sharp(arb("inf") - arb("inf"))


def test_bits_are_added_until_the_ball_is_sharp():
    """1 - tanh 300 needs 866 bits to have a first digit; a divisor that may be 0, more bits too."""
    tried = []

    def lost():
        tried.append(ctx.prec)
        return [1 - arb(300).tanh()]

    assert is_sharp(sharp(lost)[0])
    assert tried == list(BITS[:2])
    with ctx.workprec(BITS[-1]):
        assert abs(sharp(lost)[0] * (arb(600).exp() + 1) / 2 - 1) < arb(2) ** -128


@pytest.mark.parametrize("vague", [arb(1, 2.0**-60), arb("nan"), arb(0, 1)])
def test_a_vague_ball_is_refused(vague):
    """Whatever the bits: its radius stays."""
    with pytest.raises(ArithmeticError, match="vague, even with 6144 bits"):
        sharp(lambda: [ONE, vague])


def test_precision_is_as_it_was_afterwards():
    before = ctx.prec
    sharp(lambda: [ONE])
    within(np.ones(1), balls(np.ones(1)), np.ones(1))
    assert ctx.prec == before


def test_within_is_exact_at_the_bound():
    """At the bound itself yes; where a part of the ball is beyond it, or a NaN, no."""
    true = np.array([ONE, ONE, ONE, arb(1, 2.0**-80), arb("nan"), ONE, ONE], object)
    reported = np.array([1 + 2.0**-30, 1 + 2.0**-30, 1 - 2.0**-30, 1, 1, np.nan, np.inf])
    bound = np.array([2.0**-30, np.nextafter(2.0**-30, 0), 2.0**-30, 2.0**-80 / 2, 1, 1, np.inf])
    expected = [True, False, True, False, False, False, True]
    assert within(reported, true, bound).tolist() == expected


def test_distance_takes_a_ball_where_it_is_furthest():
    """Of 2 from 1 ± ½: 1½ and a little."""
    far = distance(np.array([2.0, 1.0]), np.array([arb(1, 0.5), ONE], object))
    assert far[0] >= 1.5
    assert far[0] < 1.5 + 2.0**-20
    assert far[1] == 0

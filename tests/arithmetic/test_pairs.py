"""Numbers of 78 bits, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrad.comparisons.arithmetic.pairs import (
    ERROR,
    Pair,
    choose,
    leading,
    lift,
    renormalised,
    sum_of,
    total,
)
from crossgrad.comparisons.arithmetic.pairs import two_sum as exact_sum

always_the_same = settings(derandomize=True, database=None, deadline=None)
ERROR = Fraction(ERROR)
#: A few of the smallest subnormals: what may be lost of parts, and what a quotient makes of it.
LOST = Fraction(2) ** -1070


def numbers(exponent):
    """Float64 of any digits, either sign, magnitudes within 2**±exponent; and 0."""
    digits = st.integers(-(2**53), 2**53)
    return st.builds(lambda d, e: float(np.ldexp(float(d), e - 53)), digits,
                     st.integers(-exponent, exponent))  # fmt: skip


def pairs(exponent):
    return st.builds(lambda x, y: sum_of(np.float64(x), np.float64(y * 2.0**-53 * abs(x))),
                     numbers(exponent), numbers(0))  # fmt: skip


def fraction(x):
    """The exact value of a float or a pair."""
    return fraction(x.hi) + fraction(x.lo) if isinstance(x, Pair) else Fraction(float(x))


# ------------------------------------------------------------------ error-free transformations
@always_the_same
@given(numbers(900), numbers(900))
def test_two_sum_is_exact(x, y):
    """x + y = s + e, s the rounded sum, however far apart x and y are."""
    s, e = exact_sum(np.float64(x), np.float64(y))
    assert s == x + y
    assert fraction(s) + fraction(e) == Fraction(x) + Fraction(y)


@always_the_same
@given(numbers(1000), numbers(1000))
def test_leading_parts_have_exact_products(x, y):
    """26 bits each; where the product overflows or falls below 2⁻¹⁰²², that is not meant."""
    x, y = leading(np.float64(x)), leading(np.float64(y))
    with np.errstate(over="ignore", under="ignore"):
        product = x * y
    if np.isfinite(product) and abs(product) > 2.0**-1000:
        assert fraction(product) == fraction(x) * fraction(y)


@always_the_same
@given(numbers(1022))
def test_lift_is_exact(x):
    """Up to the largest number and down to the smallest; lo is below 2⁻²⁵ hi."""
    pair = lift(x)
    assert fraction(pair) == Fraction(x)
    assert abs(pair.lo) <= 2.0**-25 * abs(pair.hi)


@pytest.mark.parametrize("x", [0.0, -0.0, 5e-324, -5e-324, 2.0**-1022, np.finfo(float).max])
def test_lift_keeps_the_ends_of_the_format(x):
    """Zero with its sign, subnormals, and the largest number."""
    pair = lift(x)
    assert pair.nearest == x
    assert np.signbit(pair.hi) == np.signbit(x)


@always_the_same
@given(numbers(900), numbers(900))
def test_sum_of_two_has_all_bits_of_a_pair(x, y):
    """Relative to the sum itself, whatever cancels."""
    true = Fraction(x) + Fraction(y)
    assert abs(fraction(sum_of(np.float64(x), np.float64(y))) - true) <= abs(true) * ERROR


# ------------------------------------------------------------------ arithmetic
@always_the_same
@given(pairs(400), pairs(400))
def test_addition(x, y):
    """Relative to |x| + |y|."""
    true, size = fraction(x) + fraction(y), abs(fraction(x)) + abs(fraction(y))
    assert abs(fraction(x + y) - true) <= size * ERROR
    assert abs(fraction(x - -y) - true) <= size * ERROR


@always_the_same
@given(pairs(400), pairs(400))
def test_multiplication(x, y):
    true = fraction(x) * fraction(y)
    assert abs(fraction(x * y) - true) <= abs(true) * ERROR


@always_the_same
@given(pairs(400), pairs(400))
def test_division(x, y):
    if y.hi:
        true = fraction(x) / fraction(y)
        assert abs(fraction(x / y) - true) <= abs(true) * ERROR


@always_the_same
@given(pairs(1000), pairs(1000))
def test_far_out_only_the_smallest_subnormals_are_lost(x, y):
    """A product where parts are subnormal, or the result is."""
    with np.errstate(all="ignore"):
        product = x * y
    true = fraction(x) * fraction(y)
    if abs(true) < Fraction(2) ** 1000:
        assert abs(fraction(product) - true) <= abs(true) * ERROR + LOST


@always_the_same
@given(pairs(100), numbers(100))
def test_operands_may_be_numbers_and_arrays(x, y):
    """On either side, as the pairs that they are."""
    assert (x + y, x - y, x * y) == (x + lift(y), x - lift(y), x * lift(y))
    assert (y + x, y - x, y * x) == (x + y, lift(y) - x, x * y)
    assert isinstance(np.array([y]) * x, Pair)
    assert (np.array([y]) - x).nearest == (y - x).nearest
    if x.hi:
        assert y / x == lift(y) / x


@always_the_same
@given(pairs(900))
def test_signs(x):
    """Negation and the absolute value are exact."""
    assert fraction(abs(lift(-5e-324))) == Fraction(5e-324)
    assert fraction(-x) == -fraction(x)
    assert fraction(abs(x)) == abs(fraction(x))


@pytest.mark.parametrize("number", [0.0, -0.0, 1, -1, 0.1, 1e300, 5e-324])
def test_numbers_in_formulas_keep_their_sign_and_digits(number):
    """They are split once, and 0 is not -0."""
    for _ in range(2):
        pair = lift(number)
        assert fraction(pair) == Fraction(number)
        assert np.signbit(pair.hi) == np.signbit(number)


def test_infinity_and_nan_do_not_become_numbers():
    """Nor the other way round: what cannot be represented shows."""
    with np.errstate(all="ignore"):
        for x in (np.inf, -np.inf, np.nan):
            assert not np.isfinite(lift(x).nearest)
            assert not np.isfinite((1 + lift(x)).nearest)
            assert not np.isfinite((2 * lift(x)).nearest)


def test_a_pair_that_drops_its_lo_is_noticed():
    """The bounds above are not so wide that float64 would do."""
    x, y = lift(1 / 3), lift(1 / 7)
    true = fraction(x) * fraction(y)
    assert abs(fraction(x.nearest * y.nearest) - true) > true * ERROR


# ------------------------------------------------------------------ arrays
def test_choose_takes_both_parts():
    x, y = lift(np.array([1 / 3, 2 / 3])), lift(1 / 7)
    chosen = choose(np.array([True, False]), x, y)
    assert (chosen.hi[0], chosen.lo[0]) == (x.hi[0], x.lo[0])
    assert (chosen.hi[1], chosen.lo[1]) == (y.hi, y.lo)


@always_the_same
@given(st.lists(pairs(40), min_size=1, max_size=9))
def test_total_is_the_sum(terms):
    """Of any number of terms, over the last axis of a stack, relative to their sizes."""
    row = Pair(np.array([x.hi for x in terms]), np.array([x.lo for x in terms]))
    stack = row.map(lambda part: np.stack([part, -part]))
    true, size = sum(map(fraction, terms)), sum(abs(fraction(x)) for x in terms)
    sums = total(stack)
    assert sums.hi.shape == (2,)
    for sign, hi, lo in zip((1, -1), sums.hi, sums.lo, strict=True):
        assert abs(fraction(hi) + fraction(lo) - sign * true) <= 4 * size * ERROR


@always_the_same
@given(numbers(30), numbers(0))
def test_renormalised_keeps_the_value(x, y):
    """A number and a rest that is small beside it."""
    rest = 2.0**-20 * x * y
    pair = renormalised(np.float64(x), np.float64(rest))
    true = Fraction(x) + Fraction(rest)
    assert abs(fraction(pair) - true) <= abs(Fraction(x)) * Fraction(2) ** -72

"""What the checker holds as pairs, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparisons.rounding import CHECKER, SLACK, gamma
from comparisons.wide import Wide, difference, product, row_sums, two_product, two_sum

always_the_same = settings(derandomize=True, database=None, deadline=None)
formats = pytest.mark.parametrize("dtype", ["float64", "float32"])


def numbers(exponent):
    """Float64 of any digits, either sign, magnitudes within 2**±exponent; and 0."""
    digits = st.integers(-(2**53), 2**53)
    return st.builds(lambda d, e: float(np.ldexp(float(d), e - 53)), digits,
                     st.integers(-exponent, exponent))  # fmt: skip


def fractions(array):
    """The exact values, as an object array."""
    return np.frompyfunc(lambda v: Fraction(float(v)), 1, 1)(array)


def value(pair):
    """hi + lo, exactly."""
    return fractions(pair.hi) + fractions(pair.lo)


def matrix(data, shape, dtype):
    """An array of any digits, magnitudes within 2**±30."""
    size = int(np.prod(shape))
    flat = data.draw(st.lists(numbers(30), min_size=size, max_size=size))
    return np.array(flat).astype(dtype).reshape(shape)


# ------------------------------------------------------------------ error-free transformations
@always_the_same
@given(numbers(900), numbers(900))
def test_two_sum_is_exact(x, y):
    """x + y = s + e, s the rounded sum, however far apart x and y are."""
    s, e = two_sum(np.float64(x), np.float64(y))
    assert s == x + y
    assert Fraction(float(s)) + Fraction(float(e)) == Fraction(x) + Fraction(y)


@always_the_same
@given(numbers(400), numbers(400))
def test_two_product_is_exact(x, y):
    """x · y = p + e, p the rounded product."""
    p, e = two_product(np.float64(x), np.float64(y))
    assert p == x * y
    assert Fraction(float(p)) + Fraction(float(e)) == Fraction(x) * Fraction(y)


@formats
@always_the_same
@given(x=numbers(100), y=numbers(100))
def test_difference_is_exact(dtype, x, y):
    """x - y of either format, with nothing to declare."""
    x, y = np.array([x]).astype(dtype), np.array([y]).astype(dtype)
    pair = difference(x, y)
    assert (value(pair) == fractions(x) - fractions(y)).all()
    assert not pair.own.any()


# ------------------------------------------------------------------ sums of products
@formats
@pytest.mark.parametrize("leading", [(), (2,)], ids=["one", "stack"])
@always_the_same
@given(data=st.data())
def test_product_is_within_its_own_bound(leading, dtype, data):
    """|hi + lo - (AB + c)| ≤ own, for a matrix and for a stack of them."""
    A, B, c = (matrix(data, (*leading, *shape), dtype) for shape in ((2, 3), (3, 2), (2, 1)))
    magnitude = np.abs(A).astype(float) @ np.abs(B).astype(float) + np.abs(c).astype(float)
    pair = product(A, B, magnitude, plus=c)
    far = abs(value(pair) - (fractions(A) @ fractions(B) + fractions(c)))
    assert (far <= fractions(pair.own * SLACK)).all()


@formats
@always_the_same
@given(data=st.data())
def test_row_sums_are_within_their_own_bound(dtype, data):
    """|hi + lo - Σ| ≤ own, for a stack."""
    A = matrix(data, (2, 3, 5), dtype)
    magnitude = np.abs(A).astype(float).sum(-1, keepdims=True)
    pair = row_sums(A, magnitude)
    far = abs(value(pair) - fractions(A).sum(axis=-1, keepdims=True))
    assert (far <= fractions(pair.own * SLACK)).all()


@pytest.mark.parametrize("bits", [60, 75, 90])
def test_what_cancellation_leaves_is_still_there(bits):
    """2ᵇ + 1/3 - 2ᵇ is 1/3 to 106 - b digits, where float64 has none."""
    big, third = 2.0**bits, 1 / 3
    A, B = np.array([[big, third, -big, third]]), np.ones((4, 1))
    pair = product(A, B, np.abs(A) @ B)
    assert (A @ B).item() != 2 * third
    assert abs(value(pair) - 2 * Fraction(third)) <= Fraction(2) ** (bits - 105)


def test_own_bound_is_that_of_twice_the_precision():
    """Float64: of the order u², not u; float32: as float64 rounds sums of exact products."""
    one = np.ones((1, 1))
    assert product(one, one, one).own <= (4 * gamma(1, CHECKER.u)) ** 2 * SLACK
    assert product(one.astype("f4"), one.astype("f4"), one).own == gamma(2, CHECKER.u)


# ------------------------------------------------------------------ Wide
@always_the_same
@given(numbers(30), numbers(30), numbers(30), st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 1]))
def test_times_bounds_every_true_product(x, y, factor, off, factor_off):
    """Whatever lies within own of the pair, times whatever lies within the factor's own."""
    hi, lo = two_sum(np.float64(x), np.float64(y * 2.0**-40))
    own, factor_own = 2.0**-50 * abs(hi), 2.0**-50 * abs(factor)
    pair = Wide(hi, lo, own).times(np.float64(factor), np.float64(factor_own))
    true = value(Wide(hi, lo, own)) + off * Fraction(float(own))
    true_factor = Fraction(factor) + factor_off * Fraction(float(factor_own))
    assert abs(value(pair) - true * true_factor) <= Fraction(float(pair.own * SLACK))


@always_the_same
@given(numbers(30), numbers(30), st.integers(-3, 3))
def test_distance_to_a_neighbour_has_all_its_digits(x, y, ulps):
    """Where everything but the last digits is equal, their difference is what counts."""
    hi, lo = two_sum(np.float64(x), np.float64(y * 2.0**-60))
    reported = hi + ulps * np.spacing(hi)
    pair = Wide(hi, lo, np.float64(0))
    exact = abs(Fraction(float(reported)) - value(pair))
    assert abs(Fraction(float(pair.distance(reported))) - exact) <= exact * Fraction(CHECKER.u)


@always_the_same
@given(numbers(30), numbers(30), numbers(30))
def test_distance_to_anything_has_two_roundings(x, y, reported):
    """Far away, each of the two differences may be rounded; |lo| is below u|hi|."""
    hi, lo = two_sum(np.float64(x), np.float64(y * 2.0**-60))
    pair = Wide(hi, lo, np.float64(0))
    exact = abs(Fraction(reported) - value(pair))
    error = abs(Fraction(float(pair.distance(np.float64(reported)))) - exact)
    assert error <= exact * Fraction(gamma(3, CHECKER.u))

"""What the checker holds as pairs, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrad.comparisons.arithmetic import wide
from crossgrad.comparisons.arithmetic.pairs import lift, sum_of
from crossgrad.comparisons.arithmetic.rounding import CHECKER, SLACK, gamma
from crossgrad.comparisons.arithmetic.wide import SMALLEST, TRAILING, Wide, product, row_sums

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


def value(wide):
    return fractions(wide.pair.hi) + fractions(wide.pair.lo)


def matrix(data, shape, dtype):
    """An array of any digits, magnitudes within 2**±30."""
    size = int(np.prod(shape))
    flat = data.draw(st.lists(numbers(30), min_size=size, max_size=size))
    return np.array(flat).astype(dtype).reshape(shape)


# ------------------------------------------------------------------ sums of products
#: How numbers of a sum of products are drawn: with one size, with many, by rows, some of them 0.
DRAWN = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "wide": lambda rng, shape: rng.normal(size=shape) * 2.0 ** rng.integers(-30, 31, shape),
    "rows": lambda rng, shape: (
        rng.normal(size=shape) * 2.0 ** rng.integers(-90, 91, (*shape[:1], 1))
    ),
    "zeros": lambda rng, shape: rng.normal(size=shape) * (rng.random(shape) < 0.2),
    "one size": lambda rng, shape: rng.uniform(1, 2, size=shape),
    "tiny": lambda rng, shape: rng.normal(size=shape) * 2.0**-480,
}


def test_of_a_stack_only_what_cannot_be_cut_goes_term_by_term(monkeypatch):
    """Each network is within its own bound, and is what it would be if it were alone."""
    rng = np.random.default_rng(5)
    A, B, c = (rng.normal(size=(3, *shape)) for shape in ((16, 16), (16, 16), (16, 1)))
    A[1] *= 2.0**-310
    c[1] = 0
    magnitude = np.abs(A) @ np.abs(B) + np.abs(c)
    counts, usual = [], wide.leading_sum
    count = lambda x, *others: counts.append(len(x)) or usual(x, *others)  # noqa: E731
    monkeypatch.setattr(wide, "leading_sum", count)
    together = product(A, B, magnitude, c)
    assert counts == [1]
    for draw in range(3):
        alone = product(A[draw], B[draw], magnitude[draw], c[draw])
        assert (alone.pair.nearest == together.pair.nearest[draw]).all()
        truth = fractions(A[draw]) @ fractions(B[draw]) + fractions(c[draw])
        off = abs(value(together)[draw] - truth)
        assert (off <= fractions(together.own[draw])).all()


@pytest.mark.parametrize("n", [1, 7, 60])
@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("cancelling", [False, True])
def test_sums_by_blas_are_within_what_they_may_be_off_by(kind, n, cancelling):
    """And nearly always within the bound of a sum term by term, which has to hold for them."""
    used = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        A, B, c = (DRAWN[kind](rng, shape) for shape in ((3, n), (n, 4), (3, 1)))
        if cancelling:
            A, B = np.hstack([A, -A]), np.vstack([B, B * (1 + 2.0**-50 * rng.normal(size=B.shape))])
        exact = fractions(A) @ fractions(B) + fractions(c)
        magnitude = np.abs(A) @ np.abs(B) + np.abs(c)
        pair, error = wide.sliced(A, B, np.broadcast_to(c, magnitude.shape))
        known = np.isfinite(error)
        own = TRAILING * gamma(2 * n + 2, CHECKER.u) * magnitude + 2 * (n + 1) * SMALLEST
        small = known & (2 * error < own)
        used += small.all()
        far = abs(value(Wide(pair, own)) - exact)
        rounded = 2.0**-77 * fractions(np.abs(pair.nearest)) + fractions(2.0**-104 * magnitude)
        lost = 4 * n * fractions(np.full(far.shape, SMALLEST))
        assert (far <= fractions(np.where(known, error, 0.0)) + rounded + lost)[known].all()
        assert (far <= fractions(own))[small].all()
    assert used > 5 or kind in ("wide", "zeros", "tiny") or n == 1


def test_numbers_of_no_size_are_not_cut():
    """∞ and NaN, and parts that may underflow: nothing is known of such sums."""
    for other in (np.inf, np.nan, 2.0**-400, 2.0**400):
        A, B = np.full((2, 3), 1.0), np.full((3, 2), 1.0)
        A[1] = other
        with np.errstate(all="ignore"):
            error = wide.sliced(A, B, np.zeros((2, 2)))[1]
            known = product(A, B, A @ B)
        assert (error[0] < 2.0**-90).all()
        assert not (error[1] < np.inf).any()
        assert (known.pair.nearest[0] == 3).all()


@pytest.mark.parametrize("n", [1, 2, 9, 64])
def test_a_few_long_sums_by_halves_lose_nothing_either(n):
    """Of leading parts: the sum and what is lost of it are exact, but for the errors' own sum."""
    rng = np.random.default_rng(n)
    A, B = (lift(rng.normal(size=shape)).hi for shape in ((5, 1, n), (5, n, 2)))
    start, errors = rng.normal(size=(5, 1, 2)), np.zeros((5, 1, 2))
    total = wide.sum_by_halves(A, B, start, errors)
    for k in range(5):
        exact = fractions(A[k]) @ fractions(B[k]) + fractions(start[k])
        far = abs(fractions(total[k]) + fractions(errors[k]) - exact)
        assert (
            far
            <= fractions(gamma(n, CHECKER.u) * CHECKER.u * n * np.abs(A[k]) @ np.abs(B[k]))
            + fractions(CHECKER.u**2 * n * np.abs(start[k]))
        ).all()


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


def test_own_bound_is_far_below_what_it_judges():
    """Float64: 2⁻²² of what a sum in the format may err by; float32: as float64 rounds."""
    one = np.ones((1, 1))
    assert product(one, one, one).own <= 2.0**-22 * gamma(2, CHECKER.u)
    assert product(one.astype("f4"), one.astype("f4"), one).own == gamma(2, CHECKER.u)


@always_the_same
@given(st.integers(-1074, -500), st.integers(-560, 0), st.data())
def test_own_bound_holds_where_products_underflow(low, high, data):
    """Parts of a product below 2⁻¹⁰²² lose what no relative bound has."""
    A, B, c = (
        np.ldexp(matrix(data, shape, "float64"), exponent)
        for shape, exponent in (((2, 3), low), ((3, 2), high), ((2, 2), low + high))
    )
    with np.errstate(under="ignore"):
        magnitude = np.abs(A) @ np.abs(B) + np.abs(c)
        wide = product(A, B, magnitude, plus=c)
    far = abs(value(wide) - (fractions(A) @ fractions(B) + fractions(c)))
    assert (far <= fractions(wide.own * SLACK)).all()


def test_largest_numbers_do_not_overflow():
    """Splitting by multiplication would: 2²⁷ times 2¹⁰⁰⁰ is infinite."""
    A, B = np.array([[2.0**1000, 1.0]]), np.array([[1 / 3], [2.0**1000 / 3]])
    wide = product(A, B, np.abs(A) @ np.abs(B))
    assert value(wide) == fractions(A) @ fractions(B)


# ------------------------------------------------------------------ Wide
def known(x, y, own):
    return Wide(sum_of(np.float64(x), np.float64(y)), np.float64(own))


@always_the_same
@given(*[numbers(30)] * 3, st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 1]))
def test_a_rounded_product_is_within_its_own_bound_and_one_rounding(x, y, d, off, d_off):
    """Of a v that is more than a float64, and of any factor within what that is off by."""
    one, away = known(x, 2.0**-54 * y, 2.0**-50 * abs(x)), 2.0**-50 * abs(d)
    product = one.times_rounded(np.float64(d), np.float64(away))
    true = value(one) + off * Fraction(float(one.own))
    true *= Fraction(d) + d_off * Fraction(away)
    rounding = Fraction(2) ** -53 * abs(value(one) * Fraction(d))
    assert abs(value(product) - true) <= Fraction(float(product.own * SLACK)) + rounding * Fraction(
        SLACK
    )


@always_the_same
@given(*[numbers(30)] * 2, st.sampled_from([0.0, 0.5, 1.0]))
def test_what_selects_is_multiplied_exactly(x, y, d):
    """As no rounding is allowed for there."""
    one = known(x, 2.0**-54 * y, 0.0)
    assert value(one.times_rounded(np.float64(d), np.float64(0.0))) == value(one) * Fraction(d)


@always_the_same
@given(*[numbers(30)] * 4, st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 1]))
def test_times_bounds_every_true_product(x, y, factor, more, off, factor_off):
    """Whatever lies within own of the one, times whatever lies within the other's own."""
    one = known(x, 2.0**-40 * y, 2.0**-50 * abs(x))
    other = known(factor, 2.0**-60 * more, 2.0**-50 * abs(factor))
    product = one.times(other)
    true = value(one) + off * Fraction(float(one.own))
    true_factor = value(other) + factor_off * Fraction(float(other.own))
    assert abs(value(product) - true * true_factor) <= Fraction(float(product.own * SLACK))


@always_the_same
@given(*[numbers(30)] * 2, st.integers(-1074, -400), st.integers(-700, 900))
def test_times_bounds_products_that_underflow(x, factor, low, high):
    """Of parts, and of the terms of ``own``."""
    one, other = known(np.ldexp(x, low), 0, 0), known(np.ldexp(factor, high), 0, 0)
    with np.errstate(under="ignore"):
        product = one.times(other)
    true = value(one) * value(other)
    assert abs(value(product) - true) <= Fraction(float(product.own * SLACK))


@always_the_same
@given(numbers(30), numbers(30), st.integers(-3, 3))
def test_distance_to_a_neighbour_has_all_its_digits(x, y, ulps):
    """Where everything but the last digits is equal, their difference is what counts."""
    wide = known(x, 2.0**-60 * y, 0)
    reported = wide.pair.nearest + ulps * np.spacing(wide.pair.nearest)
    far = abs(Fraction(float(reported)) - value(wide))
    assert abs(Fraction(float(wide.distance(reported))) - far) <= far * Fraction(CHECKER.u)


@always_the_same
@given(numbers(30), numbers(30), numbers(30))
def test_distance_to_anything_has_two_roundings(x, y, reported):
    """Far away, each of the two differences may be rounded; |lo| is below 2⁻²⁵ |hi|."""
    wide = known(x, 2.0**-60 * y, 0)
    far = abs(Fraction(reported) - value(wide))
    error = abs(Fraction(float(wide.distance(np.float64(reported)))) - far)
    assert error <= far * Fraction(gamma(3, CHECKER.u))

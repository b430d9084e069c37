"""When a sum is exact in every order: what is claimed is true, and not claimed of rounded ones."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossgrad.comparisons.arithmetic.exactness import quantum
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.equations.propagation import affine_error
from crossgrad.comparisons.parts.layers import Dense
from crossgrad.comparisons.problems.scenario import Scenario

always_the_same = settings(derandomize=True, database=None, deadline=None)
formats = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
WIDTH = 6


def dense(W, b, a):
    W, b, a = (Number(array.astype(float)) for array in (W, b, a))
    return Sum(Term("ji,im->jm", W, a), Term("j->jm", b))


def claimed(W, b, a, fmt):
    """``Sum.is_exact`` of W a + b."""
    sums = dense(W, b, a)
    return bool(sums.is_exact(sums.magnitude(), fmt).all())


def in_order(W, b, a, order):
    """W a + b of one unit, one rounded operation after the other, in the given order."""
    terms = np.append(W[0] * a[:, 0], b[0])
    total = np.zeros((), W.dtype)
    for k in order:
        total = total + terms[k]
    return total


def whole_numbers(data, fmt, largest):
    """W, b and a of one unit: whole numbers, a and b in units of 2⁻⁴⁰."""
    entries = st.lists(st.integers(-largest, largest), min_size=WIDTH, max_size=WIDTH)
    W, a, b = (np.array(data.draw(entries), fmt.name) for _ in range(3))
    return W[None], np.ldexp(b[:1, None], -40), np.ldexp(a[:, None], -40)


@always_the_same
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
def test_quantum_divides_every_entry_and_is_the_largest(values):
    """Every entry is a whole multiple; of twice as much, not every one is."""
    q = quantum(np.array([values])).item()
    if not any(values):
        assert q == np.inf
        return
    assert all((Fraction(v) / Fraction(q)).denominator == 1 for v in values)
    assert any((Fraction(v) / Fraction(q) / 2).denominator != 1 for v in values)


def test_quantum_is_that_of_each_network_of_a_stack():
    """Float32 too, with subnormal numbers; 0 is a multiple of everything."""
    stack = np.array([[[1.5, 8.0]], [[0.0, -6.0]], [[0.0, 0.0]], [[2.0**-149, 1.0]]], "float32")
    assert quantum(stack).ravel().tolist() == [0.5, 2.0, np.inf, 2.0**-149]


def test_quantum_of_what_is_no_number_allows_nothing():
    """A sum with ∞ or NaN in it is not exact."""
    for wrong in (np.inf, -np.inf, np.nan):
        W, b, a = np.array([[wrong]]), np.ones((1, 1)), np.ones((1, 1))
        with np.errstate(invalid="ignore"):
            assert not claimed(W, b, a, FORMATS["float64"])
            assert not claimed(np.ones((1, 1)), np.array([[wrong]]), a, FORMATS["float64"])


@formats
@always_the_same
@given(data=st.data(), bits=st.integers(1, 30))
def test_exact_sums_are_the_same_in_every_order(fmt, data, bits):
    """Where exactness is claimed, any order gives the true sum; of small numbers it is claimed."""
    W, b, a = whole_numbers(data, fmt, 2**bits)
    order = data.draw(st.permutations(range(WIDTH + 1)))
    terms = zip([*W[0], 1], [*a[:, 0], b[0, 0]], strict=True)
    exact = sum(Fraction(float(w)) * Fraction(float(v)) for w, v in terms)
    assert claimed(W, b, a, fmt) or bits > 10  # (6 · 2²⁰ + 2¹⁰) quanta fit into 24 digits
    assert Fraction(float(in_order(W, b, a, order))) == exact or not claimed(W, b, a, fmt)


@formats
def test_exactness_is_claimed_up_to_the_last_digit_and_not_beyond(fmt):
    """Less than 1/u quanta fit; from there on, the order would matter."""
    one, most = np.ones((1, 1), fmt.name), np.array([[1 / fmt.u]], fmt.name)
    assert claimed(most - 2 * one, one, one, fmt)
    assert not claimed(most, one, one, fmt)
    assert most + one + one != most + (one + one)


@formats
def test_ordinary_sums_are_not_exact(fmt):
    """Nor those of an a that is known only approximately, which are rounded; the kinks draw is."""
    draws = Scenario.parse(f"6x8-relu-quadratic-{fmt.name}-m4-s3-k2").problems()
    ordinary, kinks = [(p.W[0], p.b[0], p.x) for p in draws]
    assert not claimed(*ordinary, fmt)
    assert claimed(*kinks, fmt)
    W, b, a = (array.astype(float) for array in kinks)
    for E, rounded in ((0, False), (fmt.omega, True)):
        p, known = {"W": Number(W), "b": Number(b)}, np.full_like(a, E)
        found = affine_error(Dense(), p, (a, W @ a + b), known, fmt)
        assert (found > np.abs(W) @ known).all() == rounded


@formats
def test_each_network_of_a_stack_is_asked_apart(fmt):
    """A sum that is exact, and one of as many digits that is not."""
    W, a = np.ones((2, 1, 1)), np.array([1, 1 + 2 * fmt.u]).reshape(2, 1, 1)
    assert dense(W, W, a).is_exact(1 + a, fmt).ravel().tolist() == [True, False]


@formats
def test_products_that_may_be_flushed_are_not_exact(fmt):
    """Below the smallest normal number XLA gives 0."""
    tiny = np.array([[fmt.omega]], fmt.name)
    assert claimed(tiny, tiny, np.ones_like(tiny), fmt)
    assert not claimed(tiny, tiny, 0.5 * np.ones_like(tiny), fmt)

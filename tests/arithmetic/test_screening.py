"""Large sums judged by blocks: the same verdict, worst entry and counts as of all entries."""

from collections import Counter
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.comparison import Comparison, Passed
from crossgrad.comparisons.arithmetic.expected import Extra
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import FORMATS, SLACK
from crossgrad.comparisons.arithmetic.screening import (
    Asked,
    entries,
    factors,
    passes,
    passing,
    screened,
)
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.equations.walk import all_pass, brief_checks, local_checks
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems, stack_traces
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture

#: Sums of these kinds are judged by blocks, as a rule; of all others it need not be.
BY_BLOCKS = {"normal", "zeros", "rows", "dead", "one sign"}


@pytest.fixture(autouse=True, params=[(512, 1 << 19), (8, 40)], ids=["one block", "blocks"])
def small(request, monkeypatch):
    """Sums of any size are large, in one block or in many."""
    monkeypatch.setattr(entries, "LARGE", 1)
    monkeypatch.setattr(entries, "COLUMNS", request.param[0])
    monkeypatch.setattr(factors, "NUMBERS", request.param[1])


class Drawn(NamedTuple):
    """Normal numbers: A: (draws, rows, n), B: (draws, n, columns), p: (draws, rows, 1)."""

    rng: np.random.Generator
    dtype: str
    A: np.ndarray
    B: np.ndarray
    p: np.ndarray

    def by(self, single, double):
        """A power of two, by the format."""
        return 2.0 ** (double if self.dtype == "float64" else single)

    def powers(self, most, shape):
        """Random powers of two, up to so many binary digits away from 1."""
        return 2.0 ** self.rng.integers(-most, most + 1, shape)

    def kept(self, share, shape):
        """1, or 0 where it is not kept."""
        return (self.rng.random(shape) < share).astype(float)

    def sparse(self, share):
        """So many are not 0."""
        return tuple(x * self.kept(share, x.shape) for x in (self.A, self.B, self.p))

    def cancelling(self):
        """The second half of the terms takes away nearly all of the first."""
        A, B, half = self.A.copy(), self.B.copy(), self.A.shape[-1] // 2
        A[..., half : 2 * half] = -A[..., :half]
        near = self.rng.normal(size=B[:, :half].shape) * self.by(-21, -50)
        B[:, half : 2 * half] = B[:, :half] * (1 + near)
        return A, B, self.p * 2.0**-30

    def with_one(self, in_A, in_B=1.0):
        A, B = self.A.copy(), self.B.copy()
        A.flat[self.rng.integers(A.size)] *= in_A
        B.flat[self.rng.integers(B.size)] *= in_B
        return A, B, self.p


#: How the factors of a sum are drawn.
KINDS = {
    "normal": lambda d: (d.A, d.B, d.p),
    "zeros": lambda d: d.sparse(0.5),
    "sparse": lambda d: d.sparse(0.1),
    "wide": lambda d: (d.A * d.powers(20, d.A.shape), d.B * d.powers(20, d.B.shape), d.p),
    "rows": lambda d: (d.A * d.powers(30, d.p.shape), d.B, d.p),
    "tiny": lambda d: (d.A * d.by(-50, -250), d.B * d.by(-45, -200), 0 * d.p),
    "near ω": lambda d: (d.A * d.by(-63, -511), d.B * d.by(-63, -511), 0 * d.p),
    "subnormal": lambda d: (d.A * d.by(-70, -520), d.B * d.by(-70, -530), d.p),
    "huge": lambda d: (d.A * d.by(55, 500), d.B * d.by(55, 400), d.p),
    "whole": lambda d: tuple(np.rint(4 * x) for x in (d.A, d.B, d.p)),
    "constant": lambda d: (0 * d.A + d.A.flat[0], 0 * d.B + d.B.flat[0], 0 * d.p),
    "cancelling": Drawn.cancelling,
    "dead": lambda d: (d.A * d.kept(0.9, d.p.shape), d.B, d.p * d.kept(0.5, d.p.shape)),
    "one sign": lambda d: (np.abs(d.A), np.abs(d.B), np.abs(d.p)),
    "outlier": lambda d: d.with_one(2.0**60, d.by(40, 200)),
    "no number": lambda d: d.with_one(d.rng.choice([np.inf, np.nan, 3e38])),
}


def compared(fmt, number, expected):
    value = expected.value
    bound = (expected.bound + value.own) * SLACK
    unrounded = lambda: expected.flushed() + value.own  # noqa: E731
    number_of = "z", 1, number, value.pair.nearest, value.distance(number), bound
    return Comparison(*number_of, unrounded, fmt.overflow)


def asked(kind, dtype, seed):
    """A random sum, with its value in another order; in a case of three one entry is off."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    draws, rows, n, columns = rng.integers(1, 4), *rng.integers(1, 60, 3)
    shapes = (draws, rows, n), (draws, n, columns), (draws, rows, 1)
    drawn = Drawn(rng, dtype, *(rng.normal(size=shape) for shape in shapes))
    A, B, p = (x.astype(dtype) for x in KINDS[kind](drawn))
    order, with_copy = rng.permutation(n), rng.random() < 0.6
    wide = np.float64 if rng.random() < 0.5 else dtype  # as a program in more digits has it
    number = A[..., order].astype(wide) @ B[:, order].astype(wide) + (p if with_copy else 0)
    terms = [Term("ji,im->jm", Number(A, rng.choice(["W", "delta"])), Number(B, "a"))]
    terms += [Term("j->jm", Number(p, "W", given=True))] if with_copy else []
    fmt = FORMATS[dtype]._replace(as_reported=bool(rng.integers(2)))
    extra = Extra(int(rng.choice([0, 2, 4])))
    sums = Asked(Sum(*terms), number.astype(dtype), fmt, extra, partial(compared, fmt))
    if rng.random() < 1 / 3:
        entry = tuple(rng.integers(size) for size in number.shape)
        off = whole(sums).bound[entry] * rng.uniform(0.5, 3) * rng.choice([-1, 1])
        there = number.astype(dtype)
        there[entry] += off if rng.random() < 0.8 else rng.choice([np.nan, np.inf, -np.inf])
        sums = sums._replace(reported=there)
    return sums


def whole(sums):
    return sums.compared(sums.reported, sums.equation.expected(sums.fmt, sums.extra))


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_is_found_as_among_all_entries(kind, dtype):
    """Of adversarial sums, a third with a fault: nothing beyond its bound passes, ever."""
    found = Counter()
    for seed in range(40):
        with np.errstate(all="ignore"):
            sums = asked(kind, dtype, seed)
            passed, alone = (sums.is_suited and way(sums) for way in (screened, passes))
            every = whole(sums)
        right = bool((every.residual <= 1).all())
        assert right or not (passed or alone)
        found[bool(passed)] += right
        if passed:
            same_as(passed, every)
    if kind in BY_BLOCKS:
        assert found[True] > found[False]


def same_as(passed, every):
    """The worst that proves something, and how many prove nothing.

    One entry's sums are added in another order than those of all: what that makes is ``OWN``.
    """
    blind = every.uninformative()
    residual = np.where(blind, 0.0, every.residual)
    assert passed.uninformative == np.count_nonzero(blind)
    assert passed.entries == residual.size
    one, bound = passed.worst, every.bound[passed.place]
    assert one.reported.item() == every.reported[passed.place]
    assert abs(one.residual.item() - residual.max()) <= entries.OWN
    assert abs(residual[passed.place] - residual.max()) <= entries.OWN
    assert bound / SLACK <= one.bound.item() <= bound * SLACK


# ------------------------------------------------------------------ where it could go wrong
def of(A, B, number):
    """A sum whose bound is known, and what was reported of it."""
    fmt = FORMATS[A.dtype.name]
    sums = Sum(Term("ji,im->jm", Number(A), Number(B)))
    return Asked(sums, number.astype(A.dtype), fmt, Extra(), partial(compared, fmt))


def off_by(A, B, shares):
    """Reported with errors of so many bounds."""
    exact = of(A, B, np.zeros((1, A.shape[1], B.shape[2])))
    every = whole(exact)
    return of(A, B, every.expected + shares * every.bound)


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_worst_is_none_of_those_whose_bound_says_nothing(dtype):
    """Nor is one of them what others are measured by: the first block has no others."""
    rng = np.random.default_rng(0)
    A, B = (rng.normal(size=shape).astype(dtype) for shape in ((1, 24, 30), (1, 30, 24)))
    A[..., 15:], B[:, 15:, :8] = -A[..., :15], B[:, :15, :8]  # all of whose sums are 0
    shares = np.full((1, 24, 24), 0.1)
    shares[..., :8], shares[0, 5, 20] = 0.4, 0.2
    sums = off_by(A, B, shares)
    passed = screened(sums)
    assert passed.place == (0, 5, 20)
    assert passed.uninformative == 24 * 8
    same_as(passed, whole(sums))


@pytest.mark.parametrize("rows", [1, 4])
def test_sizes_whose_sum_overflows_hide_nothing(rows):
    """Σ|left||right| of some has no number in float32, though the sum itself is one, and wrong."""
    A, B = (np.full(shape, np.float32(2.0**63)) for shape in ((1, 40, 8), (1, 8, 40)))
    A[..., ::2] *= -1
    A[:, rows:] *= np.float32(2.0**-40)
    for size in (0.5, 2):
        shares = np.full((1, 40, 40), 0.1)
        shares[0, 0, 4] = size
        sums = off_by(A, B, shares)
        assert not (passes(sums) or screened(sums)) or size < 1


@pytest.mark.parametrize("dtype", FORMATS)
def test_what_the_checker_rounds_may_be_in_favour_of_a_fault(dtype, monkeypatch):
    """As much as it may be: ours is nearer to what was reported than the sum is."""
    rng = np.random.default_rng(0)
    A, B = (rng.normal(size=shape).astype(dtype) for shape in ((1, 20, 48), (1, 48, 20)))
    M, sums = np.abs(A) @ np.abs(B), off_by(A, B, np.full((1, 20, 20), 0.01))
    every = whole(sums)

    def off(self, rows):
        told = self.reported[rows] - every.expected[0, rows, : self.columns]
        favour = (self.at_once + self.parts + 1) * sums.fmt.u * M[0, rows, : self.columns]
        return np.maximum(np.abs(told) - favour, 0).astype(dtype)

    monkeypatch.setattr(passing.Again, "off", off)
    monkeypatch.setattr(passing, "screened", None)  # it is told without it
    monkeypatch.setattr(entries, "COLUMNS", 20)
    assert passes(sums)
    for place in zip(*divmod(np.arange(400), 20), strict=True):
        reported = sums.reported.copy()
        reported[0, *place] = every.expected[0, *place] + 1.02 * every.bound[0, *place]
        assert not passes(sums._replace(reported=reported))


def test_sizes_that_are_rounded_up_near_zero_allow_no_more():
    """Scaled to 1, the products of one row and one column are subnormal in float32."""
    A, B = np.full((1, 40, 8), 1.0), np.full((1, 8, 40), 1.0)
    A[0, 3] = B[0, :, 4] = 1.1 * 2.0**-74  # their product is rounded up to 1.65 of itself
    shares = np.zeros((1, 40, 40))
    shares[0, 7, 7], shares[0, 3, 4] = 0.9, 1.1
    assert not screened(off_by(A, B, shares))


# ------------------------------------------------------------------ of a network
def answered(dtype):
    """A network whose numbers are ordinary, as a stack of one, and the reference's answer."""
    architecture = Architecture((40, 30, 20), ("relu", "sigmoid"), "quadratic")
    scenario = Scenario(architecture, dtype, 16, seed=3, draws=1)
    problems = scenario.problems()
    traces = [load_backend("numpy").trace(problem) for problem in problems]
    return scenario, stack_problems(problems), stack_traces(traces)


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_network_has_the_same_rows(dtype):
    """But for what a sum of one entry adds in another order: where, of how many, and how large."""
    scenario, problem, trace = answered(dtype)
    brief, every = brief_checks(problem, trace), local_checks(problem, trace)
    assert {c.check for c in brief if isinstance(c, Passed)} == {"z", "BP4"}
    assert all_pass(problem, trace)
    for one, other in zip(brief, every, strict=True):
        assert (one.check, one.layer) == (other.check, other.layer)
        if isinstance(one, Passed):
            same_as(one, other)
    backend = load_backend("numpy")
    rows, counted = (judge(scenario, backend, problem, trace, counting=c) for c in (False, True))
    for row, other in zip(rows, counted, strict=True):
        assert abs(row.residual - other.residual) <= entries.OWN
        assert (row.check, row.layer, row.status, row.entries, row.uninformative) == (
            *(other.check, other.layer, other.status, other.entries, other.uninformative),
        )


@pytest.mark.parametrize(("check", "layer"), [("z", 1), ("z", 2), ("BP4", 1), ("BP4", 2)])
def test_a_fault_fails_where_it_is(check, layer):
    """One entry, by twice what is allowed: what does not pass is judged as a whole."""
    scenario, problem, trace = answered("float32")
    every = local_checks(problem, trace)
    allowed = next(c.bound for c in every if (c.check, c.layer) == (check, layer))
    array = {"z": trace.z, "BP4": trace.dW}[check][layer - 1]
    array[0, 5, 2] += 2 * allowed[0, 5, 2]
    rows = judge(scenario, load_backend("numpy"), problem, trace, counting=False)
    failed = next(row for row in rows if row.status == "fail")
    assert (failed.check, failed.layer, failed.entry) == (check, layer, (5, 2))
    assert not all_pass(problem, trace)

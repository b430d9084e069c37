"""What makes the bound of a sum smaller than γ of its length: true of every program, and seen."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.expected import NONE, Extra
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, SLACK, Format, gamma
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.backends import facts_of, load_backend
from crossgrad.comparisons.backends.own import NotSupportedError
from crossgrad.comparisons.backends.variants import VARIANT, VARIANTS
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.judging.verdict import judge
from crossgrad.comparisons.problems.problem import stack_problems
from crossgrad.comparisons.problems.scenario import Scenario

#: What the check of each sum is of.
QUANTITIES = {"z": "z", "BP2": "delta", "BP3": "db", "BP4": "dW"}
formats = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def dense(W, b, a):
    return Sum(
        Term("ji,im->jm", Number(W, "W", given=True), Number(a, "a")),
        Term("j->jm", Number(b, "W", given=True)),
    )


def handed_back(W, delta):
    """Wᵀ δ."""
    return Sum(Term("ji,jm->im", Number(W, "W"), Number(delta, "delta")))


def over_batch(delta):
    """Σ δ."""
    return Sum(Term("jm->j", Number(delta, "delta")))


def outer(delta, a):
    """δ aᵀ."""
    return Sum(Term("jm,im->ji", Number(delta, "delta"), Number(a, "a")))


def sparse(rng, shape, dtype="float64", share=0.5):
    """Numbers of which some are 0."""
    return (rng.normal(size=shape) * (rng.random(shape) < share)).astype(dtype)


def allowed(sums, fmt, extra=NONE):
    """The bound that a result is held to."""
    found = sums.expected(fmt, extra)
    return (found.bound + found.value.own) * SLACK


# ------------------------------------------------------------------ terms that are 0
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.2, 0.7, 1.0])
def test_terms_that_are_not_0_are_counted(seed, share):
    """As many as a loop over all of them finds: in a stack of draws, whichever factor has zeros."""
    rng = np.random.default_rng(seed)
    W, b = sparse(rng, (3, 4, 5), share=share), sparse(rng, (3, 4, 1), share=share)
    a, delta = sparse(rng, (3, 5, 6), share=share), sparse(rng, (3, 4, 6))
    for left, right in ((W, a), (np.ones_like(W), a), (W, np.ones_like(a))):
        products = (left[..., None] * right[:, None] != 0).sum(axis=2)
        counted = np.where(products > 0, products + (b != 0), 0)
        assert (dense(left, b, right).roundings() == counted).all()
    back = (W.mT[..., None] * delta[:, None] != 0).sum(axis=2)
    assert (handed_back(W, delta).roundings() == back).all()
    assert (over_batch(delta).roundings() == (delta != 0).sum(-1, keepdims=True)).all()
    both = (delta[:, :, None] * a[:, None] != 0).sum(axis=-1)
    assert (outer(delta, a).roundings() == both).all()


def test_where_nothing_is_0_nothing_is_counted():
    """The length is a number, as it was: no product more."""
    ones = np.ones((2, 3, 3))
    assert dense(ones, ones[..., :1], ones).roundings() == 4
    assert outer(ones, ones).roundings() == over_batch(ones).roundings() == 3


@formats
def test_counted_terms_come_to_their_bound(fmt):
    """1, then numbers that are just not more than u, each lost; zeros between them say nothing."""
    n, N = 64, 9
    a = np.zeros((n, 1), fmt.name)
    a[:: n // 8] = np.nextafter(np.array(fmt.u, fmt.name), np.array(0, fmt.name))
    a[0] = 1
    W, b = np.ones((1, n), fmt.name), np.zeros((1, 1), fmt.name)
    total = np.add.accumulate(a[:, 0])[-1]
    error = abs(Fraction(float(total)) - sum(map(Fraction, a[:, 0].tolist())))
    assert (a != 0).sum() == N - 1
    found = float(allowed(dense(W, b, a), fmt).item())
    assert (N - 3) / (N - 1) < error / Fraction(found) < 1
    assert found < gamma(N, fmt.u) < gamma(n, fmt.u)


@formats
def test_a_bias_alone_is_not_rounded(fmt):
    """Where W a is 0, z is b: the next number is wrong."""
    W, a = np.zeros((1, 5), fmt.name), np.ones((5, 1), fmt.name)
    b = np.array([[0.1]], fmt.name)
    found = dense(W, b, a).expected(fmt)
    assert found.bound.item() <= fmt.omega * (2 * 5 + 2 + 5)
    assert (found.bound + found.value.own).item() < np.spacing(b).item() / 2**19


def test_what_was_reported_as_0_may_have_been_added():
    """Of a program that scales: each δ that it reports as 0 moves its sum by an ulp."""
    fmt, n, scale = FORMATS["float32"], 60, np.float32(2.0**40)
    flushed = np.float32(0.9999) * np.float32(fmt.omega)  # is 0 where subnormal numbers are
    computed = np.full((n + 1, 1), scale * flushed)
    computed[0] = scale * np.float32(2.0**-72)
    W = np.full((n + 1, 1), np.float32(2.0**30 * 1.001))
    W[0] = 1
    total = np.add.accumulate((W * computed)[:, 0])[-1] / scale
    delta = np.where(np.arange(n + 1)[:, None] > 0, 0, computed / scale).astype("float32")
    error, sums = abs(float(total) - float(delta[0, 0])), handed_back(W, delta)
    scaled, told = Extra(2), fmt.omega * float(W.sum())
    assert error <= allowed(sums, fmt, scaled).item()
    assert error > (allowed(sums, fmt, scaled) - told).item()
    assert allowed(sums, fmt).item() < told * 1.1  # who does not scale has not computed with them


# ------------------------------------------------------------------ partial sums
def exactly(left, right):
    """The sum of the products of two lists of numbers."""
    return sum(Fraction(float(x)) * Fraction(float(y)) for x, y in zip(left, right, strict=True))


@formats
@pytest.mark.parametrize("n", [3, 64, 4096])
def test_a_sum_that_cancels_comes_to_its_bound(fmt, n):
    """1, then just less than u, n - 2 times, each lost, then -1: half of γ_n was too much."""
    a = np.full((n, 1), np.nextafter(np.array(fmt.u, fmt.name), np.array(0, fmt.name)))
    a[0], a[-1] = 1, -1
    W, b = np.ones((1, n), fmt.name), np.zeros((1, 1), fmt.name)
    error = abs(Fraction(float(np.add.accumulate(a[:, 0])[-1])) - exactly(W[0], a[:, 0]))
    found = float(allowed(dense(W, b, a), fmt).item())
    assert (n - 2) / (n + 1) * 0.999 < error / Fraction(found) < 1
    assert found < 0.51 * (1 + 2 / n) * gamma(n, fmt.u) * 2


def in_any_order(rng, terms):
    """Two of the terms that are left are added, until there is one."""
    terms = list(terms)
    while len(terms) > 1:
        one = terms.pop(rng.integers(len(terms)))
        other = terms.pop(rng.integers(len(terms)))
        terms.append(one + other)
    return terms[0]


def by_multiply_adds(W, a, start):
    """In float32, each product exact, one rounding a step."""
    total = np.float32(start)
    for w, x in zip(W.astype(float), a.astype(float), strict=True):
        total = np.float32(float(total) + w * x)
    return total


@formats
@pytest.mark.parametrize("seed", range(40))
def test_every_order_is_within_the_bound(fmt, seed):
    """Sums that cancel, of terms of any size, some of them 0; with a bias."""
    rng, n = np.random.default_rng(seed), int(2 ** (1 + seed % 6))
    W = (rng.normal(size=n) * 2.0 ** rng.integers(-8, 8, n) * (rng.random(n) < 0.8)).astype(
        fmt.name
    )
    a = rng.normal(size=n).astype(fmt.name)
    a[n // 2 :] = -a[: n - n // 2] if seed % 2 else a[: n - n // 2]
    W[n // 2 :] = W[: n - n // 2]
    b = np.array(rng.normal() * (seed % 3 > 0), fmt.name)
    truth = exactly([*W, 1], [*a, b])
    sums = dense(W[None], b.reshape(1, 1), a[:, None])
    found = Fraction(allowed(sums, fmt).item())
    results = [in_any_order(rng, [*(W * a), b]) for _ in range(20)]
    if fmt.name == "float32":
        results += [by_multiply_adds(W, a, b), np.float32(by_multiply_adds(W, a, 0) + b)]
    assert max(abs(Fraction(float(result)) - truth) for result in results) <= found


# ------------------------------------------------------------------ exact sums
#: Of whole numbers in its second draw: with such targets, and a batch of 4, every sum is exact.
WHOLE = "6x8x5x4-relu,hardtanh,identity-quadratic-{}-m4-s3-k2"
every = pytest.mark.parametrize("dtype", ALL_FORMATS)


def whole_numbers(dtype, name="numpy"):
    """The problem of whole numbers as a stack, and a backend's answer."""
    (_, problem), backend = Scenario.parse(WHOLE.format(dtype)).problems(), load_backend(name)
    problem = replace(problem, y=np.rint(4 * problem.y.astype(float)).astype(dtype))
    return stack_problems([problem]), backend.traces([problem])


def checks(problem, trace, fmt):
    return {(c.check, c.layer): c for c in local_checks(problem, trace, fmt)}


@pytest.mark.parametrize("dtype", FORMATS)
def test_of_exact_sums_nothing_but_the_checkers_error_is_allowed(dtype):
    """All of who goes on with what it reports; of others z of the first layer, which is of x."""
    problem, trace = whole_numbers(dtype)
    fmt = ALL_FORMATS[dtype]
    sharp = checks(problem, trace, fmt._replace(as_reported=True))
    for (check, layer), found in checks(problem, trace, fmt).items():
        if check not in QUANTITIES:
            continue
        size = np.maximum(np.abs(found.expected), 2.0**-10).astype(dtype)
        ulp = np.spacing(size).astype(float)
        assert (sharp[check, layer].bound < ulp / 64).all()
        assert (sharp[check, layer].residual == 0).all()
        assert (found.bound < ulp / 64).all() == ((check, layer) == ("z", 1))


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("quantity", QUANTITIES.values())
def test_a_fault_of_one_ulp_in_an_exact_sum_fails(quantity, dtype):
    """Of any entry but 0, at its equation and layer first; in z of the first layer, everybody's."""
    problem, trace = whole_numbers(dtype)
    scenario = Scenario.parse(WHOLE.format(dtype))
    for place, right in checks(problem, trace, ALL_FORMATS[dtype]).items():
        if QUANTITIES.get(place[0]) != quantity:
            continue
        for entry in zip(*np.nonzero(right.reported), strict=True):
            wrong = right.reported.copy()
            wrong[entry] = np.nextafter(wrong[entry], wrong.dtype.type(np.inf))
            spoilt = with_layer(trace, quantity, place[1], wrong)
            for name in ("numpy", "jax") if place == ("z", 1) else ("numpy",):
                rows = judge(scenario, facts_of(name), problem, spoilt)
                failed = [(row.check, row.layer) for row in rows if row.status == "fail"]
                assert failed[0] == place


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_z_that_is_0_is_known_where_its_sum_is_exact(dtype):
    """It was uninformative: any number as small as rounding passed."""
    problem, trace = whole_numbers(dtype)
    for name in ("numpy", "jax"):
        z = checks(problem, trace, facts_of(name).computes_in(dtype))["z", 1]
        assert (z.expected == 0).any()
        assert not z.uninformative().any()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_in_16_bits_what_is_stored_is_rounded_and_nothing_else(dtype):
    """Twice in z: before the bias is added, and after."""
    problem, trace = whole_numbers(dtype)
    fmt, W = ALL_FORMATS[dtype], problem.W[0].astype(float)
    z = checks(problem, trace, fmt)["z", 1]
    x = problem.x.astype(float)
    stored = fmt.u * (np.abs(z.expected) + np.abs(W @ x))
    lost = fmt.omega * (2 * W.shape[-1] + 3 + np.abs(W).sum(-1, keepdims=True) + np.abs(x).sum(-2))
    own = 2.0**-50 * (np.abs(W) @ np.abs(x) + 1)
    assert (z.bound <= (stored + lost + own) * SLACK).all()
    assert (z.residual == 0).all()


@every
@pytest.mark.parametrize("name", ["numpy", "torch", *(f"{VARIANT}{name}" for name in VARIANTS)])
def test_whole_numbers_are_right_in_every_order(name, dtype):
    """Whoever sums them, however; with a batch that is no power of two as well."""
    for network in (WHOLE, WHOLE.replace("m4", "m7"), WHOLE.replace("relu,hard", "gelu,")):
        scenario, backend = Scenario.parse(network.format(dtype)), load_backend(name)
        problems = scenario.problems()
        try:
            trace = backend.traces(problems)
        except NotSupportedError:
            continue
        rows = judge(scenario, backend, stack_problems(problems), trace)
        assert [row for row in rows if row.status == "fail"] == []


def test_exactness_is_not_claimed_of_numbers_that_may_not_have_been_summed():
    """Scaled, of factors that are rounded, in a known number of additions, of what is computed."""
    fmt, one = FORMATS["float32"], np.ones((1, 2, 2), "float32")
    given, magnitude = dense(one, one[..., :1], one), np.full((1, 2, 2), 3.0)
    own = fmt._replace(as_reported=True)
    assert not given.is_exact_as_reported(fmt, NONE, magnitude).any()  # a is computed
    assert given.is_exact_as_reported(own, NONE, magnitude).all()
    assert not given.is_exact_as_reported(own, Extra(2), magnitude).any()
    assert not given.is_exact_as_reported(own._replace(factor=fmt.u), NONE, magnitude).any()
    assert not given.is_exact_as_reported(own._replace(additions=int), NONE, magnitude).any()
    assert not over_batch(one).is_exact_as_reported(fmt, NONE, magnitude).any()
    assert over_batch(one).is_exact_as_reported(own, NONE, magnitude).all()


@formats
def test_only_draws_that_may_be_exact_are_asked_and_each_by_itself(fmt):
    """One of which a number has too many digits is not; nor is one that is all 0."""
    numbers = np.ones((4, 2, 2), fmt.name)
    numbers[1, 0, 0], numbers[2, 1, 1] = 1 + 2 * fmt.u, 1 + 2 * fmt.u
    numbers[3] = 0
    sums = handed_back(numbers, numbers)
    found = sums.is_exact_as_reported(
        fmt._replace(as_reported=True), NONE, np.abs(numbers.mT) @ np.abs(numbers)
    )
    assert found.ravel().tolist() == [True, False, False, False]


# ------------------------------------------------------------------ planted faults
NETWORKS = (
    "6x12x9x4-relu,relu,identity-mse-{}-m8-s3",
    "6x12x9x4-tanh,relu,sigmoid-quadratic-{}-m5-s4",
    "9x7x8x3-relu6,hardtanh,identity-softmax_cross_entropy-{}-m16-s1",
)


def just_beyond(comparison, dtype):
    """Numbers of the format just beyond each bound, on the side away from 0."""
    side = np.where(comparison.expected < 0, -1.0, 1.0)
    wrong = (comparison.expected + side * comparison.bound).astype(dtype)
    for _ in range(2):  # of which one is for what ``expected`` itself was rounded by
        wrong = np.nextafter(wrong, (side * np.inf).astype(dtype))
    return wrong


def with_layer(trace, quantity, layer, array):
    """A trace with one array in place of that of a layer."""
    arrays = list(getattr(trace, quantity))
    arrays[layer - 1] = array
    return replace(trace, **{quantity: arrays})


def by_lengths(monkeypatch, stack, trace, fmt):
    """By the bounds as they were: γ of the length of each sum, whoever it is of."""
    summed = Format.summed
    with monkeypatch.context() as before:
        before.setattr(Sum, "roundings", lambda sums, **_: sums.length)
        before.setattr(Format, "summed", lambda fmt, *given: summed(fmt, *given[:3]))
        before.setattr(Sum, "is_exact_as_reported", lambda *_: np.zeros((), bool))
        return local_checks(stack, trace, fmt._replace(as_reported=False))


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_a_fault_just_beyond_the_bound_fails_there(monkeypatch, name, network, dtype):
    """Every entry of a sum: at its equation and layer first; by lengths much of it passes."""
    scenario, backend = Scenario.parse(network.format(dtype)), load_backend(name)
    stack = stack_problems(scenario.problems())
    trace = backend.traces(scenario.problems())
    fmt, slipped = backend.computes_in(dtype), dict.fromkeys(QUANTITIES, 0)
    for right in local_checks(stack, trace, fmt):
        if right.check not in QUANTITIES:
            continue
        place = right.check, right.layer
        wrong = with_layer(trace, QUANTITIES[right.check], right.layer, just_beyond(right, dtype))
        rows = judge(scenario, facts_of(name), stack, wrong)
        assert next((row.check, row.layer) for row in rows if row.status == "fail") == place
        again = {(c.check, c.layer): c for c in local_checks(stack, wrong, fmt)}[place]
        assert (again.residual > 1).all()
        blunt = {(c.check, c.layer): c for c in by_lengths(monkeypatch, stack, wrong, fmt)}[place]
        slipped[right.check] += int((blunt.residual <= 1).sum())
    assert min(slipped.values()) > 0


@pytest.mark.parametrize("dtype", ALL_FORMATS)
@pytest.mark.parametrize("network", NETWORKS)
def test_no_bound_is_larger_than_by_lengths(monkeypatch, network, dtype):
    """Entry by entry, in every equation."""
    scenario, backend = Scenario.parse(network.format(dtype)), load_backend("numpy")
    stack = stack_problems(scenario.problems())
    trace, fmt = backend.traces(scenario.problems()), backend.computes_in(dtype)
    sharp, blunt = local_checks(stack, trace, fmt), by_lengths(monkeypatch, stack, trace, fmt)
    for one, other in zip(sharp, blunt, strict=True):
        assert (one.bound <= other.bound * SLACK).all(), (one.check, one.layer)
        assert (one.residual <= 1).all(), (one.check, one.layer)

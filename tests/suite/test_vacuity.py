"""What a test lets through: of kernels in NumPy, whose faults the test catches or does not."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from typing import NamedTuple

import numpy as np
import pytest
from suite import execute

import crossgrad

W, X = np.arange(1.0, 10).reshape(3, 3) / 7, np.arange(2.0, 14).reshape(3, 4) / 3
OTHER = X[::-1] + 0.125


def product(W, x):
    return W @ x


def scores(W, x):
    """Several arrays, one in the other."""
    return {"z": [product(W, x), product(W, x).sum(axis=1)], "name": "scores"}


def same(given, right):
    """To the bit, in form and in format; nothing that was given has changed."""
    given, right = np.asarray(given), np.asarray(right)
    return given.dtype == right.dtype and np.array_equal(given, right)


def near(given, right):
    return np.max(np.abs(given - right)) < 1e-5


def exact(kernel, *, right=product):
    """All that can be asked: two questions, and the inputs as they were."""
    w, x = W.copy(), X.copy()
    assert same(kernel(w, x), right(W, X))
    assert same(w, W)
    assert same(x, X)
    assert same(kernel(W, OTHER), right(W, OTHER))


def names(findings):
    return {str(finding) for finding in findings}


def test_a_test_that_asserts_nothing_lets_everything_through():
    result = crossgrad.vacuity(lambda kernel: kernel(W, X) is None or None, product)
    assert result.caught == result.errors == result.too_strict == ()
    assert {"zeros", "transposed", "last sample dropped (last axis)"} & names(result.left_out)
    assert len(result.let_through) > 15
    assert [sharpness[1:3] for sharpness in result.sharpness] == [(0, 0)]


def test_a_test_that_does_not_call_the_kernel_is_told_so():
    result = crossgrad.vacuity(lambda _: None, product, like=(W, X))
    assert result.caught == ()
    assert "catches 0 of 22 planted faults; it does not call the kernel; it lets" in str(result)
    with pytest.raises(ValueError, match=r"the test never calls product \(if"):
        crossgrad.vacuity(lambda _: None, product)


def test_a_perfect_test_catches_everything():
    """And refuses an ulp, which another right program may be off by."""
    result = crossgrad.vacuity(exact, product)
    assert result.let_through == result.errors == ()
    assert [(s.everywhere, s.one_entry, s.most) for s in result.sharpness] == [(15, 15, 15)]
    assert len(result.too_strict) == 2
    assert f"catches {result.planted} of {result.planted} planted faults; it lets none" in str(
        result
    )
    result.raise_if_vacuous(digits=15)


def test_what_is_asked_once_cannot_be_seen_to_be_stale():
    result = crossgrad.vacuity(lambda kernel: same(kernel(W, X), W @ X), product)
    (stale,) = result.let_through
    assert stale.name == "first answer again"
    assert stale.note == "it does not ask twice, for different answers"
    result.raise_if_vacuous(digits=15)


def test_an_argument_that_is_always_zero_could_be_ignored():
    """As biases often are; by it nothing fails, as long as the test sees what it asks."""

    def layer(W, b, x):
        return W @ x + b

    def test(kernel):
        assert near(kernel(W, np.zeros((3, 1)), X), W @ X)

    result = crossgrad.vacuity(test, layer)
    (ignored,) = (f for f in result.let_through if f.name == "argument ignored")
    assert (ignored.where, ignored.note) == ("b", "with what it asks nothing changes")
    assert {"argument ignored in W", "argument ignored in x"} <= names(result.caught)
    result.raise_if_vacuous()


def test_an_error_of_another_kind_is_not_counted_as_caught():
    def breaks_off(kernel):
        if not same(kernel(W, X), W @ X):
            raise KeyError("wrong\nsomewhere")

    result = crossgrad.vacuity(breaks_off, product)
    assert result.caught == ()
    assert {finding.note for finding in result.errors} == {"KeyError: 'wrong\\nsomewhere'"}
    with pytest.raises(AssertionError, match="catches 0 of"):
        result.raise_if_vacuous(allow=names(result.let_through))


def test_false_is_a_verdict_and_so_are_groups_of_assertions_and_a_failure_of_pytest():
    def grouped(kernel):
        if not same(kernel(W, X), W @ X):
            raise ExceptionGroup("two", [AssertionError(), ExceptionGroup("", [AssertionError()])])

    def failing(kernel):
        if not same(kernel(W, X), W @ X):
            pytest.fail("wrong")

    def comparing(kernel):
        return (kernel(W, X) == W @ X).all()

    for test in (grouped, failing, comparing):
        assert "zeros" in names(crossgrad.vacuity(test, product).caught)
    result = crossgrad.vacuity(
        lambda kernel: same(kernel(W, X), W @ X) or pytest.skip("no"), product
    )
    assert "zeros" in names(result.errors)


def test_a_fault_is_in_one_array_of_an_answer_or_in_all():
    """A test that forgets one of them lets every fault of that one through."""
    result = crossgrad.vacuity(lambda k: same(k(W, X)["z"][0], W @ X), scores)
    passed = names(result.let_through)
    assert {"zeros in z[1]", "nan in one entry in z[1]", "one axis more in z[1]"} <= passed
    assert not {name for name in passed if name.endswith(("z[0]", "all of them"))}
    assert "zeros in all of them" in names(result.caught)
    assert "1 ± 0.1" in str(result)


def test_a_factor_that_cancels_is_caught_in_one_array_and_not_in_all():
    def direction(kernel):
        z, row = kernel(W, X)["z"]
        assert abs(z.sum() / row.sum() - 1) < 1e-12

    result = crossgrad.vacuity(direction, scores)
    assert "twice as large in all of them" in names(result.let_through)
    assert "twice as large in z[0]" in names(result.caught)


@pytest.mark.parametrize("k", [2, 5, 9])
def test_sharpness_is_the_threshold_of_the_test(k):
    def test(kernel):
        assert np.max(np.abs(kernel(W, X) / (W @ X) - 1)) < 0.5 * 10**-k

    (sharpness,) = crossgrad.vacuity(test, product).sharpness
    assert (sharpness.everywhere, sharpness.one_entry) == (k, k)


def test_what_changes_nothing_is_left_out():
    """A symmetric matrix as its transpose, whole numbers as float32; one sample as their mean."""
    symmetric = np.array([[2.0, 1.0], [1.0, 2.0]])
    result = crossgrad.vacuity(lambda k: same(k(symmetric), symmetric), np.copy)
    assert {"transposed", "rounded to float32", "rounded to bfloat16"} <= names(result.left_out)
    assert {f.note for f in result.left_out if f.name == "transposed"} == {"it changes nothing"}
    result = crossgrad.vacuity(lambda k: same(k(W, X), W @ X), product, samples=1)
    assert "not divided by m (m = 1)" in names(result.left_out)


def test_of_zeros_nothing_is_said_but_what_became_of_the_few_faults_there_are():
    """A test that asks for nothing else has little to see."""
    result = crossgrad.vacuity(lambda k: not k(0 * X).any(), np.copy)
    assert names(result.caught) == {"nan in one entry"}
    assert result.sharpness == ()
    assert "zeros" in names(result.left_out)


def test_a_test_whose_numbers_do_not_show_a_fault_lets_it_through():
    """By ``like`` the fault is one."""
    result = crossgrad.vacuity(lambda k: same(k(W, 0 * X), 0 * W @ X), product, like=(W, X))
    (zeros,) = (finding for finding in result.let_through if finding.name == "zeros")
    assert zeros.note == "with what it asks nothing changes"


def test_samples_are_what_the_kernel_sums_over_or_the_rows_and_columns_of_the_first_array():
    def planted(kernel, **given):
        result = crossgrad.vacuity(lambda k: k(W, X) is None or None, kernel, like=(W, X), **given)
        return names((*result.let_through, *result.left_out))

    def total(W, x):
        return (W @ x).sum(axis=1)

    assert {"not divided by m (m = 4)", "last sample dropped (last axis)"} <= planted(total)
    assert "not divided by m (m = 3)" not in planted(total)
    assert {"not divided by m (m = 3)", "last sample dropped (first axis)"} <= planted(product)
    assert "not divided by m (m = 4)" in planted(product, samples=4)
    assert {"not divided by m (m = 7)", "last sample dropped"} <= planted(total, samples=7)


def test_the_example_is_the_call_whose_answer_has_most_entries_other_than_0():
    """Not one at an edge, and none that the kernel refuses."""

    def test(kernel):
        with pytest.raises(ValueError, match="matmul"):
            kernel(W, X[1:])
        assert not kernel(0 * W, X).any()
        assert near(kernel(W, X), W @ X)

    result = crossgrad.vacuity(test, product)
    assert {"zeros", "rows reversed"} <= names(result.caught)
    assert result.sharpness[0].everywhere > 3


def test_a_kernel_may_fill_one_buffer_again_and_again():
    buffer = np.zeros(3)

    def total(W, x):
        return np.sum(W @ x, axis=1, out=buffer)

    result = crossgrad.vacuity(lambda k: near(k(W, X), (W @ X).sum(axis=1)), total)
    assert {"argument ignored in W", "last sample dropped (last axis)"} <= names(result.caught)


def test_inputs_are_as_they_were_after_an_interruption():
    w = W.copy()

    def test(kernel):
        kernel(w, X)
        if not same(w, W):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crossgrad.vacuity(test, product)
    assert same(w, W)


def test_a_kernel_may_be_called_in_threads():
    """In each of them it is as wrong as in any other."""

    def test(kernel):
        with ThreadPoolExecutor(4) as pool:
            for given in pool.map(lambda _: kernel(W, X), range(8)):
                assert near(given, W @ X)

    def slow(W, x):
        time.sleep(0.002)
        return W @ x

    assert not [f for f in crossgrad.vacuity(test, slow).let_through if f.gross]


def test_the_last_sample_is_really_dropped():
    """The kernel is asked without it: a mean over the others is not the mean of all."""
    seen = []

    def test(kernel):
        seen.append(kernel(X))

    crossgrad.vacuity(test, lambda x: x.sum(axis=1), samples=4)
    assert any(same(given, X[:, :-1].sum(axis=1)) for given in seen)


# ------------------------------------------------------------------ kernels of all kinds
class Pair(NamedTuple):
    """Two answers."""

    first: np.ndarray
    second: float


def test_answers_keep_their_kind():
    """Named tuples, numbers of Python and of NumPy, whole numbers and single precision."""
    right = Pair(np.arange(1, 4, dtype=np.int8), 1.5)

    def test(kernel):
        given = kernel()
        assert type(given) is Pair
        assert type(given.second) is float or given.second.dtype == "float32" or given.second.shape
        assert same(given.first, right.first)
        assert same(given.second, right.second)

    result = crossgrad.vacuity(test, lambda: Pair(right.first.copy(), right.second))
    assert {"zeros in first", "zeros in second", "nan in one entry in second"} <= names(
        result.caught
    )
    assert "nan in one entry in first" in names(result.left_out)
    assert {"first answer again"} == names(result.let_through)
    single = crossgrad.vacuity(lambda k: same(k(), np.float32(1.25)), lambda: np.float32(1.25))
    assert single.sharpness[0][1:] == (6, None, 6)


def test_keywords_defaults_and_a_kernel_that_calls_itself():
    """Inside itself it is the right one; its name, signature and attributes are the kernel's."""

    def power(x, n=2):
        return x * (power(x, n=n - 1) if n > 1 else 1)

    power.tag = "mine"

    def test(kernel):
        assert (kernel.tag, kernel.__name__) == ("mine", "power")
        assert same(kernel(x=X, n=3), X * (X * X))

    result = crossgrad.vacuity(test, power, like=X)
    assert {"first answer again"} == names(result.let_through)


def test_inputs_are_as_they_were_after_the_fault_that_overwrites_them():
    w, x = W.copy(), X.copy()
    crossgrad.vacuity(lambda k: same(k(w, x), W @ X), product)
    assert same(w, W)
    assert same(x, X)
    x.flags.writeable = w.flags.writeable = False
    result = crossgrad.vacuity(lambda k: same(k(w, x), W @ X), product, like=(W, X))
    (note,) = (f.note for f in result.left_out if f.name == "input overwritten")
    assert note == "no argument can be written to"


def test_random_numbers_are_the_same_in_every_run():
    """Of a test that draws them; the next one gets others."""

    def drawing(kernel):
        x = np.random.rand(3, 4)  # noqa: NPY002 - as many people draw
        seen.append(x)
        assert np.max(np.abs(kernel(W, x) - W @ x)) < 1e-6

    seen = []
    crossgrad.vacuity(drawing, product)
    assert len(seen) > 20
    assert all(same(x, seen[0]) for x in seen)
    assert not same(np.random.rand(3, 4), seen[0])  # noqa: NPY002 - as it draws


def test_what_numpy_warns_of_a_planted_nan_is_no_error():
    """Under warnings that are errors, as in this project."""
    result = crossgrad.vacuity(lambda k: bool((np.sqrt(k(W, X) - W @ X) == 0).all()), product)
    assert result.errors == ()


# ------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ((3, product), TypeError, "test: a function is needed, and not 3"),
        ((exact, None), TypeError, "kernel: a function is needed, and not None"),
        (
            (lambda _: False, product),
            ValueError,
            "not pass with the right kernel: it returned False",
        ),
        (
            (lambda _: 0.25, product),
            ValueError,
            "TypeError: the test returned float: True, False or",
        ),
        (
            (lambda k: k(W, X) > 0, product),
            ValueError,
            "TypeError: the test returned ndarray: True, False or",
        ),
        (
            (lambda k: k(), product),
            ValueError,
            "the test does not pass with the right kernel: TypeE",
        ),
    ],
)
def test_bad_arguments_are_told_in_one_line(arguments, error, told):
    with pytest.raises(error, match=told) as caught:
        crossgrad.vacuity(*arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"like": X}, "like: the kernel raised TypeError: product"),
        ({"like": (W, W[:2])}, "like: the kernel raised ValueError: matmul"),
        ({"samples": 0}, "samples 0: at least 1"),
    ],
)
def test_an_example_that_does_not_fit_is_told_in_one_line(given, told):
    with pytest.raises(ValueError, match=told) as caught:
        crossgrad.vacuity(exact, product, **given)
    assert "\n" not in str(caught.value)


def test_samples_are_a_whole_number():
    with pytest.raises(TypeError, match=r"samples: a whole number is needed, and not 2\.5"):
        crossgrad.vacuity(exact, product, samples=2.5)


def test_a_kernel_without_numbers_is_refused():
    with pytest.raises(ValueError, match="the kernel returned str, in which there is no array"):
        crossgrad.vacuity(lambda k: k() == "a", lambda: "a", like=())


def test_a_test_that_is_not_the_same_twice_is_refused():
    asked = []

    def tires(kernel):
        asked.append(kernel(W, X))
        assert len(asked) < 9

    with pytest.raises(ValueError, match="once more after the faults: it is not the same twice"):
        crossgrad.vacuity(tires, product)


def test_a_test_that_needs_more_than_a_call_is_told_so():
    with pytest.raises(
        ValueError, match="right kernel when another function hands on what it says"
    ):
        crossgrad.vacuity(lambda kernel: kernel is product, product)


# ------------------------------------------------------------------ the result
def half_blind(kernel):
    """It sees whether it is about right on the whole."""
    assert abs(kernel(W, X).sum() / (W @ X).sum() - 1) < 0.01


def test_gross_faults_have_to_be_caught_unless_they_are_allowed():
    result = crossgrad.vacuity(half_blind, product)
    with pytest.raises(AssertionError, match="has to catch all gross faults\nyour test catches"):
        result.raise_if_vacuous()
    result.raise_if_vacuous(allow="rows reversed")
    result.raise_if_vacuous(digits=1, allow="rows reversed")
    with pytest.raises(AssertionError, match="and factors of 1 ± 1e-4"):
        result.raise_if_vacuous(digits=4, allow="rows reversed")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"allow": "zeroes"},
            "allow: no fault is called 'zeroes': known are argument",
        ),
        ({"digits": 16}, "digits 16: from 0 to 15"),
        ({"digits": -1}, "digits -1: from 0 to 15"),
    ],
)
def test_a_bad_demand_is_told_in_one_line(given, told):
    with pytest.raises(ValueError, match=told):
        crossgrad.vacuity(half_blind, product).raise_if_vacuous(**given)


def test_the_report_has_the_answer_first_and_the_result_is_frozen(capsys):
    """Nothing is printed unless one prints it; a console shows it."""
    result = crossgrad.vacuity(half_blind, product)
    report = str(result)
    assert report.startswith(f"your test catches {len(result.caught)} of {result.planted} planted")
    assert repr(result) == report
    assert max(map(len, report.splitlines())) <= 110
    assert capsys.readouterr().out == ""
    with pytest.raises(FrozenInstanceError):
        result.caught = ()


def test_no_framework_is_needed_or_imported():
    code = """
import sys
sys.modules |= {"torch": None, "jax": None}
import crossgrad, numpy
x = numpy.arange(3.0)
print(len(crossgrad.vacuity(lambda k: bool((k(x) == x * x).all()), lambda x: x * x).caught) > 10)
print([name for name in sys.modules if "judging" in name or "backends" in name])
"""
    code, said = execute([sys.executable, "-c", code])
    assert code == 0, said
    assert said.splitlines() == ["True", "[]"]

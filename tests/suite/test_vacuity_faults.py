"""The catalogue of faults that are planted in kernels: each is one, and is what it says."""

import ml_dtypes
import numpy as np
import pytest

from crossgrad.comparisons.suite.vacuity.arrays import eps, kind_of
from crossgrad.comparisons.suite.vacuity.call_faults import Memory
from crossgrad.comparisons.suite.vacuity.calls import Call, Samples
from crossgrad.comparisons.suite.vacuity.catalogue import NotHereError, at, spot_of
from crossgrad.comparisons.suite.vacuity.difference import arrays_differ, differ
from crossgrad.comparisons.suite.vacuity.plan import FAULTS
from crossgrad.comparisons.suite.vacuity.sharpness import CONTROLS, digits_of, factor

torch = pytest.importorskip("torch")
jnp = pytest.importorskip("jax.numpy")
BY_NAME = {fault.name: fault for fault in FAULTS}
OF_ARRAYS = [fault for fault in FAULTS if not fault.of_call]
SQUARE = np.array([[0.1, 0.7, -0.3], [0.4, -0.9, 0.2], [0.6, 0.8, 0.3]])
#: What a user may call gross, all of which have to be caught by default.
GROSS = {
    *("zeros", "sign flipped", "twice as large", "half as large"),
    *("not divided by m", "divided by m twice", "last sample dropped"),
    *("last row dropped", "last column dropped", "transposed", "rows reversed"),
    *("one entry zero", "nan in one entry", "two arrays exchanged"),
}


def spoilt(fault, array, samples=5):
    arrays = kind_of(array)
    return fault.make(array, at(arrays, array, spot_of(arrays, array), samples))


def numbers(array):
    return kind_of(array).concrete(array)


@pytest.mark.parametrize("fault", OF_ARRAYS, ids=lambda fault: fault.name)
def test_a_fault_changes_the_result_and_is_the_same_in_every_framework(fault):
    """The same numbers in the same format, of NumPy, torch and JAX; the right array stays right."""
    arrays = [SQUARE.copy(), torch.tensor(SQUARE), jnp.asarray(SQUARE.astype("float32"))]
    for array in arrays:
        if array.dtype == "float32" and fault.name == "rounded to float32":
            continue
        before, wrong = numbers(array), spoilt(fault, array)
        assert arrays_differ(kind_of(array), array, wrong)
        assert type(wrong) is type(array)
        np.testing.assert_array_equal(numbers(array), before)
    one, other = (numbers(spoilt(fault, array)) for array in arrays[:2])
    np.testing.assert_array_equal(one, other)


def test_every_fault_says_what_is_wrong_and_no_two_have_a_name():
    assert len(BY_NAME) == len(FAULTS)
    assert all((fault.make.__doc__ or "").endswith(".") for fault in FAULTS)
    assert {fault.name for fault in FAULTS if fault.gross} == GROSS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("last row dropped", [[1, 2], [0, 0]]),
        ("last column dropped", [[1, 0], [3, 0]]),
        ("transposed", [[1, 3], [2, 4]]),
        ("rows reversed", [[3, 4], [1, 2]]),
        ("not divided by m", [[5, 10], [15, 20]]),
        ("one entry zero", [[1, 2], [3, 0]]),
        ("first entry off", [[1.5, 2], [3, 4]]),
        ("last entry off", [[1, 2], [3, 6]]),
        ("one axis more", [[[1, 2], [3, 4]]]),
    ],
)
def test_a_fault_by_hand(name, expected):
    given = spoilt(BY_NAME[name], np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert given.tolist() == expected


def test_a_row_that_is_zero_is_not_the_one_that_is_dropped():
    """Nor is a tiny entry the one that is: neither would show."""
    array = np.array([[0.0, 5.0, 1e-9], [3.0, 4.0, 1e-9], [0.0, 0.0, 0.0]])
    assert spoilt(BY_NAME["last row dropped"], array)[1].tolist() == [0, 0, 0]
    assert np.count_nonzero(spoilt(BY_NAME["one entry zero"], array) != array) == 1
    assert spoilt(BY_NAME["one entry zero"], array)[:, 2].tolist() == array[:, 2].tolist()


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", ml_dtypes.bfloat16])
def test_a_factor_is_seen_as_far_as_the_format_goes(dtype):
    """The last one still changes every number by several steps; the next is refused."""
    array = np.linspace(1, 2, 50).astype(dtype)
    arrays = kind_of(array)
    k = digits_of(array)
    for sign in (1, -1):
        moved = spoilt(factor(k, sign, everywhere=True), array).astype(float)
        assert (np.abs(moved / array.astype(float) - 1) >= eps(array)).all()
        assert arrays_differ(arrays, array, spoilt(factor(k, sign, everywhere=False), array))
    with pytest.raises(NotHereError):
        spoilt(factor(k + 1, 1, everywhere=True), array)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", ml_dtypes.bfloat16])
def test_a_control_is_an_ulp_or_two_off_and_no_fault(control, dtype):
    array = (np.linspace(1, 9, 60) / 3).astype(dtype)
    moved = spoilt(control, array)
    steps = (moved.astype(float) - array.astype(float)) / np.spacing(array).astype(float)
    assert 1 <= np.abs(steps).max() <= 2
    assert not arrays_differ(kind_of(array), array, moved)


# ------------------------------------------------------------------ faults of a call
def asked(name, kernel, *calls, samples=None):
    """What a kernel with the fault says to each call, one after another."""
    memory, make = Memory(samples), BY_NAME[name].make
    return [make((call := Call(kernel, args)).right(), call, memory) for args in calls]


def test_the_first_answer_is_given_again():
    first, second = np.arange(3.0), np.ones(3)
    answers = asked("first answer again", np.square, (first,), (second,))
    assert [a.tolist() for a in answers] == [[0, 1, 4], [0, 1, 4]]


def test_the_last_sample_is_left_out_of_sums():
    """And an array with an entry for each sample is right."""
    x = np.arange(6.0).reshape(2, 3)
    name, samples = "last sample dropped", Samples(3, -1)
    assert asked(name, lambda x: x.sum(1), (x,), samples=samples)[0].tolist() == [1, 7]
    assert asked(name, np.copy, (x,), samples=samples)[0].tolist() == x.tolist()
    with pytest.raises(NotHereError, match="does not take one sample less"):
        asked(name, lambda x: x @ np.eye(3), (x,), samples=samples)


def test_arrays_of_one_shape_are_exchanged():
    def kernel(x):
        return {"a": x, "b": x.sum(), "c": 2 * x}

    (answer,) = asked("two arrays exchanged", kernel, (np.ones(2),))
    assert (answer["a"].tolist(), answer["b"], answer["c"].tolist()) == ([2, 2], 2, [1, 1])


def test_an_argument_is_taken_for_zero():
    call, memory = Call(np.add, (np.ones(2), 3.0)), Memory(argument="x2")
    assert BY_NAME["argument ignored"].make(call.right(), call, memory).tolist() == [1, 1]


def test_rounding_is_no_difference():
    """Two steps of the format, another sign of zero, the same NaN; three steps, a format are."""
    x = np.array([1.0, 0.0, np.nan, np.inf])
    assert not differ([x, 1], [x * (1 + 2**-52), 1])
    assert not differ(x, np.array([1.0, -0.0, np.nan, np.inf]))
    assert differ(x, x * (1 + 3 * 2**-52))
    assert differ(x, x.astype("float32"))
    assert differ(x, [x])
    assert differ(x, x[None])

"""How small a fault in one entry is still caught."""

import pytest

from comparisons.sensitivity import bisect, measure, medians

MEDIANS = medians(list(measure(10, 0, ("float64", "float32"))))
#: What the suite promises.
PROMISED = {"float64": 1e-14, "float32": 3e-6}


@pytest.mark.parametrize(("dtype", "quantity", "pick"), MEDIANS, ids="-".join)
def test_smallest_fault_is_small(dtype, quantity, pick):
    """In the median over networks, and not below what the format can hold."""
    smallest = MEDIANS[dtype, quantity, pick]
    assert 2.0 ** (-53 if dtype == "float64" else -24) <= smallest <= PROMISED[dtype]


def test_bisection_finds_the_threshold():
    """A check that catches from 1e-9 on."""
    assert 1e-9 <= bisect(lambda fault: fault >= 1e-9) <= 1.5e-9


def test_bisection_says_when_nothing_is_caught():
    """Then it is 1."""
    assert bisect(lambda _: False) == 1

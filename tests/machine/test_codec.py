"""JSON as everything is written: strict, read back by ``float``, a line a line."""

import json
from math import inf, isnan, nan

import pytest

from crossgrad.comparisons.machine import codec

VALUES = {"a": [inf, -inf, nan, 0.1], "b": {"c": (1, inf)}, "text\u2028": "ℓ\n"}


@pytest.mark.parametrize("written", [codec.line, codec.page])
def test_what_is_written_is_strict_and_is_read_back(written):
    """No Infinity and no NaN, which JSON does not have."""
    read = json.loads(written(VALUES), parse_constant=pytest.fail)
    *numbers, last = (float(number) for number in read["a"])
    assert numbers[:2] == [inf, -inf]
    assert isnan(numbers[2])
    assert (last, read["b"]["c"], read["text\u2028"]) == (0.1, [1, "inf"], "ℓ\n")


def test_a_line_is_one():
    """Whatever a program says of itself."""
    assert len(codec.line(VALUES).splitlines()) == 1

"""Numbers as text: in full, put into an equation, and how two of them differ."""

from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.steps import Distance, distance, places
from crossgrad.reference.parameters import Array

#: Digits of a number in an equation: what a calculator shows, and three products in a line.
DIGITS = 6
#: No number that was written is shown as it was if it is longer than the others may be: those in an
#: equation, as -1.23457e-05, and those in full, as -2.2250738585072014e-308.
IN_EQUATION, IN_FULL = 12, 24
#: So much must be the same at the beginning for the rest to stand alone.
COMMON = 5


def full(value: np.generic, written: str = "") -> str:
    """The shortest text from which the number is read back, to the bit; or as it was written."""
    return written if 0 < len(written) <= IN_FULL else str(value)


def put(value: float, written: str = "") -> str:
    """In an equation, or as it was written; what is negative, or a fraction, in parentheses."""
    short = 0 < len(written) <= IN_EQUATION
    text = written if short else format(float(value), f".{DIGITS}g")
    return f"({text})" if text.startswith("-") or "/" in text else text


# ------------------------------------------------------------------ how two differ
class Apart(NamedTuple):
    """How a number differs from another: in its last digits, or all of it, and by how many ulps."""

    digits: str
    steps: int


def apart(value: np.generic, first: np.generic, dtype: str) -> Apart | None:
    """Nothing, if they are the same to the bit; steps are those of the problem's format."""
    if value.tobytes() == first.tobytes():
        return None
    way = steps_between(as_array(value), as_array(first), dtype)
    steps = int(way.sign[0]) * int(way.size[0]) if np.isfinite(value) and np.isfinite(first) else 0
    return Apart(differing(full(value), full(first)), steps)


def steps_between(there: Array, here: Array, dtype: str) -> Distance:
    """From the nearest number of the format here to that there: a cost may have more digits."""
    with np.errstate(over="ignore"):
        return distance(*(places(array.astype(dtype)) for array in (there, here)))


def same_bits(one: Array, other: Array) -> Array:
    """Where two arrays have the same numbers, to the bit; of two formats nowhere."""
    return (places(one) == places(other)) & (one.dtype == other.dtype)


def in_format(array: Array, dtype: str) -> Array:
    """In the problem's format, unless that changes a number: a Python float is a float64."""
    with np.errstate(over="ignore"):
        narrow = array.astype(dtype)
    return narrow if np.array_equal(narrow, array, equal_nan=True) else array


def differing(text: str, first: str) -> str:
    """From the last digit that is the same, or whole if little is; 0.25 beside 0.253 is 0.250."""
    (digits, e, exponent), (firsts, _, other) = (t.partition("e") for t in (text, first))
    if "." in digits:
        digits = digits.ljust(len(firsts), "0")
    same = next((i for i, (x, y) in enumerate(zip(digits, firsts, strict=False)) if x != y), None)
    same = min(len(digits), len(firsts)) if same is None else same
    return f"…{digits[same - 1 :]}{e}{exponent}" if exponent == other and same > COMMON else text


def as_array(value: np.generic) -> Array:
    return np.asarray(value).reshape(1)


def signed(steps: int) -> str:
    """With its sign, and exponent where it is long."""
    return f"{steps:+d}" if abs(steps) < 10_000 else f"{steps:+.1e}"  # noqa: PLR2004 - four digits

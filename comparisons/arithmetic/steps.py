"""Numbers as places in the order of their format, and short texts for arrays of steps.

A step leads from a number to its neighbour: -0 and +0 are neighbours, as in the total order of
IEEE 754-2019, §5.10. So steps are ulps that pass over powers of two, zero, infinity and NaN, and a
number is given back, to the bit, by another one and the steps between the two.
"""

import base64
from typing import NamedTuple

import numpy as np

from crossgrad.reference.parameters import Array

#: Distances of more binary digits, from 1024 on, are not told apart in a histogram.
MOST = 11
#: Binary digits of the largest step.
LONGEST = 64


def places(array: Array) -> Array:
    """The place of each number in the order of its format, as int64."""
    width = array.dtype.itemsize
    bits = np.ascontiguousarray(array).view(f"i{width}").astype(np.int64)
    return turned(bits, width)


def numbers(places: Array, dtype: str) -> Array:
    """The numbers of a format at these places."""
    width = np.dtype(dtype).itemsize
    return turned(places, width).astype(f"i{width}").view(dtype)


def turned(bits: Array, width: int) -> Array:
    """Negative floats are ordered by size the other way round; this is its own inverse."""
    return bits ^ ((bits >> 63) & ((1 << (8 * width - 1)) - 1))


class Distance(NamedTuple):
    """How far one array of places is from another: the signs, and the steps, as uint64."""

    sign: Array
    size: Array


def distance(there: Array, here: Array) -> Distance:
    """From here to there; int64 would not do from one end of the order to the other."""
    sign = np.sign((there > here).astype(np.int64) - (there < here))
    up, down = (a.view(np.uint64) - b.view(np.uint64) for a, b in ((there, here), (here, there)))
    return Distance(sign, np.where(sign < 0, down, up))


def histogram(way: Distance) -> dict[str, int]:
    """How many distances there are from each power of two, of either sign, to the next."""
    size = np.minimum(lengths(way.size), MOST)
    counts = np.bincount((way.sign * size).ravel() + MOST, minlength=2 * MOST + 1)
    return {str(lower_end(i - MOST)): n for i, n in enumerate(counts.tolist()) if n}


def lower_end(digits: int) -> int:
    """The smallest distance of so many binary digits, with their sign."""
    return (1 << abs(digits) - 1) * (1 if digits > 0 else -1) if digits else 0


def lengths(sizes: Array) -> Array:
    """The number of binary digits, 0 for 0, of each uint64."""
    digits = np.frexp(sizes.astype(np.float64))[1].astype(np.int64)  # perhaps rounded up
    return digits - ((digits > 0) & (sizes >> np.maximum(digits - 1, 0).view(np.uint64) == 0))


# ------------------------------------------------------------------ as text
def packed(steps: Array) -> str:
    """Steps, modulo 2⁶⁴, as text: a bit or two of each, since most are 0 or next to it.

    For each that is not 0: one more than the zeros before it in Elias's γ code, then itself in his
    δ code, with the sign as its last digit (P. Elias, *Universal codeword sets*, 1975).
    """
    steps = steps.ravel()
    there = np.flatnonzero(steps)
    zeros = np.diff(there, prepend=-1).astype(np.uint64)
    values = ((steps << 1) ^ (steps >> 63))[there].view(np.uint64)
    digits = lengths(values)
    first = np.uint64(1) << (digits - 1).astype(np.uint64)
    fields = (
        (zeros, 2 * lengths(zeros) - 1),
        (digits.view(np.uint64), 2 * lengths(digits.view(np.uint64)) - 1),
        (values ^ first, digits - 1),
    )
    bits = written(*(np.stack(side, axis=-1).ravel() for side in zip(*fields, strict=True)))
    return base64.b85encode(np.packbits(bits).tobytes()).decode()


def written(values: Array, widths: Array) -> Array:
    """Numbers in binary, one after the other, each with its own width."""
    field = np.repeat(np.arange(widths.size), widths)
    digit = np.cumsum(widths)[field] - 1 - np.arange(field.size)
    return (values[field] >> digit.view(np.uint64) & np.uint64(1)).astype(np.uint8)


def unpacked(text: str, shape: tuple[int, ...]) -> Array:
    """The steps of ``packed``; raises ``ValueError`` if there are more of them."""
    bits = np.unpackbits(np.frombuffer(base64.b85decode(text), np.uint8))
    digits = (bits + ord("0")).tobytes().decode()
    steps, at, start = np.zeros(shape, np.int64), -1, 0
    while digits.find("1", start) >= 0:
        zeros, start = gamma_code(digits, start)
        width, start = gamma_code(digits, start)
        value = int("1" + digits[start : start + width - 1], 2)
        at, start = at + zeros, start + width - 1
        if at >= steps.size or width > LONGEST:
            raise ValueError(f"more than {steps.size} steps")
        steps.flat[at] = (value >> 1) ^ -(value & 1)
    return steps


def gamma_code(digits: str, start: int) -> tuple[int, int]:
    """The number of n digits that n - 1 zeros announce, and where it ends."""
    one = digits.index("1", start)
    end = 2 * one - start + 1
    return int(digits[one:end], 2), end

"""The numbers of a format at which functions are measured, from 0 outwards, of one sign at a time.

All of float16 and bfloat16; of float32 every 255th, 2²⁴ of them; of float64 a dense grid where
functions bend, and a wide one over all magnitudes. A number is told by its pattern: its bits.
"""

from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.reference.parameters import Array

#: Numbers that a framework is asked for at a time: always as many, for what is compiled for them.
CHUNK = 2**16
#: Odd, so that no last bit of a pattern is always 0.
STEP = {"float32": 255, "float64": 2**47 - 1}
#: Of float64 between 2⁻¹² and 2¹¹: about 2¹⁵ an octave.
DENSE_STEP = 2**37 - 1
DENSE = (2.0**-12, 2.0**11)
#: With --quick one number in so many; not of the wide grid of float64.
QUICK = 16
#: Patterns on either side of a place, all of which are looked at.
REACH = 2**12

#: As numbers of the format, and as their patterns.
Types = tuple[np.dtype[Any], np.dtype[Any]]


def types(fmt: Format) -> Types:
    """bfloat16 is not NumPy's own."""
    number = np.dtype(ml_dtypes.bfloat16 if fmt.name == "bfloat16" else fmt.name)
    return number, np.dtype(f"u{number.itemsize}")


def numbers(patterns: Array, fmt: Format) -> Array:
    number, bits = types(fmt)
    return np.asarray(patterns, bits).view(number)


def patterns(z: Array, fmt: Format) -> Array:
    """The bits of |z|, as integers that are in the order of the numbers."""
    _, bits = types(fmt)
    return np.ascontiguousarray(z).view(bits) & bits.type(sign_bit(fmt) - 1)


def limits(fmt: Format) -> Any:  # noqa: ANN401 - has no types
    finfo: Any = ml_dtypes.finfo
    return finfo(types(fmt)[0])


def smallest_normal(fmt: Format) -> float:
    return float(limits(fmt).tiny)


def largest(fmt: Format) -> float:
    return float(limits(fmt).max)


def digits(fmt: Format) -> int:
    """Bits of a number after its first."""
    return int(limits(fmt).nmant)


def infinite(fmt: Format) -> int:
    """The pattern of ∞, the first that is no finite number's."""
    number, _ = types(fmt)
    return int(patterns(np.array([np.inf]).astype(number), fmt)[0])


def magnitudes(fmt: Format, *, quick: bool = False) -> Array:
    """Patterns of the numbers from 0 to the largest, in order."""
    end = infinite(fmt)
    if fmt.name not in STEP:
        return np.arange(end, dtype=np.uint64)
    factor = QUICK if quick else 1
    wide = 1 if fmt.name == "float64" else factor
    parts = [extremes(fmt), spaced(0, end, STEP[fmt.name] * wide)]
    if fmt.name == "float64":
        low, high = (int(p) for p in patterns(np.array(DENSE), fmt))
        parts.append(spaced(low, high, DENSE_STEP * factor))
    found = np.sort(np.concatenate(parts))
    return found[np.append(True, found[1:] != found[:-1])]  # np.unique hashes, ten times as long


def spaced(low: int, high: int, step: int) -> Array:
    """From low on, at equal distances, below high."""
    return np.arange(low, high, step, dtype=np.uint64)


def extremes(fmt: Format) -> Array:
    """The smallest numbers, the first normal ones, those about 1, the largest."""
    number, _ = types(fmt)
    middle = np.array([smallest_normal(fmt), 1]).astype(number)
    ends = (0, *(int(pattern) - 4 for pattern in patterns(middle, fmt)), infinite(fmt) - 8)
    return np.concatenate([np.arange(end, end + 8, dtype=np.uint64) for end in ends])


def chunks(fmt: Format, *, quick: bool = False) -> Iterator[Array]:
    """All of them, first the positive ones; no more than ``CHUNK`` at a time."""
    found = magnitudes(fmt, quick=quick)
    for sign in (0, sign_bit(fmt)):
        for start in range(0, len(found), CHUNK):
            yield numbers(found[start : start + CHUNK] | np.uint64(sign), fmt)


def sign_bit(fmt: Format) -> int:
    return 1 << (8 * types(fmt)[0].itemsize - 1)


def count(fmt: Format, *, quick: bool = False) -> int:
    return 2 * -(-len(magnitudes(fmt, quick=quick)) // CHUNK)


def around(z: float, fmt: Format) -> Array:
    """Every number within ``REACH`` patterns of one, of its sign."""
    number, _ = types(fmt)
    here = int(patterns(np.array([z]).astype(number), fmt)[0])
    near = np.arange(max(here - REACH, 0), min(here + REACH, infinite(fmt)), dtype=np.uint64)
    return numbers(near | np.uint64(sign_bit(fmt) if np.signbit(z) else 0), fmt)

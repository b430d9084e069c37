"""Arguments of σ and C where something may go wrong, and many more in between."""

from collections.abc import Iterable

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.reference.activations import ACTIVATIONS
from crossgrad.reference.parameters import Array, raw_bits, uniform

#: Where a σ has a kink, where a framework switches its formula, where a format ends.
SPECIAL = (0.5, 1, 2, 3, 6, 7.5, 9, 13, 18, 19, 20, 37, 40, 88, 89, 103, 104, 700, 709, 745, 1e4)
#: Neighbours of a special number on either side; random numbers of each kind.
NEIGHBOURS, RANDOM = 4, 350


def grid(fmt: Format, points: int = 200) -> Array:
    """Floats of a format: both zeros, both ends, subnormal, powers, kinks, and a dense middle."""
    info = np.finfo(fmt.name)
    ends = [info.max, info.tiny, info.smallest_subnormal, info.tiny / 4, 1, 6, 19, 20, 37, 88, 700]
    with np.errstate(all="ignore"):
        powers = 10.0 ** np.arange(info.minexp // 3.4, info.maxexp // 3.4)
        sweeps = [np.linspace(0, end, points) for end in (2, 12, 45, 110, 760)]
        positive = np.concatenate([rounded(part, fmt) for part in (ends, powers, *sweeps)])
    return np.concatenate([-positive, positive])


def dense_grid(fmt: Format) -> Array:
    """The grid; 4 floats on either side of each special number and power of two; random ones."""
    centres = rounded([*SPECIAL, *powers_of_two(fmt)], fmt)
    around = np.concatenate([centres, *neighbours(centres), *neighbours(np.zeros(1, fmt.name))])
    parts = [grid(fmt), around, -around, *random_numbers(fmt)]
    zeros = rounded([0.0, -0.0], fmt)  # one number to ``unique``
    return np.append(np.unique(np.concatenate(parts)), zeros)


def powers_of_two(fmt: Format) -> Array:
    """All from 2⁻³⁰ to 2¹¹, and one in 16 of the rest, down to the subnormal ones."""
    info = np.finfo(fmt.name)
    exponents = np.union1d(np.arange(-30, 12), np.arange(info.minexp - 16, info.maxexp, 16))
    return np.ldexp(1.0, exponents.astype(np.int32))


def neighbours(centres: Array) -> list[Array]:
    """The next four floats below each number, and the next four above."""
    found = []
    for way in (-np.inf, np.inf):
        step = centres
        for _ in range(NEIGHBOURS):
            step = np.nextafter(step, centres.dtype.type(way))
            found.append(step)
    return found


def random_numbers(fmt: Format) -> list[Array]:
    """Of every magnitude and sign alike; and within 1, 8, 32, 128 and 1024."""
    width = np.finfo(fmt.name).bits
    patterns = raw_bits((RANDOM,), 21, 0, 0) >> np.uint64(64 - width)
    anywhere = patterns.astype(f"u{width // 8}").view(fmt.name)
    near = [uniform(raw_bits((RANDOM,), 21, 0, k), fmt.name) * 2.0**k for k in (0, 3, 5, 7, 10)]
    return [anywhere[np.isfinite(anywhere)], *(part.astype(fmt.name) for part in near)]


def rounded(values: Iterable[float], fmt: Format) -> Array:
    return np.asarray(values, dtype=fmt.name)


def without_overflow(name: str, z: Array) -> Array:
    """Those of which σ is a number of the format: selu is steeper than 1 up to the largest."""
    with np.errstate(over="ignore"):
        a = ACTIVATIONS[name].sigma(z.astype(np.float64))
    return z[np.abs(a) <= np.finfo(z.dtype).max]

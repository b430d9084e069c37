"""When a sum of products is exact in every order: the numbers are multiples of one quantum.

If every product is a multiple of q and Σ|xᵢyᵢ| < q/u, all partial sums are representable, so
nothing is rounded; nor is it flushed to zero, if q and all factors are normal numbers. Small
whole numbers, as the kinks regime draws them, are the usual case; it is what tells a unit that
sits exactly on a kink from one that only may. ``Sum.is_exact`` asks it of an equation.
"""

import numpy as np

from crossgrad.reference.parameters import Array

#: The bits of a float64 that are its digits.
MANTISSA = np.int64(2**52 - 1)


#: By the bytes of a number: its bits as a whole number, and how many of its digits are stored.
BITS = {8: (np.int64, 52), 4: (np.int32, 23)}


def is_short(array: Array, digits: int) -> Array:
    """Whether no number of a network has more digits than these, binary ones."""
    whole, stored = BITS[array.dtype.itemsize]
    rows = array.view(whole).reshape(*array.shape[:-2], -1)
    in_any = np.bitwise_or.reduce(rows, axis=-1, keepdims=True)[..., None]
    return np.asarray(in_any & whole(2 ** (stored + 1 - digits) - 1) == 0)


def quantum(array: Array) -> Array:
    """The largest power of two that divides every entry; infinite where all are 0."""
    return quantum_and_smallest(array)[0]


def quantum_and_smallest(array: Array) -> tuple[Array, Array]:
    """With the smallest size of an entry that is not 0: XLA reads a subnormal one as 0."""
    size = np.abs(array.astype(np.float64))
    bits = size.view(np.int64)
    digits = bits & MANTISSA  # those after the point: none of a power of two
    lowest = size - (bits - (digits & -digits)).view(np.float64)
    size[size == 0] = np.inf
    quanta = np.where(digits == 0, size, lowest)
    least, smallest = (of.min(axis=(-2, -1), keepdims=True) for of in (quanta, size))
    return least, smallest

"""Errors in units in the last place: how many numbers of a format lie between two values."""

from typing import Any, NamedTuple, Self

import numpy as np

from crossgrad.reference.parameters import Array


class Bits(NamedTuple):
    """Of a format that NumPy has: its bits as a whole number, and which of them are the exponent.

    ``step``: from 1 to the next number; ``smallest``: from 0.
    """

    whole: type[np.signedinteger[Any]]
    exponent: np.signedinteger[Any]
    step: np.floating[Any]
    smallest: np.floating[Any]

    @classmethod
    def of(cls, dtype: str, whole: type[np.signedinteger[Any]], exponent: int) -> Self:
        limits = np.finfo(dtype)
        return cls(whole, whole(exponent), limits.eps, limits.smallest_subnormal)


BITS = {
    "float64": Bits.of("float64", np.int64, 0x7FF << 52),
    "float32": Bits.of("float32", np.int32, 0xFF << 23),
}


def in_ulps(error: Array, value: Array, dtype: str) -> Array:
    """Each error in units in the last place of its value, as the format has it."""
    with np.errstate(all="ignore"):
        value = value.astype(dtype, copy=False)
        if dtype in BITS and np.isfinite(value.sum()):
            return error / spacing(value, BITS[dtype])
        ulps = error / np.spacing(np.abs(value)).astype(np.float64)
        return np.where(error == 0, 0.0, ulps)  # of ∞ there is no last place


def spacing(value: Array, bits: Bits) -> Array:
    """From each number to the next: ``np.spacing`` takes ten times as long."""
    power = (value.view(bits.whole) & bits.exponent).view(value.dtype)  # of two; 0 if subnormal
    return np.maximum(power * bits.step, bits.smallest).astype(np.float64, copy=False)

"""Sums of 16-bit numbers in 16 bits: the orders that frameworks follow, and what those may cost.

An order is read off results alone, by masks: a term that two huge opposite ones hide was added
before these met (FPRev, arXiv 2411.00442). ``tests/harness/test_sums_in_16_bits.py`` reads it
off the backend itself.
"""

from dataclasses import replace
from math import ceil

import numpy as np

from crossgrad.comparisons.comparison import Comparison
from crossgrad.comparisons.parts.place import Place
from crossgrad.comparisons.rounding import SLACK, Format
from crossgrad.reference.parameters import Array

#: What may be rounded after a sum whose terms are counted: the two of a scale by 1/m.
OF_SCALE = 2

# ------------------------------------------------------------------ XLA on the CPU
#: XLA's TreeReductionRewriter sums at most so many terms one after the other (jaxlib 0.5.0 to
#: 0.12.0.1 in bfloat16, 0.8.3 to 0.12.0.1 in float16; probed).
WINDOW = 32


def windows(terms: int) -> int:
    """Additions on the longest way through: 32 a level, and of the last level as many as it has."""
    additions, left = OF_SCALE, terms
    while left > WINDOW:
        additions, left = additions + WINDOW, ceil(left / WINDOW)
    return min(terms, additions + left)


def in_windows(fmt: Format) -> Format:
    """Sums are accumulated in the format itself, in windows of 32."""
    return fmt._replace(wider=None, additions=windows)


def bp3_in_windows(usual: Comparison, at: Place) -> Comparison:
    """∂C/∂b by XLA: the bits of the sum in its order; of one float16 window, what it may round.

    bfloat16 is no format of XLA's arithmetic: each operation is rounded on its own. Nor is a δ
    fused with a sum of several windows. In one float16 window a multiply-add takes δ before it is
    rounded to what is reported.
    """
    delta = at.delta.wide
    if at.fmt.name == "float16" and delta.shape[-1] <= WINDOW:
        flushed = at.fmt.lost(delta.shape[-1], 1 + at.scaled.scaled)
        bound = (running_error(delta, at.fmt) + flushed) * SLACK
        return replace(usual, bound=bound, flushed=lambda: flushed)
    replayed = sum_in_windows(delta, at.fmt.name)
    error = np.abs(usual.reported.astype(np.float64) - replayed)
    return replace(usual, expected=replayed, error=error, bound=np.zeros_like(error))


def sum_in_windows(terms: Array, dtype: str) -> Array:
    """Over the last axis, which stays, as XLA does it: zeros fill the windows up on both sides."""
    while (n := terms.shape[-1]) > WINDOW:
        count = ceil(n / WINDOW)
        missing = count * WINDOW - n
        sides = (missing // 2, missing - missing // 2)
        padded = np.pad(terms, [(0, 0)] * (terms.ndim - 1) + [sides])
        terms = one_by_one(padded.reshape(*terms.shape[:-1], count, WINDOW), dtype)
    return one_by_one(terms, dtype)[..., None]


def one_by_one(terms: Array, dtype: str) -> Array:
    """Each partial sum is computed in float32 and rounded to 16 bits."""
    total = np.zeros(terms.shape[:-1], np.float32)
    for k in range(terms.shape[-1]):
        added = total + terms[..., k].astype(np.float32)
        total = added.astype(dtype).astype(np.float32)
    return total.astype(np.float64)


def running_error(terms: Array, fmt: Format) -> Array:
    """What terms that are rounded, added one by one, may err by: a running error analysis.

    With the exact partial sums s_k, which are at hand, and the error e_k of a computed one t_k:
    |e_k| ≤ |e_{k-1}| + u|δ_k| + u|t_k|, and |t_k| ≤ |s_k| + |e_k| (Higham, §3.3).
    """
    error = np.zeros(terms.shape[:-1])
    partial = np.abs(np.cumsum(terms, axis=-1))
    for k in range(terms.shape[-1]):
        error = (error + fmt.u * (np.abs(terms[..., k]) + partial[..., k])) / (1 - fmt.u)
    return error[..., None]


# ------------------------------------------------------------------ Eigen
#: Of a packet of 16-bit numbers in the narrowest registers that Eigen has vectors for.
LANES = 8


def lanes(terms: int) -> int:
    """Additions on the longest way through: down a lane, three to join eight, seven left over."""
    return min(terms, ceil(terms / LANES) + 3 + 7 + OF_SCALE)


def in_lanes(fmt: Format) -> Format:
    """Sums are accumulated in the format itself, in eight lanes or more."""
    return fmt._replace(wider=None, additions=lanes)

"""σ, σ′ and σ″ in balls: each σ is its textbook formula, and nothing else is written down.

On a power series z + t its coefficients are σ(z), σ′(z) and σ″(z)/2: no derivative of an
activation stands here, so that none can be wrong. Kinks follow the project's conventions. With
the bits that ``balls`` tries, cancellation does no harm: no form shares care, or code, with the
reference's.
"""

from functools import lru_cache

import numpy as np
from flint import arb, arb_series

from crossgrad.comparisons.arithmetic.balls.balls import sharp
from crossgrad.comparisons.parts.activations import ELEMENTWISE


# ------------------------------------------------------------------ in the bits that are set
def value(name: str, z: arb) -> arb:
    """σ(z)."""
    return ELEMENTWISE[name].truth(arb_series([z], 1), arb)[0]


def value_and_slope(name: str, z: arb) -> tuple[arb, arb]:
    """σ(z) and σ′(z)."""
    series = ELEMENTWISE[name].truth(arb_series([z, 1], 2), arb)
    return series[0], series[1]


def derivatives(name: str, z: arb) -> tuple[arb, arb, arb]:
    """σ(z), σ′(z) and σ″(z)."""
    series = ELEMENTWISE[name].truth(arb_series([z, 1], 3), arb)
    return series[0], series[1], 2 * series[2]


# ------------------------------------------------------------------ at floats, and sharp
@lru_cache(maxsize=1 << 16)
def at_float(name: str, number: float) -> tuple[arb, arb]:
    """σ and σ′; most are asked for again, of another equation, or of another backend."""
    return sharp(lambda: value_and_slope(name, arb(number)))


def true_sigma(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """σ and σ′ of an array of floats."""
    return np.frompyfunc(lambda number: at_float(name, float(number)), 1, 2)(z)

"""Outputs and targets for the costs: anywhere in the domain, and towards its ends."""

import numpy as np

from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import CLASSES, DISTRIBUTIONS, PROBABILITIES, SIGNS
from crossgrad.reference.parameters import Array, raw_bits, uniform

LOGITS = [name for name, cost in COSTS.items() if cost.probabilities]
#: Logits are drawn within 2⁻² … 2¹⁰, in turn.
SCALES = range(-2, 11)
#: Small and large, and so large that u times their differences is far beyond what exp can take.
FAR_LOGITS = np.array([[700, -700, 5e-324, 1e20, -0.0], [-745, 3, 0, -1e20, 38], [1, 2, 3, 4, 5]])


def cases(cost: str, dtype: str, shape: tuple[int, int], count: int) -> tuple[Array, Array]:
    """Outputs and targets of so many batches, as stacks."""
    drawn = [case(cost, dtype, shape, draw) for draw in range(count)]
    a, y = (np.stack(part) for part in zip(*drawn, strict=True))
    return a.astype(dtype), in_format(y, dtype)


def case(cost: str, dtype: str, shape: tuple[int, int], draw: int) -> tuple[Array, Array]:
    a, y = (uniform(raw_bits(shape, 13, draw, stream), dtype) for stream in (0, 1))
    bits = raw_bits(shape, 13, draw, 2)
    if cost in LOGITS:
        a = np.ldexp(a, SCALES[draw % len(SCALES)])
    if COSTS[cost].of_probabilities:
        a = probabilities(a, bits, draw)
    targets = COSTS[cost].targets
    if targets is DISTRIBUTIONS:
        return a, halves(shape, bits)
    if targets in (SIGNS, CLASSES):
        return a, targets.usual(dtype, bits)
    return a, np.minimum(bits % 6, 4) / 4 if targets is PROBABILITIES else y


def ends(cost: str, dtype: str) -> tuple[Array, Array]:
    """Outputs and targets of one batch at the ends of the domain, as a stack."""
    a, y = case(cost, dtype, (3, 5), 0)
    info = np.finfo(dtype)
    if cost in LOGITS:
        a = FAR_LOGITS
    if COSTS[cost].of_probabilities:
        a = np.stack([[info.tiny, info.eps**2, 0.5, 1 - info.eps, 1 - info.epsneg]] * 3)
    return a[None].astype(dtype), in_format(y[None], dtype)


def in_format(y: Array, dtype: str) -> Array:
    """Targets; classes are whole numbers in any format."""
    return y if y.dtype.kind == "i" else y.astype(dtype)


def probabilities(a: Array, bits: Array, draw: int) -> Array:
    """Between 0 and 1; in every other batch as close to the ends as the format can tell apart."""
    precision = np.finfo(a.dtype).nmant + 1
    closer = -(bits % np.uint64(precision)).astype(np.int32) * (draw % 2)
    near_0 = np.ldexp((1 + a) / 2, closer)
    near_1 = 1 - np.maximum(near_0, a.dtype.type(2.0**-precision))
    return np.where((bits >> np.uint64(40)) % 2 == 1, near_1, near_0)


def halves(shape: tuple[int, int], bits: Array) -> Array:
    """Half of the weight on each of two classes, which may be the same."""
    classes = np.arange(shape[0])[:, None]
    first, second = bits[0] % shape[0], (bits[0] >> np.uint64(20)) % shape[0]
    return ((classes == first).astype(float) + (classes == second)) / 2

"""Weights and biases, and how they are drawn: the same bits on every machine, for ever.

NumPy promises the stream of raw bits of a bit generator, not the distributions built on
it. So the Philox counter generator (Salmon et al., *Parallel random numbers: as easy as
1, 2, 3*, 2011) gives raw bits, and only exact arithmetic turns them into floats.
"""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reference.architecture import Architecture

Array: TypeAlias = NDArray[Any]
#: Binary digits of a number. NumPy knows bfloat16 where ml_dtypes, which JAX needs, is imported.
PRECISION = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


@dataclass(frozen=True, slots=True)
class Parameters:
    """``W[l]``: ``(n_l, n_{l-1})`` and ``b[l]``: ``(n_l, 1)``, one of each per layer."""

    W: tuple[Array, ...]
    b: tuple[Array, ...]


@dataclass(frozen=True, slots=True)
class Gradients:
    """``dW[l]`` = ∂C/∂Wˡ and ``db[l]`` = ∂C/∂bˡ, shaped like ``W[l]`` and ``b[l]``."""

    dW: tuple[Array, ...]
    db: tuple[Array, ...]


def raw_bits(shape: tuple[int, ...], seed: int, draw: int, stream: int) -> NDArray[np.uint64]:
    """64 raw bits an entry; every (seed, draw, stream) is a sequence of its own."""
    key, counter = np.array([seed, draw], np.uint64), np.array([0, 0, 0, stream], np.uint64)
    generator = np.random.Philox(key=key, counter=counter)  # twice as fast as from whole numbers
    return generator.random_raw(math.prod(shape)).reshape(shape)


def uniform(bits: NDArray[np.uint64], dtype: str) -> Array:
    """Floats in (-1, 1): the odd multiples of 2⁻ᵖ, p the precision of ``dtype``; never 0.

    The top p bits k of an entry give (2k + 1 - 2ᵖ) / 2ᵖ, which needs p bits: exact.
    """
    precision = PRECISION[dtype]
    k = (bits >> np.uint64(64 - precision)).astype(np.int64)
    odd = 2 * (k - (1 << (precision - 1))) + 1
    return np.ldexp(odd.astype(dtype), -precision)


def draw_parameters(architecture: Architecture, dtype: str, seed: int, draw: int = 0) -> Parameters:
    """Weights of about 1/√n_{l-1}, biases below ½: a network that is neither dead nor saturated.

    The scale is a power of two, so that scaling is exact. Streams 2l - 1 and 2l belong to
    layer l; stream 0 is left for the data.
    """
    W, b = [], []
    for l, (n_in, n_out) in enumerate(
        zip(architecture.widths[:-1], architecture.widths[1:], strict=True), start=1
    ):
        scale = -(n_in.bit_length() // 2)
        W.append(np.ldexp(uniform(raw_bits((n_out, n_in), seed, draw, 2 * l - 1), dtype), scale))
        b.append(np.ldexp(uniform(raw_bits((n_out, 1), seed, draw, 2 * l), dtype), -1))
    return Parameters(tuple(W), tuple(b))

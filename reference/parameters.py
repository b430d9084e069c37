"""Weights and biases, and how they are drawn: the same bits on every machine, for ever.

NumPy promises the stream of raw bits of a bit generator, not the distributions built on
it. So the Philox counter generator (Salmon et al., *Parallel random numbers: as easy as
1, 2, 3*, 2011) gives raw bits, and only exact arithmetic turns them into floats.
"""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crossgrad.reference.architecture import Architecture

Array: TypeAlias = NDArray[Any]
#: Binary digits of a number. NumPy knows bfloat16 where ml_dtypes, which JAX needs, is imported.
PRECISION = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


@dataclass(frozen=True, slots=True)
class Parameters:
    """``W[l]``: ``(n_l, n_{l-1})`` and ``b[l]``: ``(n_l, 1)``, one of each per layer.

    ``alpha[l]``: ``(n_l, 1)`` where σ has a parameter, else None.
    """

    W: tuple[Array, ...]
    b: tuple[Array, ...]
    alpha: tuple[Array | None, ...] = ()

    def __post_init__(self) -> None:
        """Of no α at all, none in each layer."""
        object.__setattr__(self, "alpha", self.alpha or (None,) * len(self.W))


@dataclass(frozen=True, slots=True)
class Gradients:
    """``dW[l]`` = ∂C/∂Wˡ, ``db[l]`` = ∂C/∂bˡ and ``dalpha[l]`` = ∂C/∂αˡ, shaped like these."""

    dW: tuple[Array, ...]
    db: tuple[Array, ...]
    dalpha: tuple[Array | None, ...] = ()


#: The α of layer l is drawn from this stream and l.
ALPHA = 1 << 34


class Generator(threading.local):
    """A Philox of each thread, kept because making one takes longer than to draw a layer."""

    def __init__(self) -> None:
        """Its seed does not matter: ``raw_bits`` gives it a key and a counter."""
        self.philox = np.random.Philox(0)
        self.fresh: Any = self.philox.state


GENERATOR = Generator()


def raw_bits(
    shape: tuple[int, ...], seed: int, draw: int | Sequence[int], stream: int
) -> NDArray[np.uint64]:
    """64 raw bits an entry; every (seed, draw, stream) is a sequence of its own.

    Those of several draws are stacked: with a leading axis over the draws.
    """
    philox, fresh = GENERATOR.philox, GENERATOR.fresh
    draws = (draw,) if isinstance(draw, int | np.integer) else draw
    bits = np.empty((len(draws), math.prod(shape)), np.uint64)
    for row, number in enumerate(draws):
        start = {"key": (seed, number), "counter": (0, 0, 0, stream)}
        philox.state = fresh | {"state": start}
        bits[row] = philox.random_raw(bits.shape[1])
    return bits.reshape(shape if isinstance(draw, int | np.integer) else (len(draws), *shape))


def uniform(bits: NDArray[np.uint64], dtype: str, exponent: int = 0) -> Array:
    """Floats between -2ᵉ and 2ᵉ, e the exponent: odd multiples of 2ᵉ⁻ᵖ; never 0.

    The top p bits k of an entry, p the precision of ``dtype``, give (2k + 1 - 2ᵖ) / 2ᵖ · 2ᵉ,
    which needs p bits: exact. A 1 written after them makes k 2k + 1.
    """
    precision = PRECISION[dtype]
    odd = (bits >> (63 - precision) | 1).view(np.int64) - (1 << precision)
    return np.ldexp(odd.astype(dtype), exponent - precision)


def draw_parameters(
    architecture: "Architecture", dtype: str, seed: int, draw: int | Sequence[int] = 0
) -> Parameters:
    """Weights of about 1/√n_{l-1}, biases below ½: a network that is neither dead nor saturated.

    The scale is a power of two, so that scaling is exact. Streams 2l - 1 and 2l belong to
    layer l, and 2³⁴ + l to its α, which is below ½ in size; stream 0 is left for the data.
    Several draws are stacked, as in ``raw_bits``.
    """
    W, b, alpha = [], [], []
    for l, (n_in, n_out) in enumerate(
        zip(architecture.widths[:-1], architecture.widths[1:], strict=True), start=1
    ):
        scale = -(n_in.bit_length() // 2)
        W.append(uniform(raw_bits((n_out, n_in), seed, draw, 2 * l - 1), dtype, scale))
        b.append(uniform(raw_bits((n_out, 1), seed, draw, 2 * l), dtype, -1))
        bits = partial(raw_bits, (n_out, 1), seed, draw, ALPHA + l)
        alpha.append(uniform(bits(), dtype, -1) if architecture.has_alpha(l) else None)
    return Parameters(tuple(W), tuple(b), tuple(alpha))

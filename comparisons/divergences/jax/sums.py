"""Of sums in JAX, and of all that it computes.

Sums of 16-bit numbers are in 16 bits. Their order is read off results alone, by masks: a term that
two huge opposite ones hide was added before these met (FPRev, arXiv 2411.00442).
``tests/divergences/test_sums_in_16_bits.py`` reads it off the backend itself.
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.expected import NONE, Equation, Expected, Extra, reported
from crossgrad.comparisons.arithmetic.numbers import Number
from crossgrad.comparisons.arithmetic.rounding import SIXTEEN, Format
from crossgrad.comparisons.arithmetic.sums import Sum, Term
from crossgrad.comparisons.divergences.entry import BP
from crossgrad.comparisons.divergences.jax import divergence
from crossgrad.comparisons.divergences.parts import OF_SCALE
from crossgrad.comparisons.parts.layers import Dense, Inputs
from crossgrad.reference.parameters import Array

#: The modes whose ∂C/∂b is the transpose of a broadcast, compiled by XLA.
TRANSPOSED = ("jax", "jax.eager", "jax.vjp", "jax.linearize", "jax.mixed")

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


class DenseInWindows(Dense):
    """∂C/∂b as XLA sums it, where it sums in 16 bits."""

    @property
    def gradients(self) -> Mapping[str, Callable[[Inputs], Equation]]:  # type: ignore[override]
        return {**super().gradients, "b": lambda at: Windows(at.delta)}


class Windows(NamedTuple):
    """The bits of the sum in XLA's order; of one float16 window, what it may round.

    bfloat16 is no format of XLA's arithmetic: each operation is rounded on its own. Nor is a δ
    fused with a sum of several windows. In one float16 window a multiply-add takes δ before it is
    rounded to what is reported.
    """

    delta: Number

    def expected(self, fmt: Format, extra: Extra = NONE) -> Expected:
        delta = self.delta.wide
        if fmt.name == "float16" and delta.shape[-1] <= WINDOW:
            lost = fmt.lost(delta.shape[-1], 1 + extra.scaled)
            usual = Sum(Term("jm->j", self.delta)).expected(fmt, extra)
            return Expected(usual.value, running_error(delta, fmt) + lost, lambda: lost)
        replayed = sum_in_windows(delta, fmt.name)
        return reported(replayed)._replace(bound=np.zeros_like(replayed))


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


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="jax-bias-sums-16-bit",
        modes=TRANSPOSED,
        checks=("BP3", "alpha"),
        dtypes=tuple(SIXTEEN),
        place="any δ",
        arithmetic=in_windows,
        part=DenseInWindows,
        reason="∂C/∂b is summed in 16 bits, 32 terms one after the other, then the sums of these:"
        " what was broadcast is transposed to a bare sum, which jax_allow_f16_reductions=False (JAX"
        " 0.10) makes an error; it makes no sum more accurate",
        link="https://github.com/NVIDIA/TransformerEngine/pull/2942",
        scenario="1x4-sigmoid-quadratic-bfloat16-m32-s1",
        reproduction="""
import jax, jax.numpy as jnp
delta = jnp.full(4096, 0.1, jnp.bfloat16)  # each 0.1001
cost = lambda b, delta: (delta * jnp.broadcast_to(b, 4096)).sum()
print(f"{float(jax.jit(jax.grad(cost))(jnp.bfloat16(0), delta)):.2g}", "4.1e+02")
""",
        seen=("0.4.38", "0.10.2", "0.12.0.1"),
    ),
    divergence(
        name="jax-x64-off",
        checks=("z", "a", "cost", *BP, "BP3", "BP4"),
        dtypes=("float64",),
        place="everything, unless jax_enable_x64 is set",
        at=0.1,
        reason="what is asked for in float64 is computed in float32, and no error says so",
        link="https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html",
        reproduction="""
import jax, numpy
a = jax.numpy.tanh(numpy.float64(0.1))
print(f"{a:.12g}", "0.099667994625")
""",
    ),
)

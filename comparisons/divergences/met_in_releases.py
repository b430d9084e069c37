"""What checks met in some releases only, which are the ones that it explains anything in."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence, beyond
from crossgrad.comparisons.divergences.followed import farthest, rougher
from crossgrad.comparisons.divergences.met_in_modes import XLA
from crossgrad.comparisons.parts.activations import Errors
from crossgrad.comparisons.rounding import Format
from crossgrad.reference.activations import GELU_CUBIC, SQRT_2_OVER_PI
from crossgrad.reference.parameters import Array

#: Where tanh of it, of softplus and of gelu's cubic is 1 - u and should be 1, in float32.
FAR = 5.0


def times_slope(name: str, z: Array) -> Array:
    """What σ′ multiplies 1 - t² by."""
    size = np.abs(z)
    if name == "gelu_tanh":
        return 0.5 * size * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * size * size)
    return size if name == "mish" else np.ones_like(z)


def short_of_one(name: str) -> Divergence:
    """1 - t² is 2u where it should be 0; σ is off by half a unit of z, or by one."""

    def misses(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
        u = np.where(np.abs(z) > FAR, fmt.u, 0.0)
        return u * (1 + np.abs(z)), u * (1 + 3 * times_slope(name, z))

    def deviation(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
        size = farthest(low, high)
        return misses(size, size, size, fmt)

    return Divergence(
        name=f"jax-{name.replace('_', '-')}-short-of-one",
        backend="jax",
        modes=XLA,
        subject=name,
        checks=("a", "BP1", "BP2"),
        dtypes=("float32",),
        where=beyond(FAR),
        place="|z| > 5",
        at=-400.0,
        part=rougher(name, misses),
        deviation=deviation,
        reason="tanh never reaches ±1: it is 1 - u however far out, and 1 - tanh² is 2u",
        reproduction="""
import jax, numpy as np
t = np.asarray(jax.jit(jax.numpy.tanh)(np.full((4, 6), -400, np.float32)))
print(f"{(1 - t * t).max():.2g}", "0")
""",
        seen=("0.5.1", "0.5.3"),
        scenario=f"3x8-{name}-quadratic-float32-m8-s1",
    )


IN_RELEASES = tuple(map(short_of_one, ("tanh", "mish", "gelu_tanh")))

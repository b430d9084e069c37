"""JAX's divergences, which are XLA's where it compiles: of activations, of costs, of sums."""

from functools import partial

from crossgrad.comparisons.divergences.entry import Divergence

#: All that XLA compiles; its jaxpr, by NumPy, is right.
XLA = ("jax", "jax.eager", "jax.vmap", "jax.forward", "jax.vjp", "jax.linearize")
divergence = partial(Divergence, backend="jax", seen=("0.4.31", "0.10.2", "0.12.0.1"))


def printed(given: str, right: str, digits: int = 2, *, x64: bool = False) -> str:
    asked = 'jax.config.update("jax_enable_x64", True)\n' if x64 else ""
    return f"""
import jax
{asked}print(f"{{{given}:.{digits}g}}", "{right}")
"""

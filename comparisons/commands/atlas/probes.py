"""Who is measured: every way in which a framework computes σ and derives σ′, and exp and more."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.commands.atlas.arguments import CHUNK
from crossgrad.reference.parameters import Array

BACKENDS = "crossgrad.comparisons.backends"


class Probe(NamedTuple):
    """A module, its function for σ and σ′, its function for one value if it has one of its own.

    ``few`` is its function for several short arrays; what compiles each length anew for seconds has
    none. Each is named after the mode of the suite that computes so.
    """

    module: str
    both: str
    summary: str
    value: str = ""
    few: str = ""


TORCH, JAX = f"{BACKENDS}.torch_functions", f"{BACKENDS}.jax_functions"
PROBES = {
    "numpy": Probe(
        "crossgrad.comparisons.commands.atlas.reference_functions",
        "by_hand",
        "the reference, by hand",
        "value",
        "few",
    ),
    "torch": Probe(TORCH, "backward", "torch, backward()", "value", "few_backward"),
    "torch.forward": Probe(TORCH, "forward", "torch, dual numbers", few="few_forward"),
    "torch.compile": Probe(TORCH, "compiled", "torch.compile, backward()"),
    "jax": Probe(JAX, "compiled", "JAX, jit(vjp)", "value", "few_compiled"),
    "jax.eager": Probe(JAX, "eager", "JAX, vjp", "eager_value"),
    "jax.forward": Probe(JAX, "forward", "JAX, jit(jvp)"),
}


def framework(probe: str) -> str:
    return probe.partition(".")[0]


def offers(probe: str, name: str) -> bool:
    """Whether it has an elementary function of its own."""
    own = PROBES[probe].value
    return bool(own) and not (probe == "numpy" and name == "erf")


def slopes(probe: str, name: str, z: Array) -> tuple[Array, ...]:
    """σ(z) and σ′(z)."""
    module = import_module(PROBES[probe].module)
    return padded(getattr(module, PROBES[probe].both), name, z)


def few(probe: str, name: str, several: Sequence[Array]) -> list[tuple[Array, ...]]:
    """σ and σ′ of several arrays, as short as they are; of no array where that takes too long."""
    module, function = PROBES[probe].module, PROBES[probe].few
    if not function:
        return []
    found = getattr(import_module(module), function)(name, several)
    return [
        tuple(given.astype(z.dtype).astype(np.float64) for given in both)
        for z, both in zip(several, found, strict=True)
    ]


def values(probe: str, name: str, z: Array) -> tuple[Array, ...]:
    function = getattr(import_module(PROBES[probe].module), PROBES[probe].value)
    return padded(lambda name, z: (function(name, z),), name, z)


def padded(
    function: Callable[[str, Array], tuple[Array, ...]], name: str, z: Array
) -> tuple[Array, ...]:
    """Asked for a whole chunk, which is filled up by 1; the answers as the format has them.

    So whatever is compiled for a number of entries is compiled once a format.
    """
    whole = np.ones(max(CHUNK, len(z)), z.dtype)
    whole[: len(z)] = z
    found = (given[: len(z)].astype(z.dtype) for given in function(name, whole))
    return tuple(given.astype(np.float64) for given in found)

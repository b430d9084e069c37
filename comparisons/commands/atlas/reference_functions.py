"""The reference's functions, from arrays to arrays, as the frameworks' backends offer theirs."""

from collections.abc import Callable, Sequence

import numpy as np

from crossgrad.reference.activations import ACTIVATIONS, sigmoid, softplus
from crossgrad.reference.parameters import Array

#: NumPy's own; sigmoid and softplus are the reference's. NumPy has no erf.
ELEMENTARY: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
}


def value(name: str, z: Array) -> Array:
    with np.errstate(all="ignore"):  # the grid has whatever a format has
        return ELEMENTARY[name](z)


def by_hand(name: str, z: Array) -> tuple[Array, Array]:
    """σ(z) and σ′(z)."""
    with np.errstate(all="ignore"):
        return ACTIVATIONS[name].sigma(z), ACTIVATIONS[name].sigma_prime(z)


def few(name: str, arrays: Sequence[Array]) -> list[tuple[Array, Array]]:
    return [by_hand(name, z) for z in arrays]

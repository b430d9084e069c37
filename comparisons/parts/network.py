"""A network as its parts: layers, each with its activation, and a cost."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from typing import Self, TypeAlias

import numpy as np

from crossgrad.comparisons.parts.activations import (
    ACTIVATIONS,
    ELEMENTWISE,
    Activation,
    Elementwise,
)
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.layers import Dense, Layer
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import Array

#: An activation or a cost; or a kind of layer, which has the settings of the one it stands for.
Part: TypeAlias = Activation | Cost | type[Layer]


@dataclass(frozen=True)
class Network:
    """Layers 1 … L, and the cost of what the last gives."""

    layers: tuple[Layer, ...]
    cost: Cost

    def consumers(self, l: int) -> list[tuple[int, int]]:
        """The layers that are given aˡ, and as which of their inputs."""
        return [
            (above, which)
            for above, layer in enumerate(self.layers, start=1)
            for which, offset in enumerate(layer.inputs)
            if above + offset == l
        ]

    def with_part(self, l: int, part: Part | None) -> Self:
        """With another part in place of the usual one, which a layer, or the network, has."""
        if part is None:
            return self
        if isinstance(part, Cost):
            return replace(self, cost=part)
        layers = list(self.layers)
        usual = layers[l - 1]
        if isinstance(part, Activation):
            layers[l - 1] = replace(usual, sigma=part)
        else:
            layers[l - 1] = part(
                **{field.name: getattr(usual, field.name) for field in fields(usual)}
            )
        return replace(self, layers=tuple(layers))

    def with_kinks(self, slopes: Mapping[str, float]) -> Self:
        """With these σ′ at the kinks of activations, by name."""
        found = self
        for l, layer in enumerate(self.layers, start=1):
            name = layer.sigma.name
            if name in slopes:
                found = found.with_part(l, at_kinks(ELEMENTWISE[name], slopes[name]))
        return found


def at_kinks(sigma: Elementwise, slope: float) -> Elementwise:
    """With another σ′ at all of its kinks."""
    return sigma.replaced(partial(is_kink, sigma), sigma_prime=slope)


def is_kink(sigma: Elementwise, z: Array) -> Array:
    return np.isin(z, [kink.z for kink in sigma.kinks])


@lru_cache(maxsize=256)
def network_of(architecture: Architecture) -> Network:
    layers = tuple(Dense(sigma=ACTIVATIONS[name]) for name in architecture.activations)
    return Network(layers, COSTS[architecture.cost])

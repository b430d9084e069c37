"""A network as its parts: layers, each with its activation, and a cost."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Elementwise
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.layers import Dense, Layer
from crossgrad.reference.architecture import Architecture


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

    def with_sigma(self, l: int, sigma: Elementwise) -> Self:
        """With another activation in a layer: what a divergence follows."""
        layers = list(self.layers)
        layers[l - 1] = replace(layers[l - 1], sigma=sigma)
        return replace(self, layers=tuple(layers))


@lru_cache(maxsize=256)
def network_of(architecture: Architecture) -> Network:
    """Of dense layers."""
    layers = tuple(Dense(sigma=ACTIVATIONS[name]) for name in architecture.activations)
    return Network(layers, COSTS[architecture.cost])

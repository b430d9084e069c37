"""A network as its parts: layers, each with its activation, and a cost."""

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Self, TypeAlias

from crossgrad.comparisons.parts.activations import ACTIVATIONS, Activation
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.parts.layers import Dense, Layer
from crossgrad.reference.architecture import Architecture

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


@lru_cache(maxsize=256)
def network_of(architecture: Architecture) -> Network:
    layers = tuple(Dense(sigma=ACTIVATIONS[name]) for name in architecture.activations)
    return Network(layers, COSTS[architecture.cost])

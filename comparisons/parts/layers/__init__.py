"""Layers, one file each; a network says which of them it is made of."""

from crossgrad.comparisons.parts.layers.dense import Dense
from crossgrad.comparisons.parts.layers.protocol import Inputs, Layer, Linear

__all__ = ["Dense", "Inputs", "Layer", "Linear"]

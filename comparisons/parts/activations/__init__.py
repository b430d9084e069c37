"""Activations, one file each: the folder is the registry, in the order of the reference's table."""

from crossgrad.comparisons.parts.activations.protocol import (
    Activation,
    Elementwise,
    Errors,
    Form,
    Kink,
)
from crossgrad.comparisons.parts.registry import parts_of
from crossgrad.reference.activations import ACTIVATIONS as BY_HAND

ACTIVATIONS = parts_of(__name__, Activation, BY_HAND)  # type: ignore[type-abstract]
#: Those of which each a depends on one z.
ELEMENTWISE = {name: sigma for name, sigma in ACTIVATIONS.items() if isinstance(sigma, Elementwise)}

__all__ = ["ACTIVATIONS", "ELEMENTWISE", "Activation", "Elementwise", "Errors", "Form", "Kink"]

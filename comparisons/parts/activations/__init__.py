"""Activations, one file each: the folder is the registry, in the order of the reference's table."""

from crossgrad.comparisons.parts.activations.protocol import Elementwise, Errors, Form, Kink
from crossgrad.comparisons.parts.registry import parts_of
from crossgrad.reference.activations import ACTIVATIONS as BY_HAND

ACTIVATIONS = parts_of(__name__, Elementwise, BY_HAND)  # type: ignore[type-abstract]

__all__ = ["ACTIVATIONS", "Elementwise", "Errors", "Form", "Kink"]

"""Costs, one file each: the folder is the registry, in the order of the reference's table."""

from crossgrad.comparisons.parts.costs.protocol import Cost, Form
from crossgrad.comparisons.parts.registry import parts_of
from crossgrad.reference.costs import COSTS as BY_HAND

COSTS = parts_of(__name__, Cost, BY_HAND)  # type: ignore[type-abstract]

__all__ = ["COSTS", "Cost", "Form"]

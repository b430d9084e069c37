"""Planted faults: the catalogue by which the power of any checker is measured."""

from crossgrad.comparisons.faults import (
    historical,
    numerical_backward,
    numerical_forward,
    sized,
    structural,
    textbook_backward,
    textbook_forward,
)
from crossgrad.comparisons.faults.catalogue import CATALOGUE, Fault

__all__ = [
    "CATALOGUE",
    "Fault",
    "historical",
    "numerical_backward",
    "numerical_forward",
    "sized",
    "structural",
    "textbook_backward",
    "textbook_forward",
]

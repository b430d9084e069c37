"""Planted faults: the catalogue by which the power of any checker is measured."""

from comparisons.faults import historical, numerical, sized, structural, textbook
from comparisons.faults.catalogue import CATALOGUE, Fault

__all__ = ["CATALOGUE", "Fault", "historical", "numerical", "sized", "structural", "textbook"]

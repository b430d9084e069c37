"""Planted faults: the catalogue by which the power of any checker is measured, and the parts'.

Each file of the folder puts its own into it, in the order of their names.
"""

import pkgutil
from importlib import import_module

from crossgrad.comparisons.equations.faults.catalogue import CATALOGUE, Fault
from crossgrad.comparisons.equations.faults.parts import OF_PARTS

for found in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(found.name)

__all__ = ["CATALOGUE", "OF_PARTS", "Fault"]

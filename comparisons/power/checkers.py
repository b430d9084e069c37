"""What people check gradients with today, each at its defaults."""

from functools import cache
from importlib import import_module

from comparisons.power.subject import Checker

MODULES = ("torch_checkers", "jax_checkers", "numpy_checkers", "chex_checkers")


@cache
def others() -> tuple[tuple[Checker, ...], tuple[str, ...]]:
    """All that can be imported, and the names of the packages that are missing."""
    found, missing = [], []
    for module in MODULES:
        try:
            found += import_module(f"comparisons.power.{module}").CHECKERS
        except ModuleNotFoundError as error:
            missing.append(str(error.name))
    return tuple(found), tuple(missing)

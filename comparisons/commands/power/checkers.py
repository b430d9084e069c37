"""What people check gradients with today, each at its defaults."""

from functools import cache
from importlib import import_module

from crossgrad.comparisons.commands.power.subject import Checker

OPTIONAL = ("chex_checkers",)
MODULES = ("torch_checkers", "jax_checkers", "numpy_checkers", "chex_checkers")


@cache
def others() -> tuple[tuple[Checker, ...], tuple[str, ...]]:
    """All that can be imported, and what keeps the others from it."""
    found, missing = [], []
    for module in MODULES:
        try:
            found += import_module(f"crossgrad.comparisons.commands.power.{module}").CHECKERS
        except Exception as error:
            if module not in OPTIONAL:
                raise
            missing.append(" ".join(str(error).split()))
    return tuple(found), tuple(missing)

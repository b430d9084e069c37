"""JAX's persistent compilation cache: its keys, and files that several processes can share.

JAX's own files are written in place. Whoever reads one that is half written, or was never
finished, is warned, and compiles; and it stays as it is. So JAX is given a store of ours.
"""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import jax

from crossgrad.comparisons.compile_cache import Store, folder

#: It is private: where it is another, nothing is kept.
compilation_cache: Any = None
with suppress(ImportError):
    compilation_cache = import_module("jax._src.compilation_cache")

#: However small and quickly compiled a program is; of GPUs, nothing beside the programs.
SETTINGS = {
    "jax_persistent_cache_min_compile_time_secs": 0.0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
    "jax_persistent_cache_enable_xla_caches": "none",
}


class JaxStore(Store):
    """As JAX uses it, which looks at the path to tell of it."""

    def __init__(self, folder: Path) -> None:
        """As any."""
        super().__init__(folder)
        self._path = folder


def file_cache(path: str) -> Any:  # noqa: ANN401 - JAX looks for two methods, of any class
    """What JAX asks for at its first program."""
    return JaxStore(Path(path)), path


def keep_programs(place: Path | None) -> None:
    """What is compiled from now on is kept there, or nowhere.

    A cache that a user gave to JAX is left alone: ours is not used then. Nowhere is nowhere.
    """
    if place is None:
        jax.config.update("jax_enable_compilation_cache", False)  # noqa: FBT003 - JAX's way
    elif not given_by_user() and hasattr(compilation_cache, "get_file_cache"):
        compilation_cache.get_file_cache = file_cache
        for name, value in SETTINGS.items():
            if hasattr(jax.config, name):  # JAX 0.4.31 does not have the last
                jax.config.update(name, value)
        jax.config.update("jax_compilation_cache_dir", str(place))


def given_by_user() -> str | None:
    """The folder that a user gave to JAX."""
    return getattr(jax.config, "jax_compilation_cache_dir", None)


keep_programs(folder())

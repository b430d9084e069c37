"""What JAX compiles is kept from run to run, in files that several processes share.

JAX's own files will not do: it writes them in place, so that a reader may see half a file, and
a killed writer leaves one of which every later run is warned; and with its size limit each new
program waits for a look at all others, which takes 0.9 s where 8,500 are kept.
"""

import os
import platform
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import jax

from crossgrad.comparisons.machine.environment import CACHE_VARIABLE
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.comparisons.machine.processor import cpu_lines

#: Bytes of all programs together before a process keeps its own; a program has some 7 kB.
LIMIT = 256 << 20
#: A user's folder for what may be deleted, by system.
USUAL = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}
#: However small and quickly compiled a program is; of GPUs, nothing beside the programs.
SETTINGS = {
    "jax_persistent_cache_min_compile_time_secs": 0.0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
    "jax_persistent_cache_enable_xla_caches": "none",
}
#: It is private: where it is another, nothing is kept.
compilation_cache: Any = None
with suppress(ImportError):
    compilation_cache = import_module("jax._src.compilation_cache")


def folder() -> Path | None:
    """Where this user keeps programs for this processor; None if none are to be kept."""
    base = os.environ.get(CACHE_VARIABLE)
    if base is None:
        asked = os.environ.get("XDG_CACHE_HOME", "")
        usual = asked if Path(asked).is_absolute() else USUAL.get(sys.platform, "~/.cache")
        base = f"{usual}/crossgrad"
    with suppress(RuntimeError):  # the user has no home
        return Path(base).expanduser().absolute() / "compiled" / processor() if base else None
    return None


def processor() -> str:
    """A digest of the processor and its instructions; JAX's keys name the versions, but not these.

    A home may be shared by machines, and code that was made for one stops the other. Where the
    system does not tell the instructions, each machine is one of its own.
    """
    one = [*cpu_lines("model name")[:1], *cpu_lines("flags", "Features")[:1]] or [platform.node()]
    described = "\n".join([platform.system(), platform.machine(), platform.processor(), *one])
    return sha256(described.encode()).hexdigest()[:16]


class Programs:
    """Compiled programs by key, a file each; one that cannot be read or written is compiled."""

    def __init__(self, folder: Path) -> None:
        """The folder need not be there."""
        self.folder = self._path = folder  # JAX tells of the latter

    def get(self, key: str) -> bytes | None:
        """The program, which counts as used now."""
        path = self.folder / f"{key}.program"
        with suppress(OSError):
            os.utime(path)
        with suppress(OSError):
            return path.read_bytes()
        return None

    def put(self, key: str, program: bytes) -> None:
        """Keep it, in place of what was there."""
        with suppress(OSError):
            prune(self.folder.parent)
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / f"{key}.program", program)


@cache
def prune(root: Path) -> None:
    """Once in a process: what was used longest ago goes, until no more than the limit is there."""
    files = []
    for path in root.glob("*/*.program*"):  # also what a killed process was writing
        with suppress(FileNotFoundError):
            stat = path.stat()
            files.append((stat.st_mtime_ns, stat.st_size, path))
    excess = sum(size for _, size, _ in files) - LIMIT
    for _, size, path in sorted(files):
        if excess <= 0:
            break
        excess -= size
        with suppress(OSError):
            path.unlink()


def file_cache(path: str) -> tuple[Programs, str]:
    """What JAX asks for at its first program."""
    return Programs(Path(path)), path


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

"""Compiled programs that are kept from run to run: where, and how they stay whole and few.

A folder for each processor and each set of versions, a file for each program. A file appears when
it is whole, and says what it must contain: several processes may read, write and delete at once,
and none of them fails for it. What cannot be kept is compiled again. No framework is imported here.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from crossgrad.comparisons.environment import CACHE_VARIABLE
from crossgrad.comparisons.processor import cpu_lines

#: Bytes of all programs together, those of other versions too, or a little more; some 30 kB are a
#: program.
LIMIT = 256 << 20
#: That is looked after at a process's first program to be kept, and after so many more.
OFTEN = 256
PACKAGES = ("jax", "jaxlib", "numpy")
SUFFIX = ".program"
DIGEST = sha256().digest_size


# ------------------------------------------------------------------ where
def folder() -> Path | None:
    """That of this processor and these versions; nothing if no program is to be kept."""
    base = os.environ.get(CACHE_VARIABLE)
    if base is None:
        base = usual()
    with suppress(RuntimeError):  # of whom there is no home
        return Path(base).expanduser().absolute() / "compiled" / key() if base else None
    return None


def usual() -> str:
    """The folder of a user for what may be deleted, and ours in it; empty for want of a home."""
    homes = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}
    asked = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(asked if Path(asked).is_absolute() else homes.get(sys.platform, "~/.cache"))
    with suppress(RuntimeError):
        return str(base.expanduser() / "crossgrad")
    return ""


def key() -> str:
    """Versions to read, and a digest of the processor and its instructions.

    A home may be shared by machines, and code that was made for one stops the other. Where the
    system does not tell the instructions, each machine is one of its own.
    """
    versions = [f"{name}-{installed(name)}" for name in PACKAGES]
    one = [*cpu_lines("model name")[:1], *cpu_lines("flags", "Features")[:1]] or [platform.node()]
    processor = "\n".join([platform.system(), platform.machine(), platform.processor(), *one])
    return "-".join([*versions, sha256(processor.encode()).hexdigest()[:16]])


def installed(package: str) -> str:
    """Its version; ``none`` if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


# ------------------------------------------------------------------ what is kept
class Store:
    """Programs by key, in a folder; a failure to keep or to find one is no failure."""

    def __init__(self, folder: Path) -> None:
        """The folder need not be there; its siblings are of other versions."""
        self.folder = folder
        self.kept = 0

    def get(self, key: str) -> bytes | None:
        """The program, if all of it is there; the oldest used is the first to be deleted."""
        path = self.folder / f"{key}{SUFFIX}"
        try:
            content = path.read_bytes()
        except OSError:
            return None
        program = content[DIGEST:]
        if sha256(program).digest() != content[:DIGEST]:
            return None
        with suppress(OSError):
            os.utime(path)
        return program

    def put(self, key: str, program: bytes) -> None:
        """Keep it, in place of what was there."""
        with suppress(OSError):
            if self.kept % OFTEN == 0:
                prune(self.folder.parent, LIMIT)
            self.kept += 1
            self.folder.mkdir(parents=True, exist_ok=True)
            replace(self.folder / f"{key}{SUFFIX}", sha256(program).digest() + program)


def replace(path: Path, content: bytes) -> None:
    """The whole file at once; unlike a user's file it need not outlast a power failure."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise


# ------------------------------------------------------------------ how few
def prune(root: Path, limit: int) -> None:
    """If there are more bytes than the limit, leave three quarters of it: what was used last."""
    files = sorted(kept(root), reverse=True)
    sizes = [size for _, size, _ in files]
    if sum(sizes) <= limit:
        return
    left = 3 * limit // 4
    for _, size, path in files:
        left -= size
        if left < 0:
            with suppress(OSError):
                Path(path).unlink()
                Path(path).parent.rmdir()  # of an old version, when it was the last


def kept(root: Path) -> Iterator[tuple[int, int, str]]:
    """When each was last used, its bytes, its path; also what a killed process left unfinished."""
    for path in root.glob(f"jax-*/*{SUFFIX}*"):
        with suppress(FileNotFoundError):
            stat = path.stat()
            yield stat.st_mtime_ns, stat.st_size, str(path)

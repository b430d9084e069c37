"""Files that are whole, old or new: written beside, then renamed."""

import os
import tempfile
from pathlib import Path

from crossgrad.comparisons.machine.location import require


def write_whole(path: Path, text: str | bytes) -> None:
    """Replace the file's content; whatever interrupts leaves what was there."""
    path = path.resolve()  # a link stays a link
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())  # it must not be renamed before it is there
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def check_output(option: str, path: Path | None, suffix: str = "") -> None:
    """Raise ``ValueError``, with one line, unless the file of an option can be written there."""
    if path and suffix and path.suffix != suffix:
        raise ValueError(f"{option} {path}: expected a name that ends in {suffix}")
    if path and not writable(path):
        raise ValueError(f"{option} {path}: cannot be written")


def check_picture(option: str, path: Path | None, suffix: str = ".svg") -> None:
    """The same of a file that matplotlib draws, or has pictures of it inside."""
    check_output(option, path, suffix)
    if path:
        require("matplotlib", option, "plot")


def writable(path: Path) -> bool:
    """Whether a file can be put there: into a folder that is, over a file or over nothing."""
    try:
        path = path.resolve()
        with tempfile.TemporaryFile(dir=path.parent):  # rights alone do not tell
            return path.is_file() or not path.exists()
    except (OSError, RuntimeError):  # links in a circle, a name that is too long
        return False

"""Files that are whole, old or new: written beside, then renamed."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from crossgrad.comparisons.machine.location import require

#: What a file's name ends in, by the option that names it; all others may be called anything.
ENDINGS = {"plot": ".svg", "html": ".html", "report": ".html", "markdown": ".md"}
ENDINGS |= {"slackness": ".jsonl"}
#: What matplotlib draws.
PICTURES = ("plot", "report")


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


def flag(name: str) -> str:
    """An option as it is typed."""
    return f"--{name.replace('_', '-')}"


def check_files(written: Mapping[str, Path | None], read: Iterable[Path] = ()) -> None:
    """``written``: files by the option that names them; ``read``: those that must stay.

    Raises ``ValueError``, with one line, before anything runs, for what cannot be written there,
    for another ending than the option's, and where one would be written over another.
    """
    taken = {path.resolve(): str(path) for path in read}
    for name, path in written.items():
        option = flag(name)
        if path is None:
            continue
        if ENDINGS.get(name, path.suffix) != path.suffix:
            raise ValueError(f"{option} {path}: expected a name that ends in {ENDINGS[name]}")
        if not writable(path):
            raise ValueError(f"{option} {path}: cannot be written")
        if there := taken.get(path.resolve()):
            raise ValueError(f"{option} {path}: would be written over {there}")
        taken[path.resolve()] = option
        if name in PICTURES:
            require("matplotlib", option, "plot")


def writable(path: Path) -> bool:
    """Whether a file can be put there: into a folder that is, over a file or over nothing."""
    try:
        path = path.resolve()
        with tempfile.TemporaryFile(dir=path.parent):  # rights alone do not tell
            return path.is_file() or not path.exists()
    except (OSError, RuntimeError):  # links in a circle, a name that is too long
        return False

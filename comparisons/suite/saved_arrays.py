"""Arguments of ``judge`` in a file of NumPy's, for the command that judges them again."""

import hashlib
import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import SIXTEEN
from crossgrad.comparisons.backends.own.validation import as_array
from crossgrad.comparisons.machine.files import write_whole
from crossgrad.reference.parameters import Array

#: The number of this form of a file.
FORM = 1
#: Where failures are saved, in the current folder; or in one for temporary files.
FOLDER = ".crossgrad"
#: Arguments that are no arrays.
PLAIN = ("activations", "cost", "dtype", "rate", "C")


def save(arguments: Mapping[str, Any], path: Path) -> None:
    """Write them; raises ``OSError``, ``ValueError`` if the name does not end in .npz."""
    if path.suffix != ".npz":
        raise ValueError(f"{path}: expected a name that ends in .npz")
    write_whole(path, encoded(arguments))


def save_somewhere(arguments: Mapping[str, Any]) -> Path:
    """Write them to a file that has a name by its content; its path, as it is typed from here."""
    content = encoded(arguments)
    name = f"judged-{hashlib.sha256(content).hexdigest()[:12]}.npz"
    for folder in (Path(FOLDER), Path(tempfile.gettempdir()) / "crossgrad"):
        try:
            folder.mkdir(exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")  # nobody's work
            write_whole(folder / name, content)
        except OSError:
            continue
        return folder / name
    return Path("(the arrays cannot be saved here)")


def encoded(arguments: Mapping[str, Any]) -> bytes:
    """A file of NumPy's: each array by the name of its argument, with the layer behind it."""
    arrays, plain = dict[str, Array](), dict[str, Any]()
    for name, value in arguments.items():
        if isinstance(value, str | int | float | dict) or name == "activations":
            plain[name] = value if isinstance(value, str | dict) else as_plain(value)
        elif isinstance(value, list | tuple) and np.ndim(as_array(value[0])):
            arrays |= {f"{name}.{l}": as_array(one) for l, one in enumerate(value)}
        else:
            arrays[name] = as_array(value)
    formats = {name: array.dtype.name for name, array in arrays.items()}
    plain = {"judge": FORM, "formats": formats, "arguments": plain}
    stored = {name: as_bits(array) for name, array in arrays.items()}
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{"": np.array(json.dumps(plain)), **stored})
    return file.getvalue()


def as_plain(value: Any) -> Any:  # noqa: ANN401 - a number, or names
    return list(value) if isinstance(value, list | tuple) else float(value)


def as_bits(array: Array) -> Array:
    """bfloat16 is a format that files of NumPy's do not know."""
    return array.view(np.uint16) if array.dtype.name in SIXTEEN else array


def load(path: Path) -> dict[str, Any]:
    """The arguments in a file; raises ``ValueError`` with one line, ``OSError``."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            plain = json.loads(str(file[""]))
            found = {name: file[name] for name in file.files if name}
        form, formats, arguments = plain["judge"], plain["formats"], plain["arguments"]
    except OSError:
        raise
    except (ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise ValueError(f"{path}: no arrays that judge has saved") from error
    if form != FORM:
        raise ValueError(f"{path}: of form {form}, where this version reads {FORM}")
    lists = dict[str, list[Array]]()
    for key, array in found.items():
        name, _, layer = key.partition(".")
        as_it_was = array.view(formats[key]) if formats[key] in SIXTEEN else array
        if layer:
            lists.setdefault(name, []).append(as_it_was)
        else:
            arguments[name] = as_it_was
    return {**arguments, **lists}

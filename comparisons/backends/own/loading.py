"""A function of somebody's own, by ``module:function`` or ``file.py:function``."""

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np

from crossgrad.comparisons.backends.own.errors import one_line
from crossgrad.comparisons.problems.problem import Problem


def load_gradients(spec: str) -> Callable[[Problem], object]:
    """The function of ``module:function`` or ``file.py:function``.

    Raises ``ValueError`` with one line that names the culprit.
    """
    where, _, name = spec.rpartition(":")
    try:
        with its_own_settings():
            module = load_file(Path(where)) if where.endswith(".py") else load_module(where)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise ValueError(f"backend {spec!r}: cannot be loaded: {one_line(error)}") from error
    function: Callable[[Problem], object] | None = getattr(module, name, None)
    if not callable(function):  # one error for whatever is wrong with a backend's name
        raise ValueError(f"backend {spec!r}: {where} has no function {name!r}")  # noqa: TRY004
    return function


def load_module(name: str) -> ModuleType:
    """A module by its name; the current folder is searched too, as ``python`` does."""
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    return importlib.import_module(name)


def load_file(path: Path) -> ModuleType:
    """A module by its file; its neighbours can be imported, as for a script."""
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    folder = str(path.parent.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = ModuleType(path.stem)
    module.__file__ = str(path.resolve())
    sys.modules.setdefault(path.stem, module)
    exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102
    return module


@contextmanager
def its_own_settings() -> Iterator[None]:
    """Its warnings are no errors, and what it sets with ``np.seterr`` ends with it."""
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("default")
        yield

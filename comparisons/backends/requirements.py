"""What this machine has, found out without importing it: packages, a compiler, a GPU."""

import os
import shutil
from ctypes import CDLL
from functools import cache

from crossgrad.comparisons.machine.environment import device
from crossgrad.comparisons.machine.location import install, installed


def at_hand() -> str:
    return ""


def package(name: str, extra: str) -> str:
    """Whether a package is installed, which an extra of this project adds."""
    return "" if installed(name) else f"not installed: {install(extra)}"


@cache
def gpu() -> str:
    """NVIDIA's driver, which torch and JAX need."""
    try:
        CDLL("libcuda.so.1")
    except OSError:
        return "no GPU: NVIDIA's driver is not here"
    return ""


def on_gpu() -> str:
    """A GPU, and that it is asked for."""
    return gpu() or ("" if device() == "cuda" else "on a GPU only: --device cuda")


@cache
def compiler() -> str:
    """A C++ compiler, as torch.compile calls it: ``$CXX``, or g++."""
    name = os.environ.get("CXX") or "g++"
    return "" if shutil.which(name) else f"no C++ compiler: {name} is not on the path"

"""The settings under which frameworks are compared; to be made before any of them is imported.

One thread a worker: more would fight over the cores, and the number of threads changes bits.
JAX computes in float64 where asked and multiplies matrices in full precision, without TF32, which
torch leaves off by itself.
"""

import ctypes
import os
from contextlib import suppress

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}
STRICT_JAX = {
    "JAX_ENABLE_X64": "1",
    "JAX_DEFAULT_MATMUL_PRECISION": "highest",
}
#: Where torch and JAX compute: ``cpu`` or ``cuda``.
DEVICE_VARIABLE = "CROSSGRAD_DEVICE"
#: Each with what JAX calls it; it needs the CPU besides, for what is given to it.
PLATFORMS = {"cpu": "cpu", "cuda": "cuda,cpu"}
#: The folder of compiled programs, where it is not the user's usual one; empty: none is kept.
CACHE_VARIABLE = "CROSSGRAD_CACHE"
XLA_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"
#: M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h, in bytes.
GLIBC = {-1: 1 << 28, -3: 1 << 25}
#: The variables by which a user sets them.
MALLOC = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")


def device() -> str:
    """Where torch and JAX are to compute."""
    return os.environ.get(DEVICE_VARIABLE, "cpu")


def prepare(device: str = "cpu", *, compile_cache: bool = True) -> None:
    """Set them for this process and its children; a user's own XLA flags are kept.

    Without the cache, no compiled program is read from earlier runs, or kept for later ones.
    """
    os.environ.update(ONE_THREAD | STRICT_JAX | {"JAX_PLATFORMS": PLATFORMS[device]})
    os.environ[DEVICE_VARIABLE] = device
    if not compile_cache:
        os.environ[CACHE_VARIABLE] = ""
    flags = os.environ.get("XLA_FLAGS", "")
    if XLA_ONE_THREAD not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {XLA_ONE_THREAD}".strip()
    keep_freed_memory()


def keep_freed_memory() -> None:
    """Of glibc, unless a user has set it: what is freed stays with the process, to be used again.

    By default arrays of a few hundred kilobytes go back to the system, and each page of the next
    one is asked for anew: a quarter of the time of the checks.
    """
    tuned = "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", "")
    if not tuned and not set(MALLOC) & set(os.environ):
        with suppress(AttributeError, OSError, TypeError):  # where there is no glibc
            mallopt = ctypes.CDLL(None).mallopt
            for parameter, size in GLIBC.items():
                mallopt(parameter, size)

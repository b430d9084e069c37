"""The settings under which frameworks are compared; to be made before any of them is imported.

One thread a worker: more would fight over the cores, and the number of threads changes bits.
JAX computes in float64 where asked, multiplies matrices in full precision, on the CPU.
"""

import os

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
    "JAX_PLATFORMS": "cpu",
}
#: Where torch and JAX compute: ``cpu`` or ``cuda``.
DEVICE_VARIABLE = "CROSSGRAD_DEVICE"
DEVICES = ("cpu", "cuda")
XLA_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"


def prepare() -> None:
    """Set them for this process and its children; a user's own XLA flags are kept."""
    os.environ.update(ONE_THREAD | STRICT_JAX)
    flags = os.environ.get("XLA_FLAGS", "")
    if XLA_ONE_THREAD not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {XLA_ONE_THREAD}".strip()

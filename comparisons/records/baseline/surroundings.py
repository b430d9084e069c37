"""What a run took place in: all that is known to change bits, to be told when they have changed."""

import os
import platform
import re
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from threadpoolctl import threadpool_info

from crossgrad.comparisons.judging.record import digest
from crossgrad.comparisons.machine.environment import device
from crossgrad.comparisons.machine.processor import cpu_lines, flags
from crossgrad.comparisons.problems.choice import lecture_scenarios, random_scenarios
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import NEWEST
from crossgrad.comparisons.problems.scenario import usual_draws

PACKAGES = ("crossgrad", "numpy", "torch", "jax", "jaxlib")
#: Variables that set numerical libraries; where caches lie changes nothing.
VARIABLES = re.compile(
    r"(JAX|XLA|TORCH|PYTORCH|ATEN|ONEDNN|DNNL|OMP|KMP|GOMP|MKL|OPENBLAS|GOTO|BLIS|VECLIB|NUMEXPR"
    r"|NPY|GLIBC)_\w+(?<!_DIR)"
)
#: Instructions that sums and products are computed with.
FEATURES = re.compile(r"sse4_2|f16c|fma\w*|avx\w*|amx\w*|asimd\w*|sve\w*|bf16")
#: Name → value.
Facts = dict[str, str]
#: In place of the value of what is not in an environment.
ABSENT = "not there"


def surroundings() -> Facts:
    """Name → value of everything, in the order in which a person wants to read it."""
    return {
        "python": platform.python_version(),
        **versions(PACKAGES),
        "system": f"{platform.system()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "cpu": " ".join(cpu_lines("model name")[:1]) or platform.processor() or "unknown",
        "instructions": instructions(),
        "BLAS": blas(),
        "device": device(),
        **{name: readable(os.environ[name]) for name in sorted(os.environ) if sets_bits(name)},
    }


def sets_bits(name: str) -> bool:
    """Whether a variable is one of a numerical library."""
    return bool(VARIABLES.fullmatch(name))


def readable(value: str) -> str:
    """What is no text in the system's encoding is spelt out."""
    return value.encode(errors="backslashreplace").decode()


def versions(packages: Iterable[str]) -> Facts:
    """Of the packages that are installed; none of them is imported."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def instructions() -> str:
    """The vector instructions of the processor; NumPy's word for them where Linux has none."""
    known = sorted(flag for flag in flags() if FEATURES.fullmatch(flag))
    if not known:
        found = np.show_config(mode="dicts").get("SIMD Extensions", {})
        known = [*found.get("baseline", ()), *found.get("found", ())]
    return " ".join(known) or "unknown"


def blas() -> str:
    """NumPy's, as it is loaded: name, version, kernels, threads."""
    np.ones((2, 2)) @ np.ones((2, 2))
    for library in threadpool_info():
        if library["user_api"] == "blas":
            name, threads = library["internal_api"], library["num_threads"]
            parts = (
                name,
                library.get("version"),
                library.get("architecture"),
                f"{threads} thread{'s' * (threads != 1)}",
            )
            return " ".join(filter(None, parts))
    return "unknown"


def generator_digest(generation: int = NEWEST) -> str:
    """Of what a generation of scenarios draws: ids, and arrays in all regimes."""
    rest = usual_draws(generation), 0, ("float64", "float32")
    networks = random_scenarios if generation == NEWEST else first_scenarios
    scenarios = [replace(s, generation=generation) for s in lecture_scenarios(*rest)]
    scenarios += networks(5, *rest)
    ids = np.frombuffer("\n".join(map(str, scenarios)).encode(), np.uint8)
    return digest(ids, *(a for s in scenarios for p in s.problems() for a in p.arrays))


def differences(before: Facts, now: Facts) -> dict[str, tuple[str, str]]:
    """Whatever is not the same, before and now."""
    return {
        name: (before.get(name, ABSENT), now.get(name, ABSENT))
        for name in {**now, **before}
        if before.get(name) != now.get(name)
    }

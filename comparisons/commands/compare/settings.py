"""Settings by name: what each sets, and whom it concerns; no framework is imported here."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import NamedTuple

from packaging.specifiers import SpecifierSet

from crossgrad.comparisons.backends import DEFAULT
from crossgrad.comparisons.backends.modes import release
from crossgrad.comparisons.machine.environment import CACHE_VARIABLE
from crossgrad.comparisons.machine.location import findable

XLA = "XLA_FLAGS"


class Setting(NamedTuple):
    """One line of explanation, the built-in backends that it concerns, and what it sets.

    ``versions`` of the framework know it; all, if it is not said.
    """

    summary: str
    backends: tuple[str, ...]
    variables: Mapping[str, str] = MappingProxyType({})
    call: str = ""
    versions: str = ""

    @property
    def missing(self) -> str:
        """Why it cannot be made here, or nothing."""
        here, known = release(self.backends[0]), SpecifierSet(self.versions)
        if not here or known.contains(here, prereleases=True):
            return ""
        return f"known by {self.backends[0]}{self.versions}, here is {here}"


def xla(summary: str, flags: str, versions: str = "") -> Setting:
    """A setting of XLA's, which ends the process for a flag that it does not know."""
    return Setting(summary, ("jax",), {XLA: flags}, versions=versions)


def jax(summary: str, variable: str, value: str) -> Setting:
    return Setting(summary, ("jax",), {variable: value})


def torch(summary: str, call: str) -> Setting:
    """A setting of torch's that is made by a call, while it is asked and no longer."""
    return Setting(summary, ("torch",), call=call)


TWO = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "2")
PRECISION = "JAX_DEFAULT_MATMUL_PRECISION"
SETTINGS = {
    "fast-math": xla(
        "XLA: LLVM's fast-math: no NaN, ∞ or -0, sums in any order, a / b as a · (1 / b)",
        "--xla_cpu_enable_fast_math=true",
    ),
    "fast-min-max": xla(
        "XLA: minimum and maximum without care for NaN (of which there is none)",
        "--xla_cpu_enable_fast_min_max=true",
    ),
    "optimization-0": xla("XLA: LLVM without optimization", "--xla_backend_optimization_level=0"),
    "isa-avx2": xla("XLA: no instructions after AVX2", "--xla_cpu_max_isa=AVX2"),
    "isa-sse": xla("XLA: no instructions after SSE4.2", "--xla_cpu_max_isa=SSE4_2"),
    "no-fusion-emitters": xla(
        "XLA: fused loops by the emitters of before",
        "--xla_cpu_use_fusion_emitters=false",
        versions="<0.11",  # seen: 0.10.2 knows the flag, 0.11 and 0.12 do not
    ),
    "no-fusion": xla("XLA: nothing is fused", "--xla_disable_hlo_passes=fusion"),
    "no-jit": jax(
        "JAX: operation by operation, nothing compiled as a whole", "JAX_DISABLE_JIT", "1"
    ),
    "x64-off": jax("JAX: float64 is computed in float32, its default", "JAX_ENABLE_X64", "0"),
    "matmul-default": jax(
        "JAX: matrix products as precise as by default (no effect on a CPU)", PRECISION, "default"
    ),
    "matmul-bfloat16": jax(
        "JAX: factors of matrix products may be bfloat16 (no effect on a CPU)",
        PRECISION,
        "bfloat16",
    ),
    "matmul-bf16-bf16-f32": jax(
        "JAX: factors of matrix products are bfloat16, sums float32", PRECISION, "BF16_BF16_F32"
    ),
    "threads-2": Setting(
        "two threads, where the suite takes one",
        tuple(DEFAULT),
        TWO | {XLA: "--xla_cpu_multi_thread_eigen=true"},
    ),
    "flush-denormal": torch(
        "torch: what is below the normal numbers is 0", "torch.set_flush_denormal(True)"
    ),
    "deterministic": torch(
        "torch: algorithms that give the same each time", "torch.use_deterministic_algorithms(True)"
    ),
    "no-onednn": torch("torch: no kernels of oneDNN", "torch.backends.mkldnn.enabled = False"),
    "matmul-medium": torch(
        "torch: factors of matrix products may be bfloat16",
        'torch.set_float32_matmul_precision("medium")',
    ),
    "torch-scalar": Setting(
        "torch: its own kernels without vectors", ("torch",), {"ATEN_CPU_CAPABILITY": "default"}
    ),
    "torch-avx2": Setting(
        "torch: its own kernels with AVX2", ("torch",), {"ATEN_CPU_CAPABILITY": "avx2"}
    ),
    "mkl-compatible": Setting(
        "MKL: the same bits on every processor", ("torch",), {"MKL_CBWR": "COMPATIBLE"}
    ),
    "openblas-haswell": Setting(
        "OpenBLAS: its kernels for AVX2", ("numpy",), {"OPENBLAS_CORETYPE": "Haswell"}
    ),
    "numpy-avx2": Setting(
        "NumPy: its own kernels with AVX2",
        ("numpy",),
        {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    ),
}


def setting(name: str) -> Setting:
    """That of the table, or a variable of the environment; raises ``ValueError``."""
    if name in SETTINGS:
        if missing := SETTINGS[name].missing:
            raise ValueError(f"setting {name!r}: {missing}")
        return SETTINGS[name]
    variable, equals, value = name.partition("=")
    if not variable or not equals:
        raise ValueError(f"setting {name!r}: not one of --list, nor a variable as NAME=VALUE")
    return Setting("a variable of the environment", tuple(DEFAULT), {variable: value})


def concerned(names: Iterable[str]) -> list[str]:
    """The built-in backends that all these settings concern."""
    return [b for b in DEFAULT if all(b in setting(name).backends for name in names)]


def listed() -> str:
    """A line for each setting, and one for variables."""
    width = max(map(len, SETTINGS))
    lines = [
        f"{name:{width}}  {setting.summary}{f' [{setting.missing}]' if setting.missing else ''}"
        for name, setting in SETTINGS.items()
    ]
    return "\n".join([*lines, f"{'NAME=VALUE':{width}}  any variable of the environment"])


# ------------------------------------------------------------------ several together
@dataclass(frozen=True, slots=True)
class Setup:
    """The settings that were asked for, by name; none are the suite's own."""

    names: tuple[str, ...]
    variables: Mapping[str, str]
    calls: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.names) or "the suite's own settings"

    @property
    def environment(self) -> dict[str, str]:
        """Of its process: what is asked wins over what the suite sets.

        There is no cache of programs, which may have been compiled under other settings.
        """
        asked = self.variables.get(XLA)
        flags = {} if asked is None else {XLA: added(os.environ.get(XLA, ""), asked)}
        return findable({**os.environ, **self.variables, **flags, CACHE_VARIABLE: ""})

    def facts(self, setups: "Setups") -> dict[str, str]:
        """Whatever either of two setups sets, as it is under this one."""
        environment = self.environment
        calls = [call for setup in reversed(setups) for call in setup.calls]
        names = [name for setup in reversed(setups) for name in setup.variables]
        made = {call: "made" if call in self.calls else "not made" for call in calls}
        return made | {name: environment[name] for name in names if name in environment}


#: Before and now.
Setups = tuple[Setup, Setup]


def added(flags: str, asked: str) -> str:
    """XLA's flags with those asked; it reads none after a word that does not begin with ``--``."""
    words = flags.split()
    read = list(takewhile(lambda word: word.startswith("--"), words))
    return " ".join([*read, *asked.split(), *words[len(read) :]])


def setup(names: Iterable[str]) -> Setup:
    """Of settings by name; raises ``ValueError``, with one line that names the culprit."""
    names = tuple(dict.fromkeys(names))
    variables: dict[str, str] = {}
    for name in names:
        for variable, value in setting(name).variables.items():
            if variable == XLA:
                variables[XLA] = f"{variables.get(XLA, '')} {value}".strip()
            elif variables.setdefault(variable, value) != value:
                raise ValueError(f"setting {name!r}: {variable} is {variables[variable]} already")
    return Setup(names, variables, tuple(filter(None, (setting(name).call for name in names))))

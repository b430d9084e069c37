"""The processor, as Linux describes it: what numerical libraries choose their instructions by."""

from functools import cache
from pathlib import Path

#: What numerical libraries mean by AVX-512: more than its foundation.
AVX512 = {"avx512f", "avx512bw", "avx512dq", "avx512vl"}


def cpu_lines(*names: str) -> list[str]:
    """The values of Linux's description of its processors; none on another system."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    pairs = (line.partition(":") for line in lines)
    return [value.strip() for name, _, value in pairs if name.strip() in names]


@cache
def flags() -> frozenset[str]:
    """Linux's names of its instructions; none on another system."""
    lines = cpu_lines("flags", "Features")
    return frozenset(flag for line in lines for flag in line.split())


def has_avx512() -> bool:
    """Whether libraries find AVX-512, by which some of them compute other things than without."""
    return flags() >= AVX512


def has_avx512_fp16() -> bool:
    """Whether they find arithmetic in float16 besides, which oneDNN then uses."""
    return flags() >= AVX512 | {"avx512_fp16"}

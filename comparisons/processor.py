"""The processor, as Linux describes it: what numerical libraries choose their instructions by."""

from pathlib import Path


def cpu_lines(*names: str) -> list[str]:
    """The values of Linux's description of its processors; none on another system."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    pairs = (line.partition(":") for line in lines)
    return [value.strip() for name, _, value in pairs if name.strip() in names]

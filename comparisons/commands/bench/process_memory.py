"""The memory of this process, as Linux tells it; elsewhere nothing is known."""

from contextlib import suppress
from pathlib import Path

STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident() -> float:
    return of_status("VmRSS")


def peak() -> float:
    """The most megabytes since ``forget_peak``."""
    return of_status("VmHWM")


def forget_peak() -> None:
    """What is in memory now is the peak so far."""
    with suppress(OSError):  # not everywhere, and not in every container
        PEAK.write_text("5", encoding="ascii")


def of_status(name: str) -> float:
    """A line of the process's status; not a number where there is none."""
    if not STATUS.exists():
        return float("nan")
    lines = dict(line.split(":", 1) for line in STATUS.read_text(encoding="ascii").splitlines())
    return float(lines[name].split()[0]) / 1024

"""The verdict in a line."""

from collections import Counter
from collections.abc import Sequence

from crossgrad.comparisons.reports.numbers import typeset

#: So many names are told.
MOST_TOLD = 4


def right(entries: int, largest: float, known: int) -> str:
    """All is within its bound, but for entries that a known divergence explains."""
    but = f" or a known divergence ({counted(known, 'entry', 'entries')})" if known else ""
    told = f"{counted(entries, 'number', 'numbers')} compared, largest residual {typeset(largest)}"
    return f"Everything is within its bound{but}: {told}"


def wrong(failed: Counter[tuple[str, str]], errors: int) -> str:
    """How many checks fail, of whom most, and how many answers never came."""
    checks = failed.total()
    parts = [counted(checks, "check fails", "checks fail")] if checks else []
    if errors:
        parts.append(counted(errors, "answer is an error", "answers are errors"))
    told = "; ".join(listed_of(failed))
    return " and ".join(parts) + (f": {told}" if told else "")


def listed_of(failed: Counter[tuple[str, str]]) -> list[str]:
    """The checks of each backend, most first."""
    backends: dict[str, list[str]] = {}
    for (name, check), count in sorted(failed.items(), key=lambda item: (-item[1], item[0])):
        backends.setdefault(name, []).append(f"{check} {count:,}")
    return shortened([f"{name} {', '.join(checks)}" for name, checks in backends.items()])


def void(idle: Sequence[str]) -> str:
    if not idle:
        return "Nothing was verified: nothing was compared"
    return f"Nothing was verified of {listed(idle)}: no scenario was supported"


def counted(count: int, one: str, more: str) -> str:
    """A number and the right one of two words."""
    return f"{count:,} {one if count == 1 else more}"


def listed(told: Sequence[str]) -> str:
    """The first of them, and how many more."""
    return ", ".join(shortened(told))


def shortened(told: Sequence[str]) -> list[str]:
    """The first of them, and how many more."""
    rest = len(told) - MOST_TOLD
    return [*told[:MOST_TOLD], *([f"and {rest} more"] if rest > 0 else [])]

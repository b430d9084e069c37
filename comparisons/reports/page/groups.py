"""What rows are grouped by."""

from functools import lru_cache
from typing import NamedTuple

from crossgrad.comparisons.problems.scenario import Scenario

#: What errors may grow with; deeper networks than this are put together by powers of two.
AXES = ("depth", "width", "batch")
DEEPEST = 16


class Spread(NamedTuple):
    """A line of the table and an equation; pairs are told from backends."""

    pair: bool
    name: str
    dtype: str
    check: str


class Growth(NamedTuple):
    """Rows of networks of one size; ``local``: judged where they happen, or end to end."""

    local: bool
    dtype: str
    axis: str
    size: int


class Function(NamedTuple):
    """An activation or a cost in an equation of a backend."""

    kind: str
    name: str
    check: str
    backend: str


class Circumstances(NamedTuple):
    """What of a scenario its rows are grouped by."""

    dtype: str
    activations: tuple[str, ...]
    cost: str
    sizes: dict[str, int]


@lru_cache(maxsize=4096)
def circumstances(scenario: str) -> Circumstances:
    """Of an id; sizes are rounded up to powers of two, but for depths that occur."""
    parsed = Scenario.parse(scenario)
    net = parsed.architecture
    depth = net.depth if net.depth <= DEEPEST else rounded_up(net.depth)
    values = depth, rounded_up(max(net.widths)), rounded_up(parsed.batch)
    sizes = dict(zip(AXES, values, strict=True))
    return Circumstances(parsed.dtype, net.activations, net.cost, sizes)


def rounded_up(size: int) -> int:
    return 1 << (size - 1).bit_length()


def span(axis: str, size: int) -> str:
    """The sizes that are counted as this one."""
    single = size <= 2 or (axis == "depth" and size <= DEEPEST)  # noqa: PLR2004 - 1, 2 are alone
    return str(size) if single else f"{size // 2 + 1}–{size}"

"""The random networks of generation 1, as they were: nothing here is changed any more."""

from collections.abc import Iterator

from crossgrad.comparisons.problems.generations import GENERATIONS
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import raw_bits

FIRST = GENERATIONS[1]


def first_scenarios(count: int, draws: int, seed: int, dtypes: tuple[str, ...]) -> list[Scenario]:
    """``count`` random architectures in each format; the same for the same arguments, for ever."""
    return [first_scenario(index, draws, seed, dtype) for index in range(count) for dtype in dtypes]


def first_scenario(index: int, draws: int, seed: int, dtype: str) -> Scenario:
    bits = choices(seed, index)
    architecture = random_architecture(bits, index)
    batch = 1 + log_uniform(bits, 32)
    return Scenario(architecture, dtype, batch, next(bits) % 1_000_000, draws)


def random_architecture(bits: Iterator[int], index: int) -> Architecture:
    """Depth 1–8, widths 1–64. The index runs through depths, costs and activations in turn."""
    cost = FIRST.costs[index % len(FIRST.costs)]
    featured = FIRST.activations[index % len(FIRST.activations)]
    last = FIRST.last(cost)
    depth = max(1 + index % 8, 1 if last is None else 2)
    widths = tuple(1 + log_uniform(bits, 64) for _ in range(depth + 1))
    mixed = next(bits) % 2
    activations = [pick(bits, FIRST.activations) if mixed else featured for _ in range(depth)]
    activations[next(bits) % (depth if last is None else depth - 1)] = featured
    if last is not None:
        activations[-1] = last
    return Architecture(widths, tuple(activations), cost)


def choices(seed: int, index: int) -> Iterator[int]:
    """Raw bits, without end, for the choices of one architecture."""
    return iter(raw_bits((64,), seed, index, 1 << 34).tolist())


def log_uniform(bits: Iterator[int], limit: int) -> int:
    """A number below ``limit``, a power of two; each power of two is reached equally often."""
    below = 2 << next(bits) % (limit.bit_length() - 1)
    return next(bits) % below


def pick(bits: Iterator[int], names: tuple[str, ...]) -> str:
    return names[next(bits) % len(names)]

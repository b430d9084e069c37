"""The random networks that the bounds are certified on, and the draws that are made of each."""

from dataclasses import replace

from crossgrad.comparisons.problems.generations import GENERATIONS, REGIMES_1
from crossgrad.comparisons.problems.problem import Problem
from crossgrad.comparisons.problems.regimes import draw_problem
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import raw_bits

NETWORKS = range(164)
FIRST = GENERATIONS[1]
KINKS = list(REGIMES_1).index("kinks")
#: The first are drawn in every regime, the others in two.
THOROUGH = range(30)
#: One network in so many is four times as wide.
WIDER = 24


def network(index: int) -> Architecture:
    """Depth 1–6, widths 1–8, a few to 32; activations and costs in turn, but for the last one."""
    bits = iter(raw_bits((16,), seed=5, draw=index, stream=0).tolist())
    depth, cost = 1 + index % 6, FIRST.costs[(index + index // 6) % len(FIRST.costs)]
    scale = 4 if index % WIDER == WIDER - 1 else 1
    widths = tuple(scale * (1 + next(bits) % 8) for _ in range(depth + 1))
    activations = [FIRST.activations[(index + l * (1 + index // 14)) % 14] for l in range(depth)]
    activations[-1] = COSTS[cost].last or activations[-1]
    return Architecture(widths, tuple(activations), cost)


def draws(index: int, dtype: str) -> list[Problem]:
    """Problems of a network, on batches of 1–5; where whole numbers cancel, in tenths as well."""
    batch = 1 + index // 7 % 5
    found = [draw_problem(network(index), dtype, batch, index, draw) for draw in regimes(index)]
    return found + [in_tenths(found[i]) for i, draw in enumerate(regimes(index)) if draw == KINKS]


def in_tenths(problem: Problem) -> Problem:
    """0.1 for 1: sums that cancelled are rounded, and may come out on either side of a kink."""
    W, b, x = (
        tuple(array * array.dtype.type(0.1) for array in arrays)
        for arrays in (problem.W, problem.b, [problem.x])
    )
    return replace(problem, W=W, b=b, x=x[0])


def regimes(index: int) -> list[int]:
    """The numbers of its draws, which are those of their regimes: two that rotate, or all."""
    if index in THOROUGH:
        return list(range(len(REGIMES_1)))
    first = index + index // len(REGIMES_1)
    return [first % len(REGIMES_1), (first + 3) % len(REGIMES_1)]

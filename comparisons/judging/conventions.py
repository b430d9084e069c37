"""Conventions: which σ′ a backend takes where σ has a kink, read off its δ."""

from typing import Any

import numpy as np

from crossgrad.comparisons.equations.walk import compare
from crossgrad.comparisons.parts.activations import ACTIVATIONS, ELEMENTWISE, Kink
from crossgrad.comparisons.parts.network import network_of
from crossgrad.comparisons.problems.problem import Problem, Trace

#: Neither the slope of a side nor the mean of both.
OTHER = "another"


def conventions(check: str, problem: Problem, trace: Trace, layer: int) -> dict[str, str]:
    """Of a layer, 1 … L: kinks that z hits, with the σ′ there that explains δ.

    Empty unless the check is BP1 or BP2. Entries that several slopes explain say nothing.
    """
    if check not in ("BP1", "BP2"):
        return {}
    sigma = ACTIVATIONS[problem.activations[layer - 1]].of(problem.of_layer(layer))
    taken = {
        f"{sigma.name}′({kink.z:g})": slopes_taken(check, problem, trace, layer, kink)
        for kink in sigma.kinks
    }
    return {kink: " or ".join(slopes) for kink, slopes in taken.items() if slopes}


def slopes_taken(check: str, problem: Problem, trace: Trace, layer: int, kink: Kink) -> list[str]:
    """All that are taken in some entry: of a side, the mean of both, or ``OTHER``."""
    at_kink = trace["z", layer].astype(np.float64) == kink.z
    if not at_kink.any():
        return []
    network, usual = network_of(problem.architecture), ELEMENTWISE[problem.activations[layer - 1]]
    usual = usual.of(problem.of_layer(layer))
    fits = {}
    for slope, told in sides(kink):
        sigma = usual.replaced(lambda z: z == kink.z, slope)
        followed = network.with_part(layer, sigma)
        residual = compare(check, layer, problem, trace, network=followed).residual
        fits[told] = at_kink & (residual <= 1)
    count = np.sum(list(fits.values()), axis=0)
    taken = [slope for slope, here in fits.items() if (here & (count == 1)).any()]
    return taken + [OTHER] * bool((at_kink & (count == 0)).any())


def sides(kink: Kink) -> list[tuple[Any, str]]:
    """The slope of each side and their mean, with how it is told: numbers from the smallest."""
    middle = (kink.left + kink.right) / 2
    if np.ndim(kink.left):
        return [(kink.left, "α"), (kink.right, f"{kink.right:g}"), (middle, "mean")]
    return [(slope, f"{slope:g}") for slope in sorted([kink.left, kink.right, middle])]

"""Conventions: which σ′ a backend takes where σ has a kink, read off its δ."""

import numpy as np

from crossgrad.comparisons.equations import compare
from crossgrad.comparisons.parts.activations import ACTIVATIONS, ELEMENTWISE, Kink
from crossgrad.comparisons.parts.network import network_of
from crossgrad.comparisons.problem import Problem, Trace

#: Neither the slope of a side nor the mean of both.
OTHER = "another"


def conventions(check: str, problem: Problem, trace: Trace, layer: int) -> dict[str, str]:
    """Of a layer, 1 … L: kinks that z hits, with the σ′ there that explains δ.

    Empty unless the check is BP1 or BP2. Entries that several slopes explain say nothing.
    """
    if check not in ("BP1", "BP2"):
        return {}
    name = problem.activations[layer - 1]
    taken = {
        f"{name}′({kink.z:g})": slopes_taken(check, problem, trace, layer, kink)
        for kink in ACTIVATIONS[name].kinks
    }
    return {kink: " or ".join(slopes) for kink, slopes in taken.items() if slopes}


def slopes_taken(check: str, problem: Problem, trace: Trace, layer: int, kink: Kink) -> list[str]:
    """All that are taken in some entry: of a side, the mean of both, or ``OTHER``."""
    at_kink = trace["z", layer].astype(np.float64) == kink.z
    if not at_kink.any():
        return []
    network, sides = network_of(problem.architecture), (kink.left, kink.right)
    usual = ELEMENTWISE[problem.activations[layer - 1]]
    fits = {}
    for slope in sorted([*sides, sum(sides) / 2]):
        sigma = usual.replaced(lambda z: z == kink.z, slope)
        followed = network.with_part(layer, sigma)
        residual = compare(check, layer, problem, trace, network=followed).residual
        fits[f"{slope:g}"] = at_kink & (residual <= 1)
    count = np.sum(list(fits.values()), axis=0)
    taken = [slope for slope, here in fits.items() if (here & (count == 1)).any()]
    return taken + [OTHER] * bool((at_kink & (count == 0)).any())

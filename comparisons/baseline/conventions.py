"""Conventions: which σ′ a backend takes where σ has a kink, read off its δ."""

import numpy as np

from crossgrad.comparisons.definitions import ACTIVATION_DEFINITIONS
from crossgrad.comparisons.equations import compare
from crossgrad.comparisons.problem import Problem, Trace
from crossgrad.comparisons.suprema import KINKS

#: Neither the slope of a side nor the mean of both.
OTHER = "another"


def conventions(check: str, problem: Problem, trace: Trace, l: int) -> dict[str, str]:
    """Of layer l, counted from 0: kinks that z hits, with the σ′ there that explains δ.

    Empty unless the check is BP1 or BP2. Entries that several slopes explain say nothing.
    """
    if check not in ("BP1", "BP2"):
        return {}
    name = problem.activations[l]
    taken = {
        f"{name}′({kink:g})": slopes_taken(check, problem, trace, l, kink, slopes)
        for kink, *slopes in KINKS.get(name, ())
    }
    return {kink: " or ".join(slopes) for kink, slopes in taken.items() if slopes}


def slopes_taken(
    check: str, problem: Problem, trace: Trace, l: int, kink: float, sides: list[float]
) -> list[str]:
    """All that are taken in some entry: of a side, the mean of both, or ``OTHER``."""
    at_kink = trace.z[l].astype(np.float64) == kink
    if not at_kink.any():
        return []
    usual = ACTIVATION_DEFINITIONS[problem.activations[l]]
    fits = {}
    for slope in sorted([*sides, sum(sides) / 2]):
        sigma = usual.replaced(lambda z: z == kink, slope)
        residual = compare(check, problem, trace, l, sigma=sigma).residual
        fits[f"{slope:g}"] = at_kink & (residual <= 1)
    count = np.sum(list(fits.values()), axis=0)
    taken = [slope for slope, here in fits.items() if (here & (count == 1)).any()]
    return taken + [OTHER] * bool((at_kink & (count == 0)).any())

"""One function in one format: a walk through it with all probes, then back to the worst places."""

from collections.abc import Callable, Sequence

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.commands.atlas.arguments import chunks
from crossgrad.comparisons.commands.atlas.errors import errors, fast_screens
from crossgrad.comparisons.commands.atlas.functions import Function
from crossgrad.comparisons.commands.atlas.refinement import Line, refined
from crossgrad.comparisons.commands.atlas.search import Search, Searches, bins_of, raise_profile
from crossgrad.reference.parameters import Array


def measure(
    function: Function,
    fmt: Format,
    probes: Sequence[str],
    *,
    quick: bool,
    advance: Callable[[int], None],
) -> list[Line]:
    """A line for each quantity of each probe."""
    with np.errstate(all="ignore"):
        searches = {(p, q): Search(fmt) for p in probes for q in range(len(function.quantities))}
        bounds = np.zeros((len(function.quantities), *Search(fmt).profile.shape))
        for z in chunks(fmt, quick=quick):
            walk(function, fmt, z, searches, bounds)
            advance(1)
        return [*refined(function, fmt, searches, bounds)]


def walk(function: Function, fmt: Format, z: Array, searches: Searches, bounds: Array) -> None:
    fast, bins = fast_screens(function, z, fmt), bins_of(z.astype(np.float64))
    for screen, bound in zip(fast, bounds, strict=True):
        raise_profile(bound, bins, np.where(screen.counted, screen.allowed / screen.ulp, 0))
    for probe in dict.fromkeys(probe for probe, _ in searches):
        for q, given in enumerate(function.ask(probe, function.name, z)):
            searches[probe, q].add(z, bins, errors(fast[q], given), fast[q].counted)

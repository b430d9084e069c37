"""Faults with a size: one number off by a relative amount, the rest computed from it.

The size can be varied, so that the smallest that is caught can be found.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from crossgrad.comparisons.equations.faults.catalogue import CATALOGUE, Fault
from crossgrad.comparisons.equations.faults.networks import SMOOTH
from crossgrad.comparisons.equations.faults.program import RIGHT, Program, Step, program
from crossgrad.reference.parameters import Array, raw_bits

#: The sizes at which they stand in the catalogue.
SIZES = {"float64": 1e-12, "float32": 1e-4}
Pick = Callable[[Array], Any]


def largest(array: Array) -> Any:  # noqa: ANN401 - an index
    """The place of the entry of largest magnitude."""
    return np.unravel_index(np.argmax(np.abs(array)), array.shape)


def random(array: Array) -> Any:  # noqa: ANN401 - an index
    """Any place; the same for arrays of one shape, in every call."""
    bits = raw_bits((1,), array.size, array.ndim, 1 << 36)
    return np.unravel_index(int(bits[0] % array.size), array.shape)


def off(array: Array, pick: Pick, size: float) -> Array:
    """A copy with one entry off by a relative size."""
    array = np.array(array)
    array[pick(array)] *= 1 + size
    return array


class Mode(NamedTuple):
    """Which number is off: where it is blamed, and what is computed with it."""

    check: str
    layer: int
    wrong: Callable[[Step, float], Array]


MODES = {
    "largest entry": Mode("BP4", 2, lambda at, size: off(RIGHT["BP4"](at), largest, size)),
    "random entry": Mode("BP4", 2, lambda at, size: off(RIGHT["BP4"](at), random, size)),
    "weight in BP2": Mode(
        "BP2", 1, lambda at, size: off(at.W_next, random, size).mT @ at.delta_next * at.slope
    ),
    "weight in z": Mode("z", 2, lambda at, size: off(at.W, random, size) @ at.below + at.b),
}


def sized(mode: str, size: float) -> Program:
    """The program in which one number is off by a relative size."""
    check, layer, wrong = MODES[mode]
    return program({(check, layer): lambda at: wrong(at, size)})


# ------------------------------------------------------------------ in the catalogue
PLACES = (("z", 1), ("a", 2), ("cost", 3), ("BP1", 3), ("BP2", 2), ("BP3", 1), ("BP4", 3))


def one_entry(check: str, layer: int, pick: Pick) -> Fault:
    """One entry of a result, off by as much as its format's ``SIZES``."""

    def wrong(at: Step) -> Array:
        return off(RIGHT[check](at), pick, SIZES[at.problem.dtype])

    return Fault(
        name=f"{pick.__name__} entry of {check} slightly off",
        group="sized",
        what="One entry off by 10⁻¹² of its value in float64, by 10⁻⁴ in float32.",
        check=check,
        layer=layer,
        kind=SMOOTH,
        dtypes=tuple(SIZES),
        link="",
        make=lambda: program({(check, layer): wrong}),
        wrong=wrong,
    )


def one_weight(mode: str) -> Fault:
    """One weight, off where an equation uses it."""
    check, layer, wrong = MODES[mode]

    def with_size(at: Step) -> Array:
        return wrong(at, SIZES[at.problem.dtype])

    return one_entry(check, layer, random)._replace(
        name=f"{mode} slightly off",
        make=lambda: program({(check, layer): with_size}),
        wrong=with_size,
    )


CATALOGUE += [one_entry(*place, largest) for place in PLACES]
CATALOGUE += [one_entry(*place, random) for place in PLACES if place[0] != "cost"]
CATALOGUE += [one_weight(mode) for mode in ("weight in BP2", "weight in z")]

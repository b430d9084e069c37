"""How sharp a test is: all entries, or one, times 1 ± 10⁻ᵏ. And an ulp, which is no fault."""

import math

import numpy as np

from crossgrad.comparisons.suite.vacuity.arrays import eps, format_of, shape_of
from crossgrad.comparisons.suite.vacuity.asking import Asked
from crossgrad.comparisons.suite.vacuity.catalogue import At, Fault, NotHereError, need
from crossgrad.comparisons.suite.vacuity.plan import Side
from crossgrad.comparisons.suite.vacuity.result import Finding, Sharpness
from crossgrad.comparisons.suite.vacuity.trees import Leaf
from crossgrad.reference.parameters import Array

#: So many steps of a format has a factor to change a number by, if it is to be seen in it.
STEPS = 4


def digits_of(array: Leaf) -> int:
    """The largest k of which 10⁻ᵏ is seen in the format: 15, 6, 2 and 1 of the four formats."""
    return math.floor(-math.log10(STEPS * step)) if (step := eps(array)) else 0


def factor(k: int, sign: int, *, everywhere: bool) -> Fault:
    """Everything, or one entry of ordinary size, times 1 + sign · 10⁻ᵏ."""

    def make(array: Leaf, at: At) -> Leaf:
        if k > digits_of(array):
            raise NotHereError(f"{format_of(array)} has not so many digits")
        if not everywhere:
            need(shape_of(array), "entries")
        return at.scaled(array, 1 + sign * 10.0**-k, *(() if everywhere else at.spot.entry))

    what = f"{'everything' if everywhere else 'one entry'} times 1 {'-+'[sign > 0]} 1e-{k}"
    return Fault(what, make, together=everywhere)


def sharpness_of(asked: Asked, side: Side) -> list[Sharpness]:
    """Of the value, or of the derivative; of whole numbers, or of zeros, nothing is said."""
    most = max(digits_of(leaf) for _, leaf in side.named.values())
    everywhere = deepest(asked, side, most, everywhere=True)
    one_entry = deepest(asked, side, most, everywhere=False)
    return [] if everywhere is None else [Sharpness(side.of, everywhere, one_entry, most)]


def deepest(asked: Asked, side: Side, most: int, *, everywhere: bool) -> int | None:
    """The last k of which everything is caught; None where nothing can be planted at all."""
    for k in range(1, most + 1):
        faults = [factor(k, sign, everywhere=everywhere) for sign in (1, -1)]
        plan = [planting for planting in side.plantings(faults) if not side.reason(planting)]
        if not plan:
            return None
        if any(asked.planted(planting)[0] != "caught" for planting in plan):
            return k - 1
    return most or None


# ------------------------------------------------------------------ what is no fault
def in_turns(array: Leaf, at: At) -> Leaf:
    """One entry a step of the format up, the next one down."""
    return at.arrays.scaled(array, stepped(array))


def upwards(array: Leaf, at: At) -> Leaf:
    """Every entry a step of the format up, or two."""
    return at.arrays.scaled(array, np.maximum(stepped(array), 1 + eps(array)))


def stepped(array: Leaf) -> Array:
    """Factors 1 ± ε, the format's ε: no number is moved by more than two steps."""
    odd = np.arange(math.prod(shape_of(array))).reshape(shape_of(array)) % 2
    return np.asarray(1 + eps(array) * (1 - 2 * odd))


#: What another right program may give. A test that refuses these is too strict.
CONTROLS = (
    Fault("an ulp or two up and down by turns", in_turns, together=True),
    Fault("an ulp or two up everywhere", upwards, together=True),
)


def refused(asked: Asked, side: Side) -> list[Finding]:
    """Right kernels that the test takes for wrong: with all arrays an ulp or two off."""
    paths = tuple(side.named)
    controls = [planting for planting in side.plantings(CONTROLS) if planting.paths == paths]
    return [side.finding(p) for p in controls if asked.planted(p)[0] != "passed"]

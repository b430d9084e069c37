"""σ and σ′ of everybody by binades: the bound beside the value, the largest residual, and why.

The class of a bound is k where it is at most 2^{k/2} u of the value; that of a residual where it is
at least 2⁻ᵏ, up to ``SMALLEST``, and nothing where it is less.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, Format
from crossgrad.comparisons.backends.modes import missing
from crossgrad.comparisons.backends.variants.formulas import FROM_A, FROM_Z, Formulas
from crossgrad.comparisons.commands.atlas.arguments import types
from crossgrad.comparisons.commands.atlas.errors import Screen, errors, fast_screens
from crossgrad.comparisons.commands.atlas.functions import ACTIVATION_NAMES, activation
from crossgrad.comparisons.commands.atlas.probes import PROBES, slopes
from crossgrad.comparisons.commands.power.slackness.binades import (
    Binade,
    Classes,
    arguments,
    largest,
)
from crossgrad.comparisons.commands.power.slackness.reasons import LOW, Facts, reason
from crossgrad.comparisons.divergences import DIVERGENCES
from crossgrad.reference.parameters import Array

#: What compiles for minutes is not asked.
ASKED = [name for name in PROBES if name != "torch.compile"]
FORMS = {"variants, from z": FROM_Z, "variants, from a": FROM_A}
#: By what rounding may turn one class of a bound into another.
NEARLY = 1e-6
#: What is no number, for the value is nearly 0, counts as this.
LARGEST = float(np.finfo(float).max)
#: The smallest residual that has a class of its own is 2 to minus this.
SMALLEST = 10
#: σ(z) and σ′(z).
Program = Callable[[str, Array], tuple[Array, ...]]


def programs(fmt: Format, asked: list[str]) -> dict[str, Program]:
    """Those that compute in a format, by name; formulas are in NumPy, in its own formats."""
    found: dict[str, Program] = {name: partial(slopes, name) for name in asked if not missing(name)}
    if fmt.name in FORMATS:
        found |= {name: partial(by_formulas, formulas) for name, formulas in FORMS.items()}
    return found


def by_formulas(formulas: Formulas, name: str, z: Array) -> tuple[Array, Array]:
    """As they are written in ``variants``."""
    form = formulas[name]
    with np.errstate(all="ignore"):
        a = form.sigma(z)
        return a.astype(np.float64), form.sigma_prime(z, a).astype(np.float64)


class Line(NamedTuple):
    """What is recorded of σ or σ′ in a format: classes of its bound, and of each one's residuals.

    ``reasons`` are the names of reasons where the largest residual of all is small.
    """

    function: str
    quantity: str
    dtype: str
    bound: Classes
    residuals: dict[str, Classes]
    reasons: Classes

    @property
    def key(self) -> tuple[str, str, str]:
        return self.function, self.quantity, self.dtype


# ------------------------------------------------------------------ measuring
def lines(asked: list[str] = ASKED) -> Iterator[Line]:
    for fmt in ALL_FORMATS.values():
        for name in ACTIVATION_NAMES:
            yield from measured(name, fmt, programs(fmt, asked))


def measured(name: str, fmt: Format, asked: dict[str, Program]) -> Iterator[Line]:
    """σ and σ′ of one activation in one format, by some programs."""
    function, binades = activation(name), arguments(fmt)
    z = np.concatenate(list(binades.values()))
    held = z.astype(types(fmt)[0])
    with np.errstate(all="ignore"):
        screens = fast_screens(function, held, fmt)
        given = {program: ask(name, held) for program, ask in asked.items()}
        for q, quantity in enumerate(function.quantities):
            found = {
                program: within(screens[q], answers[q], diverges(program, name, q, z, fmt))
                for program, answers in given.items()
            }
            by_binade = {program: largest(shares, binades) for program, shares in found.items()}
            yield Line(
                name,
                quantity,
                fmt.name,
                bound_classes(largest(beside_value(screens[q], fmt), binades)),
                {p: residual_classes(shares) for p, shares in by_binade.items()},
                reasons_for((name, quantity), screens[q], found, binades, fmt) if found else {},
            )


def within(screen: Screen, given: Array, elsewhere: Array) -> Array:
    """Residuals; not where a divergence is written down, nor where a formula has overflowed."""
    found = errors(screen, given).shares
    return np.where(elsewhere | ~(found <= 1), 0.0, found)


def diverges(program: str, name: str, q: int, z: Array, fmt: Format) -> Array:
    """Where a program is known to follow something else."""
    checks = {"BP1", "BP2"} if q else {"a"}
    known = np.zeros(z.shape, bool)
    for d in DIVERGENCES:
        concerned = d.subject == name and fmt.name in d.dtypes and checks & set(d.checks)
        if concerned and d.backend == program.partition(".")[0] and d.applies_here:
            known |= d.where(z)
    return known


def beside_value(screen: Screen, fmt: Format) -> Array:
    """The bound in u of the value, or of the smallest number that is not flushed."""
    size = np.maximum(np.abs(screen.truth.nearest), fmt.omega)
    return np.where(screen.counted, screen.allowed / size / fmt.u, 0.0)


def reasons_for(
    place: tuple[str, str],
    screen: Screen,
    found: dict[str, Array],
    binades: dict[Binade, Array],
    fmt: Format,
) -> Classes:
    """Of each binade in which nobody comes near the bound."""
    size, most = np.abs(screen.truth.nearest), np.maximum.reduce(list(found.values()))
    kept = np.maximum(size, fmt.omega)
    parts = (
        most,
        most * screen.allowed / screen.ulp,
        screen.allowed / kept,
        screen.allowed / fmt.omega,
        screen.allowed / kept / fmt.u,
        screen.allowed / fmt.u,
    )
    by_binade = [largest(np.nan_to_num(part), binades) for part in parts]
    facts = {b: Facts(place, *(found[b] for found in by_binade)) for b in binades}
    return {b: reason(known) for b, known in facts.items() if known.residual < LOW}


# ------------------------------------------------------------------ classes
def bound_classes(found: dict[Binade, float]) -> Classes:
    """Rounded up; none where nothing counts, or nothing may be off."""
    return {
        b: math.ceil(2 * math.log2(min(value, LARGEST)) - NEARLY) if value > 0 else None
        for b, value in found.items()
    }


def residual_classes(found: dict[Binade, float]) -> Classes:
    return {
        b: max(math.ceil(-math.log2(value)), 0) if value >= 2.0**-SMALLEST else None
        for b, value in found.items()
    }

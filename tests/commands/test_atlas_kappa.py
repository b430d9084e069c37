"""What ``rounding`` declares, watched: every number of 16 bits, as many of the others.

Elementary functions within κ, σ and σ′ within e0 and e1; what is beyond is known, by name.
"""

from functools import cache

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.commands.atlas import arguments
from crossgrad.comparisons.commands.atlas.errors import errors, fast_screens
from crossgrad.comparisons.commands.atlas.functions import (
    ACTIVATION_NAMES,
    ELEMENTARY_NAMES,
    activation,
    elementary,
)
from crossgrad.comparisons.commands.atlas.probes import PROBES, framework, offers
from crossgrad.comparisons.divergences import DIVERGENCES

formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)
#: What takes minutes to compile is left to the command.
QUICK_PROBES = [probe for probe in PROBES if probe != "torch.compile"]
#: Elementary functions beyond κ, that no bound rests on there, and from which |z| to which.
BEYOND = {
    ("torch", "softplus", "float64"): (20, np.inf),  # linear past its threshold
    ("torch", "softplus", "float32"): (20, np.inf),  # likewise
    ("jax", "log1p", "float64"): (0.34, 0.4143),  # up to 241 u: jax #39707
    ("jax", "sigmoid", "float16"): (11.09, 17.4),  # 0: e⁻ᶻ overflows
    # good in absolute terms, 2e-7: gelu adds 1 (pytorch #198183)
    ("torch", "erf", "float16"): (0, 0.01),
    ("torch", "erf", "bfloat16"): (0, 0.01),
}


@cache
def numbers(fmt):
    """All of 16 bits; of the others a chunk, of all magnitudes and both signs."""
    found = np.concatenate([*arguments.chunks(fmt)])
    some = found[:: -(len(found) // arguments.CHUNK | 1)]  # odd: no last bit is always the same
    ends = arguments.numbers(arguments.extremes(fmt), fmt)
    return np.concatenate([ends, some])[: arguments.CHUNK]


def beyond(function, probes, fmt):
    """Of each probe and quantity, where an error is beyond its bound."""
    z = numbers(fmt)
    with np.errstate(all="ignore"):
        screens = fast_screens(function, z, fmt)
        for probe in probes:
            given = function.ask(probe, function.name, z)
            for quantity, pair in enumerate(zip(screens, given, strict=True)):
                yield probe, quantity, ~(errors(*pair).shares <= 1)


@formats
@pytest.mark.parametrize("name", ELEMENTARY_NAMES)
def test_elementary_functions_are_within_kappa(name, fmt):
    z, probes = numbers(fmt), [probe for probe in QUICK_PROBES if offers(probe, name)]
    size = np.abs(z.astype(np.float64))
    for probe, _, far in beyond(elementary(name), probes, fmt):
        low, high = BEYOND.get((framework(probe), name, fmt.name), (np.inf, -np.inf))
        wrong = far & ~((size >= low) & (size <= high))
        assert not wrong.any(), f"{probe}: {wrong.sum()}, the first at {z[wrong][0]!r}"


def known(probe, name, quantity, z, fmt):
    checks = {"a"} if quantity == 0 else {"BP1", "BP2"}
    found = np.zeros(z.shape, bool)
    for d in DIVERGENCES:
        concerned = d.subject == name and fmt.name in d.dtypes and checks & set(d.checks)
        if concerned and d.applies_here and d.backend in (probe, framework(probe)):
            found |= d.where(z.astype(np.float64))
    return found


@formats
@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_activations_are_within_their_local_errors(name, fmt):
    """But for divergences that are written down."""
    z = numbers(fmt)
    for probe, quantity, far in beyond(activation(name), QUICK_PROBES, fmt):
        wrong = far & ~known(probe, name, quantity, z, fmt)
        assert not wrong.any(), f"{probe}: {wrong.sum()}, the first at {z[wrong][:1]!r}"

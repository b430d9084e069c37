"""The fast truth of the atlas, against balls: good enough to find the worst places by."""

from functools import cache

import numpy as np
import pytest

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.commands.atlas import arguments
from crossgrad.comparisons.commands.atlas.errors import exact_screens, fast_screens
from crossgrad.comparisons.commands.atlas.functions import (
    ACTIVATION_NAMES,
    ELEMENTARY_NAMES,
    activation,
    elementary,
)

#: So many numbers of a format are looked at.
NUMBERS = 1500
#: Where σ′ has a root no format has all digits of it: pairs err by that.
ABSOLUTE = 2.0**-70
formats = pytest.mark.parametrize("fmt", ALL_FORMATS.values(), ids=ALL_FORMATS)


@cache
def some(fmt):
    """Of every magnitude and sign, and more where functions bend."""
    found = np.concatenate([*arguments.chunks(fmt, quick=True)]).astype(np.float64)
    near = found[(np.abs(found) > 2**-6) & (np.abs(found) < 2**10)]
    return np.concatenate([part[:: max(1, len(part) // NUMBERS)] for part in (found, near)])


def far_off(function, fmt):
    """Where the fast truth is more than a thousandth of an ulp from balls."""
    z = some(fmt)
    with np.errstate(all="ignore"):
        pairs = zip(fast_screens(function, z, fmt), exact_screens(function, z, fmt), strict=True)
        for fast, exact in pairs:
            off = np.abs((fast.truth.hi - exact.truth.hi) + (fast.truth.lo - exact.truth.lo))
            own = np.maximum(exact.ulp / 1000, ABSOLUTE if fmt.name == "float64" else 0)
            yield z[exact.counted & ~(off <= own)]


@formats
@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_fast_activations_are_true(name, fmt):
    """σ and σ′."""
    for wrong in far_off(activation(name), fmt):
        assert not len(wrong), f"{len(wrong)}, the first at z = {wrong[0]!r}"


@formats
@pytest.mark.parametrize("name", ELEMENTARY_NAMES)
def test_fast_elementary_functions_are_true(name, fmt):
    for wrong in far_off(elementary(name), fmt):
        assert not len(wrong), f"{len(wrong)}, the first at z = {wrong[0]!r}"

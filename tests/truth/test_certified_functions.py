"""σ and σ′ of the reference, of torch and of JAX against the truth, on dense grids.

Without any allowance for the checker: e0 and e1 hold of the functions themselves, from the
smallest subnormal number to the largest float.
"""

import numpy as np
import pytest
from float_grids import dense_grid, without_overflow
from framework_functions import FRAMEWORKS

from crossgrad.comparisons.arithmetic.balls.balls import floats, within
from crossgrad.comparisons.arithmetic.rounding import FORMATS, SLACK
from crossgrad.comparisons.divergences import DIVERGENCES, divergences_of
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.balls import true_sigma
from crossgrad.reference.activations import ACTIVATIONS as BY_HAND

formats = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


#: ∞ or NaN for a finite z, which no bound on rounding covers.
OVERFLOWS = [entry for entry in DIVERGENCES if "-overflow" in entry.name]
OVERFLOWING = [(entry, dtype) for entry in OVERFLOWS for dtype in entry.dtypes if dtype in FORMATS]


def errors(name, z, true, fmt):
    """e0; and e1, with what a product that is flushed to zero and then multiplied by z loses."""
    a, d = (np.abs(floats(balls).astype(np.float64)) for balls in true)
    wide = z.astype(np.float64)
    with np.errstate(all="ignore"):  # near the largest float the bound is ∞, or 0 · ∞: then 0
        e0, e1 = ELEMENTWISE[name].errors(wide, a, d, fmt)
        e1 = e1 + fmt.omega * ELEMENTWISE[name].gain(wide)
    return [np.where(np.isnan(error), 0, error) * SLACK for error in (e0, e1)]


def elsewhere(framework, name, check, z, fmt):
    """Where a framework is known to do something else."""
    wide = z.astype(np.float64)
    known = np.zeros(z.shape, bool)
    overflowing = [
        entry
        for entry in OVERFLOWS
        if entry.of(framework) and entry.may_show(check, name, "", fmt.name) and entry.applies_here
    ]
    for entry in (*divergences_of(framework, check, name, ""), *overflowing):
        known |= entry.where(wide)
    if framework == "jax" and ELEMENTWISE[name].kinks and check == "BP2":
        known |= never_given(z, fmt)
    return known


def never_given(z, fmt):
    """Subnormal z: XLA reads them as 0, on the other side of a kink, and never reports one."""
    return (np.abs(z) < fmt.omega) & (z != 0)


def beyond(framework, name, z, true, bounds, fmt):
    """Where σ, and where σ′, is beyond its bound and not known to be."""
    for check, given, t, bound in zip(
        ("a", "BP2"), FRAMEWORKS[framework][0](name, z), true, bounds, strict=True
    ):
        assert given.dtype == fmt.name
        yield ~(within(given, t, bound) | elsewhere(framework, name, check, z, fmt))


@formats
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activations_are_within_their_local_errors(name, fmt):
    """|fl(σ(z)) - σ(z)| ≤ e0 and |fl(σ′(z)) - σ′(z)| ≤ e1, thousands of z."""
    z = without_overflow(name, dense_grid(fmt))
    true = true_sigma(name, z)
    bounds = errors(name, z, true, fmt)
    for framework in FRAMEWORKS:
        for far in beyond(framework, name, z, true, bounds, fmt):
            assert not far.any(), f"{framework}: {far.sum()}, the first at z = {z[far][0]!r}"


@pytest.mark.parametrize(("entry", "dtype"), OVERFLOWING, ids=lambda of: getattr(of, "name", of))
def test_what_overflows_still_does(entry, dtype):
    """From there on and nowhere else; what is of AVX-512, on no other processor."""
    z = dense_grid(FORMATS[dtype])
    given = FRAMEWORKS[entry.backend][0](entry.subject, z)[entry.checks != ("a",)]
    there = entry.where(z.astype(np.float64))
    assert np.isfinite(given[there]).all() != entry.applies_here
    assert np.isfinite(given[~there]).all()


@formats
def test_xla_never_reports_a_subnormal_z(fmt):
    """So that nobody has to say what it makes of one: it is flushed to 0 on the way out."""
    z = dense_grid(fmt)
    z = z[never_given(z, fmt)]
    assert z.size > 30
    assert not FRAMEWORKS["jax"][0]("relu", z)[0].any()
    assert not FRAMEWORKS["jax"][0]("silu", z)[0].any()


# ------------------------------------------------------------------ the certification itself
COMPUTING = ("numpy", "torch")


@formats
@pytest.mark.parametrize(
    "name", [n for n, sigma in ELEMENTWISE.items() if not sigma.piecewise_linear]
)
def test_smaller_local_errors_are_noticed(name, fmt):
    """An eighth of e0, and a 64th of e1, are too small for NumPy or torch at some z.

    But for a derivative that is exact.
    """
    z = without_overflow(name, dense_grid(fmt))
    true = true_sigma(name, z)
    e0, e1 = errors(name, z, true, fmt)
    found = [beyond(framework, name, z, true, (e0 / 8, e1 / 64), fmt) for framework in COMPUTING]
    sigma, slope = (any(far.any() for far in sides) for sides in zip(*found, strict=True))
    a, d = (np.abs(f(z.astype(np.float64))) for f in BY_HAND[name])
    assert sigma
    assert slope or not ELEMENTWISE[name].rounding(z.astype(np.float64), a, d, fmt, z)[1].any()

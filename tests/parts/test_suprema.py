"""L₁ and L₂ really are suprema of |σ′| and |σ″|, watched on dense grids of ball arithmetic."""

import numpy as np
import pytest
from flint import arb, ctx

from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.comparisons.parts.balls import derivatives
from crossgrad.reference.activations import LEAKY_SLOPE

Z = np.concatenate([np.linspace(-40, 40, 321), [-1e-3, -1e-9, 1e-9, 1e-3]])[:, None, None]
E = np.array([1e-12, 1e-6, 1e-3, 0.1, 1.0, 10.0])[:, None]
SAMPLES = np.linspace(-1, 1, 17)
#: Both sides of a comparison are float64: L starts from σ′, which has a few roundings of what σ′
#: is near z (the bound's INFLATION is far more), and may be subnormal (e1 has an ω for that).
ROUNDINGS, SMALLEST = 32 * 2.0**-53, 2.0**-1022
everywhere = pytest.mark.parametrize("name", ELEMENTWISE)
SMOOTH = [name for name, sigma in ELEMENTWISE.items() if not sigma.piecewise_linear]
smooth = pytest.mark.parametrize("name", SMOOTH)


def slopes(name, z):
    """|σ′| and |σ″| at each z, from ball arithmetic, rounded down."""
    with ctx.workprec(256):
        balls = [derivatives(name, arb(float(v)))[1:] for v in z.ravel()]
        floats = [[float(abs(d).abs_lower()) for d in pair] for pair in balls]
    return np.array(floats).T.reshape(2, *z.shape)


@everywhere
def test_no_sample_within_reach_is_steeper(name):
    """Largest |σ′| ≤ L₁ and |σ″| ≤ L₂ of 17 points in [z - E, z + E], for each z and E."""
    points = Z + E * SAMPLES
    points = np.where(np.abs(points - Z) <= E, points, Z)  # ± E itself may be rounded outwards
    steep = slopes(name, points).max(axis=-1)
    z, reach = np.broadcast_arrays(Z[..., 0], E[..., 0])
    nearby = ELEMENTWISE[name].steepest(z, np.ones_like(z))
    for sup, L, scale in zip(steep, ELEMENTWISE[name].steepest(z, reach), nearby, strict=True):
        beyond = sup > L * (1 + 2.0**-30) + ROUNDINGS * scale + SMALLEST
        assert not beyond.any(), f"z = {z[beyond][0]}, E = {reach[beyond][0]}"


@smooth
def test_an_error_larger_than_z_reaches_the_steepest_place(name):
    """However far out z is: an interval around 0 holds all suprema, finite and global."""
    reach = np.array([60.0, 250.0, 1e9, 1e300])[:, None]
    z = reach * [-0.99, -0.5, 0.0, 0.5, 0.99]
    with np.errstate(over="ignore"):
        both = ELEMENTWISE[name].steepest(z, reach + 8 + 0 * z)
    for sup, L in zip(slopes(name, np.linspace(-8, 8, 65)), both, strict=True):
        assert (sup.max() <= L).all(), f"z = {z[~(sup.max() <= L)]}"
        assert np.isfinite(L).all()


@pytest.mark.parametrize("name", [n for n in SMOOTH if np.isfinite(ELEMENTWISE[n].sup_prime)])
def test_global_supremum_is_that_of_a_dense_grid(name):
    """It is not below the largest |σ′|, and little above."""
    steepest_slope = slopes(name, np.linspace(-8, 8, 4001))[0].max()
    assert steepest_slope <= ELEMENTWISE[name].sup_prime <= steepest_slope + 2e-3


@smooth
def test_suprema_close_in_on_the_point(name):
    """For a small E they are |σ′| and |σ″| at z, not a global constant: the tails stay tails."""
    z = np.array([-30.0, -2.5, -0.7, 0.3, 1.9, 30.0])
    sigma = ELEMENTWISE[name]
    nearby = sigma.steepest(z, np.ones_like(z))[0]
    for slope, L in zip(slopes(name, z), sigma.steepest(z, np.full_like(z, 1e-9)), strict=True):
        assert (slope * (1 + 1e-6) + 1e-8 * nearby >= L).all()


@pytest.mark.parametrize(
    ("name", "z", "E", "jump", "steep"),
    [
        ("identity", 0.0, 9.0, 0.0, 1.0),
        ("relu", -0.5, 0.25, 0.0, 0.0),
        ("relu", -0.5, 0.5, 1.0, 1.0),
        ("relu", 0.5, 0.25, 0.0, 1.0),
        ("relu", 0.0, 0.0, 1.0, 1.0),
        ("leaky_relu", -0.5, 0.25, 0.0, LEAKY_SLOPE),
        ("leaky_relu", -0.5, 0.5, 1 - LEAKY_SLOPE, 1.0),
        ("hardtanh", 0.0, 0.5, 0.0, 1.0),
        ("hardtanh", -1.5, 0.25, 0.0, 0.0),
        ("hardtanh", -1.5, 0.5, 1.0, 1.0),
        ("hardtanh", 1.5, 0.5, 1.0, 1.0),
        ("hardtanh", 1.5, 9.0, 1.0, 1.0),
        ("tanh", 0.0, 9.0, 0.0, None),
    ],
)
def test_kinks_within_reach_jump(name, z, E, jump, steep):
    """At the end of the interval a kink is within reach; a smooth σ has none."""
    sigma, z, E = ELEMENTWISE[name], np.array([z]), np.array([E])
    assert sigma.jump(z, E) == jump
    assert not sigma.piecewise_linear or sigma.steepest(z, E)[0] == steep

"""The declared accuracy κ of each elementary function, watched on dense grids.

Every bound of the project rests on these constants, which nobody has proven. Random networks
miss the few arguments where a function is worst; a grid over all magnitudes does not. The
worst error of each case, in units of u, is written to ``--junit-xml`` as a property.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from flint import arb

from crossgrad.comparisons.arithmetic import rounding
from crossgrad.comparisons.arithmetic.balls.balls import distance, floats, sharp
from crossgrad.comparisons.arithmetic.rounding import CHECKER, FORMATS, SLACK, gamma
from crossgrad.comparisons.machine.environment import prepare
from crossgrad.reference import activations

#: float32 is judged by float64, from ``math``: of three functions, each within two roundings.
MATH_ROUNDINGS = 8
#: Numbers of a sweep: bit patterns at equal distances, then evenly spaced arguments.
PATTERNS = {"float32": 200_003, "float64": 10_007}
EVEN = {"float32": 100_001, "float64": 8_001}


# ------------------------------------------------------------------ the functions
class Function(NamedTuple):
    """κ, the truth in balls and in float64, and the arguments that count: low < z < high."""

    kappa: float
    ball: Callable[[arb], arb]
    double: Callable[[float], float]
    low: float = -math.inf
    high: Callable[[str], float] = lambda _: math.inf


def overflow(dtype):
    """The logarithm of the largest finite number."""
    return math.log(np.finfo(dtype).max)


def sigmoid(z):
    e = math.exp(-abs(z))
    return (1 if z > 0 else e) / (1 + e)


def softplus(z):
    return max(z, 0) + math.log1p(math.exp(-abs(z)))


def sigmoid_ball(z):
    """With e^{-|z|}, which never overflows."""
    e = (-abs(z)).exp()
    return (1 if z > 0 else e) / (1 + e)


def softplus_ball(z):
    return max(z, arb(0)) + (-abs(z)).exp().log1p()


FUNCTIONS = {
    "exp": Function(rounding.KAPPA.exp, arb.exp, math.exp, high=overflow),
    "log": Function(rounding.KAPPA.log, arb.log, math.log, low=0),
    "log1p": Function(rounding.KAPPA.log1p, arb.log1p, math.log1p, low=-1),
    # elu takes it below 0 only; above, XLA's float32 is 7.03 u off at one number, 0.007927085
    "expm1": Function(rounding.KAPPA.expm1, arb.expm1, math.expm1, high=lambda _: 0),
    "tanh": Function(rounding.KAPPA.tanh, arb.tanh, math.tanh),
    "sigmoid": Function(rounding.KAPPA.sigmoid, sigmoid_ball, sigmoid),
    "softplus": Function(rounding.KAPPA.softplus, softplus_ball, softplus),
    "erf": Function(rounding.KAPPA.erf, arb.erf, math.erf),
}


# ------------------------------------------------------------------ the frameworks
def numpy_functions():
    """NumPy's own; sigmoid and softplus are the reference's."""
    own = {name: getattr(np, name) for name in ("exp", "log", "log1p", "expm1", "tanh")}
    return own | {"sigmoid": activations.sigmoid, "softplus": activations.softplus}


def torch_functions():
    prepare()
    import torch  # noqa: PLC0415 - after the settings

    found = {name: getattr(torch.special, name) for name in ("log1p", "expm1", "erf")}
    found |= {name: getattr(torch, name) for name in ("exp", "log", "tanh", "sigmoid")}
    found["softplus"] = torch.nn.functional.softplus
    return {name: lambda z, f=f: f(torch.tensor(z)).numpy() for name, f in found.items()}


def on_arrays(compiled):
    """A compiled function that gives NumPy arrays."""
    return lambda z: np.asarray(compiled(z))


def jax_functions():
    """JAX's, compiled by XLA, from arrays to arrays."""
    prepare()
    import jax  # noqa: PLC0415 - after the settings

    found = {name: getattr(jax.numpy, name) for name in ("exp", "log", "log1p", "expm1", "tanh")}
    found |= {"sigmoid": jax.nn.sigmoid, "softplus": jax.nn.softplus, "erf": jax.lax.erf}
    return {name: on_arrays(jax.jit(f)) for name, f in found.items()}


FRAMEWORKS = {
    "numpy": cache(numpy_functions),
    "torch": cache(torch_functions),
    "jax": cache(jax_functions),
}
#: Intervals where a framework is known to be worse than κ, and which bounds do not cover.
HOLES = {
    ("torch", "softplus", "float32"): (20, math.inf),  # linear past its threshold
    ("torch", "softplus", "float64"): (20, math.inf),  # likewise
    ("jax", "log1p", "float64"): (-0.4143, -0.34),  # up to 241 u: jax #39707
}
#: All but NumPy's erf: it has none, and test_activations judges the reference's Φ.
CASES = [(framework, name) for framework in FRAMEWORKS for name in FUNCTIONS]
CASES.remove(("numpy", "erf"))


# ------------------------------------------------------------------ the grids
def sweep(dtype):
    """Normal numbers of every magnitude and sign, and more of them where the functions bend."""
    info, count = np.finfo(dtype), PATTERNS[dtype]
    step = np.uint64(2**info.bits // count)
    patterns = (np.arange(count, dtype=np.uint64) * step).astype(f"u{info.bits // 8}").view(dtype)
    powers = 10.0 ** np.linspace(-20, 3, EVEN[dtype])
    near_one = 2.0 ** np.linspace(-info.nmant - 1, -1, EVEN[dtype])
    even = [np.linspace(-45, 45, EVEN[dtype]), powers, -powers, 1 - near_one, 1 + near_one]
    z = np.concatenate([patterns, *(part.astype(dtype) for part in even)])
    return z[np.isfinite(z) & ((z == 0) | (np.abs(z) >= info.tiny))]


@cache
def judged(name, dtype):
    """The arguments of a function, the truth there, and its size; in float32 from ``math``."""
    function, z = FUNCTIONS[name], sweep(dtype)
    z = z[(z > function.low) & (z < function.high(dtype))]
    if dtype == "float64":
        true = np.frompyfunc(lambda v: sharp(lambda: [function.ball(arb(v))])[0], 1, 1)(z)
        return z, true, np.abs(floats(true).astype(np.float64))
    true = np.frompyfunc(function.double, 1, 1)(z.astype(np.float64)).astype(np.float64)
    return z, true, np.abs(true)


def errors(computed, true):
    """|f(z) - truth|, of balls as of float64."""
    if true.dtype == object:
        return distance(computed, true)
    return np.abs(computed.astype(np.float64) - true)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize(("framework", "name"), CASES)
def test_error_is_at_most_kappa(framework, name, dtype, record_testsuite_property):
    """|f(z) - truth| ≤ κu|truth|, but for what is flushed to zero."""
    z, true, size = judged(name, dtype)
    low, high = HOLES.get((framework, name, dtype), (math.inf, math.inf))
    outside = (z < low) | (z > high)
    z, true, size, fmt = z[outside], true[outside], size[outside], FORMATS[dtype]
    computed = FRAMEWORKS[framework]()[name](z)
    assert computed.dtype == dtype
    own = 0 if dtype == "float64" else gamma(MATH_ROUNDINGS, CHECKER.u) * size
    error = np.maximum(errors(computed, true) - own - fmt.omega, 0)
    units = error / np.maximum(size, fmt.omega) / fmt.u
    worst = units.argmax()
    record_testsuite_property(f"{framework} {name} {dtype}", round(float(units[worst]), 2))
    kappa = FUNCTIONS[name].kappa * SLACK
    assert (units <= kappa).all(), f"{units[worst]:.2f} u at {z[worst]!r}: {computed[worst]!r}"


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_worse_function_would_be_noticed(dtype):
    """An exponential that is wrong in its last four bits is above κ."""
    z, true, size = judged("exp", dtype)
    worse = np.exp(z) * (1 + np.asarray(16 * FORMATS[dtype].u, dtype))
    ordinary = np.abs(z) < 10
    excess = errors(worse, true)[ordinary] / (FORMATS[dtype].u * size[ordinary])
    assert (excess > rounding.KAPPA.exp).all()

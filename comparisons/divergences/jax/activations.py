"""Of activations in JAX."""

from collections.abc import Callable

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import BP, SIGMA, Divergence, above, below, beyond
from crossgrad.comparisons.divergences.jax import XLA, divergence, printed
from crossgrad.comparisons.divergences.parts import (
    HOW_CUBE,
    HOW_GELU_TANH,
    HOW_MAXIMUM,
    HOW_NAN,
    HOW_SIGMOID,
    HOW_SOFTSIGN,
    HOW_TANH,
    LARGEST,
    LARGEST_DOUBLE,
    at_ends,
    at_zero,
    exp_overflows,
    farthest,
    quick_gelu_lost,
    rougher,
    sigmoid_lost,
    silu_lost,
    steep,
    stretched_exp_overflows,
    zero_below,
)
from crossgrad.comparisons.parts.activations import Errors
from crossgrad.reference.activations import GELU_CUBIC, SQRT_2_OVER_PI
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ tanh in jaxlib 0.5
#: Where tanh of it, of softplus and of gelu's cubic is 1 - u and should be 1, in float32.
FAR = 5.0


def short_of_one(name: str, times: Callable[[Array], Array]) -> Divergence:
    """1 - t² is 2u where it should be 0, and σ′ has it ``times`` so much; σ errs by u or u|z|."""

    def misses(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
        u = np.where(np.abs(z) > FAR, fmt.u, 0.0)
        return u * (1 + np.abs(z)), u * (1 + 3 * times(np.abs(z)))

    def deviation(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
        size = farthest(low, high)
        return misses(size, size, size, fmt)

    return divergence(
        name=f"jax-{name.replace('_', '-')}-short-of-one",
        modes=XLA,
        checks=SIGMA,
        dtypes=("float32",),
        where=beyond(FAR),
        place="|z| > 5",
        at=-400.0,
        part=rougher(name, misses),
        deviation=deviation,
        reason="tanh never reaches ±1: it is 1 - u however far out, and 1 - tanh² is 2u",
        reproduction="""
import jax, numpy as np
t = np.asarray(jax.jit(jax.numpy.tanh)(np.full((4, 6), -400, np.float32)))
print(f"{(1 - t * t).max():.2g}", "0")
""",
        seen=("0.5.1", "0.5.3"),
        scenario=f"3x8-{name}-quadratic-float32-m8-s1",
    )


def cubic_slope(size: Array) -> Array:
    """Of gelu_tanh: z/2 times the slope of √(2/π) (z + c z³)."""
    return 0.5 * size * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * size * size)


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="jax-leaky-relu-kink",
        checks=BP,
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=steep("leaky_relu", at_zero),
        reason="the derivative at 0 is taken from the right: 1, where torch takes the slope",
        link="https://docs.jax.dev/en/latest/_autosummary/jax.nn.leaky_relu.html",
        scenario="1x1-leaky_relu-quadratic-float64-m8-s1",
        reproduction=printed("jax.grad(jax.nn.leaky_relu)(0.0)", "0.01"),
    ),
    divergence(
        name="jax-hardtanh-kink",
        checks=BP,
        where=at_ends,
        place="z = -1 and z = 1",
        at=1.0,
        part=steep("hardtanh", at_ends),
        reason="the derivative at -1 and 1 is 1, where torch takes 0",
        link="https://docs.jax.dev/en/latest/_autosummary/jax.nn.hard_tanh.html",
        scenario="1x1-hardtanh-quadratic-float64-m8-s1",
        reproduction=printed("jax.grad(jax.nn.hard_tanh)(1.0)", "0"),
    ),
    divergence(
        name="jax-sigmoid-float16",
        modes=XLA,
        checks=SIGMA,
        dtypes=("float16",),
        where=exp_overflows,
        place="z < -11.09",
        at=-12.0,
        part=zero_below("sigmoid"),
        deviation=sigmoid_lost,
        reason="XLA computes 1/(1 + exp(-z)) in float16 itself: exp overflows, 0 is what is left",
        scenario="1x1x1-sigmoid,identity-quadratic-float16-m8-s1",
        reproduction="""
import jax
print(f"{float(jax.nn.sigmoid(jax.numpy.float16(-12))):.2g}", "6.1e-06")
""",
    ),
    divergence(
        name="jax-silu-float16",
        modes=XLA,
        checks=SIGMA,
        dtypes=("float16",),
        where=exp_overflows,
        place="z < -11.09",
        at=-12.0,
        part=zero_below("silu"),
        deviation=silu_lost,
        reason="z times the sigmoid, which is 0 there: see jax-sigmoid-float16",
        scenario="1x1x1-silu,identity-quadratic-float16-m8-s1",
        reproduction="""
import jax
print(f"{float(jax.nn.silu(jax.numpy.float16(-12))):.2g}", "-7.4e-05")
""",
    ),
    divergence(
        name="jax-quick-gelu-float16",
        modes=XLA,
        checks=SIGMA,
        dtypes=("float16",),
        where=stretched_exp_overflows,
        place="z < -6.51",
        at=-7.0,
        part=zero_below("quick_gelu", stretched_exp_overflows),
        deviation=quick_gelu_lost,
        reason="z times the sigmoid of 1.702 z, which is 0 there: see jax-sigmoid-float16",
        scenario="1x4x1-quick_gelu,identity-quadratic-float16-m8-s1",
        reproduction="""
import jax
z = jax.numpy.float16(-7)
print(f"{float(z * jax.nn.sigmoid(1.702 * z)):.2g}", "-4.7e-05")
""",
        seen=("0.10.2",),
    ),
    divergence(
        name="jax-tanh-slope",
        subject="tanh",
        checks=BP,
        where=beyond(3),
        place="|z| > 3, and the nearer to where a is ±1 the worse",
        at=8.0,
        reason=HOW_TANH,
        link="https://github.com/jax-ml/jax/issues/40388",
        reproduction=printed("jax.grad(jax.numpy.tanh)(8.0)", "4.5e-07"),
    ),
    divergence(
        name="jax-tanh-slope-float64",
        subject="tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(15),
        place="|z| > 15: 15 times too large at 19.1",
        at=19.1,
        reason=HOW_TANH,
        link="https://github.com/jax-ml/jax/issues/40388",
        reproduction=printed("jax.grad(jax.numpy.tanh)(19.1)", "1e-16", x64=True),
    ),
    divergence(
        name="jax-sigmoid-slope",
        subject="sigmoid",
        checks=BP,
        where=above(4),
        place="z > 4, and the nearer to where a is 1 the worse",
        at=37.42,
        reason=HOW_SIGMOID,
        link="https://github.com/jax-ml/jax/issues/40385",
        reproduction=printed("jax.grad(jax.nn.sigmoid)(37.42)", "5.6e-17", x64=True),
    ),
    divergence(
        name="jax-gelu-tanh-tail",
        subject="gelu_tanh",
        checks=("a",),
        where=below(-3),
        place="z < -3; 0 at -5 in float32",
        at=-5.0,
        reason=HOW_GELU_TANH,
        reproduction=printed("jax.nn.gelu(-5.0)", "-2.3e-07"),
    ),
    divergence(
        name="jax-elu-slope",
        subject="elu",
        checks=BP,
        where=below(-3),
        place="z < -3: 4e-4 of it is wrong at -10 in float32, all of it from -17.4 on",
        at=-20.0,
        reason="elu′ is taken as expm1(z) + 1, of which nothing is left where expm1 is -1",
        link="https://github.com/jax-ml/jax/issues/39795",
        reproduction=printed("jax.grad(jax.nn.elu)(-20.0)", "2.1e-09"),
        seen=("0.4.31", "0.10.2", "0.11.2"),
    ),
    divergence(
        name="jax-softsign-slope",
        subject="softsign",
        checks=BP,
        where=beyond(100),
        place="|z| > 100",
        at=1e7,
        reason=HOW_SOFTSIGN,
        reproduction=printed("jax.grad(jax.nn.soft_sign)(1e7)", "1e-14"),
    ),
    divergence(
        name="jax-clip-bound",
        subject="hardtanh",
        checks=BP,
        where=at_ends,
        place="clip(z, -1, 1) at z = -1 and z = 1",
        at=1.0,
        reason="the derivative of clip at its bounds is ½; of JAX's own hard_tanh it is 1",
        reproduction=printed("jax.grad(lambda z: jax.numpy.clip(z, -1, 1))(1.0)", "0"),
    ),
    divergence(
        name="jax-maximum-kink",
        subject="relu",
        checks=BP,
        where=at_zero,
        place="maximum(z, 0) at z = 0",
        at=0.0,
        reason=HOW_MAXIMUM,
        link="https://github.com/jax-ml/jax/issues/37821",
        reproduction=printed("jax.grad(lambda z: jax.numpy.maximum(z, 0.0))(0.0)", "0"),
    ),
    divergence(
        name="jax-relu-nan",
        subject="relu",
        checks=BP,
        where=np.isnan,
        place="z is NaN",
        reason=HOW_NAN,
        reproduction=printed("jax.grad(jax.nn.relu)(float('nan'))", "nan"),
    ),
    divergence(
        name="jax-relu-subnormal",
        subject="relu",
        checks=BP,
        dtypes=("float32", "bfloat16"),
        where=lambda z: (z > 0) & (z < np.finfo(np.float32).tiny),
        place="0 < z < ω, the smallest normal number; in float64 likewise",
        at=1e-40,
        reason="XLA on the CPU reads a subnormal z as 0, where the derivative of relu is 0",
        link="https://github.com/jax-ml/jax/issues/16200",
        reproduction=printed("jax.grad(jax.nn.relu)(jax.numpy.float32(1e-40))", "1"),
    ),
    divergence(
        name="jax-gelu-default",
        subject="gelu",
        checks=SIGMA,
        place="approximate is not given: up to 4.7e-4 apart, at z = ±2.7",
        at=-2.7,
        reason="gelu is by default the approximation by tanh; torch's is that of erf",
        link="https://github.com/jax-ml/jax/issues/4428",
        reproduction=printed("jax.nn.gelu(-2.7)", "-0.0094"),
    ),
    divergence(
        name="jax-gelu-tanh-overflow",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float32", "bfloat16"),
        where=beyond(np.sqrt(LARGEST / 3)),
        place="3z² overflows: from 1.1e19 on",
        at=2e19,
        reason=HOW_CUBE,
        reproduction=printed("jax.grad(jax.nn.gelu)(2e19)", "1"),
    ),
    divergence(
        name="jax-gelu-tanh-overflow-float64",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(np.sqrt(LARGEST_DOUBLE / 3)),
        place="3z² overflows: from 7.7e153 on",
        at=2e154,
        reason=HOW_CUBE,
        reproduction=printed("jax.grad(jax.nn.gelu)(2e154)", "1", x64=True),
    ),
    divergence(
        name="jax-gelu-tanh-overflow-float16",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float16",),
        where=beyond(np.sqrt(65504 / 3)),
        place="|z| ≥ 148, where nothing is compiled: jit computes in float32",
        at=150.0,
        reason=HOW_CUBE,
        reproduction="""
import jax
given = jax.grad(jax.nn.gelu)(jax.numpy.float16(150))
print(f"{float(given):.2g}", "1")
""",
    ),
    divergence(
        name="jax-gelu-tanh-tangent-float16",
        modes=("jax.forward",),
        subject="gelu_tanh",
        checks=("dW", "db"),
        dtypes=("float16",),
        place="3z² |dz| ≥ 65520, dz the tangent that is carried forward",
        at=64.0,
        reason="the tangent of z³ overflows, and is multiplied by tanh′, which is 0: NaN",
        reproduction="""
import jax
z, dz = jax.numpy.float16(64), jax.numpy.float16(8)
given = jax.jvp(jax.nn.gelu, (z,), (dz,))[1]
print(f"{float(given / dz):.2g}", "1")
""",
    ),
    divergence(
        name="jax-softsign-float16",
        subject="softsign",
        checks=BP,
        dtypes=("float16",),
        where=beyond(254),
        place="|z| ≥ 255",
        at=1000.0,
        reason="q² overflows, q = 1 + |z|, and 1/q² is 0: of 1/q - |z|/q² 1/q is left",
        reproduction="""
import jax
given = jax.grad(jax.nn.soft_sign)(jax.numpy.float16(1000))
print(f"{float(given):.2g}", "1e-06")
""",
    ),
    divergence(
        name="jax-abs-kink",
        checks=("BP2",),
        where=at_zero,
        place="|z| at z = 0",
        at=0.0,
        reason="|z|′ at 0 is taken from the right, as 1; sign(0), and torch's derivative, are 0",
        link="https://github.com/jax-ml/jax/issues/37820",
        reproduction=printed("jax.grad(jax.numpy.abs)(0.0)", "0"),
    ),
    short_of_one("tanh", np.ones_like),
    short_of_one("mish", np.positive),
    short_of_one("gelu_tanh", cubic_slope),
)

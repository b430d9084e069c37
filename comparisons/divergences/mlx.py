"""MLX's divergences; its backend has no float64, and writes elu out."""

from collections.abc import Callable
from functools import partial

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import BP, SIGMA, Deviation, Divergence, below
from crossgrad.comparisons.divergences.parts import (
    at_zero,
    exp_cancels,
    exp_overflows,
    farthest,
    of_exp2,
    one_minus_sigmoid,
    quick_gelu_lost,
    rougher,
    sigmoid_lost,
    silu_lost,
    steep,
    stretched_exp_overflows,
    within,
    zero_below,
)
from crossgrad.comparisons.parts.activations import ELEMENTWISE, Errors
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.reference.activations import sigmoid
from crossgrad.reference.parameters import Array

divergence = partial(Divergence, backend="mlx", seen=("0.32.4",))


# ------------------------------------------------------------------ what is made of eᶻ
def sigmoid_by_exp2(z: Array, _a: Array, d: Array, fmt: Format) -> Errors:
    """η s (1 - s); in σ′ = s (1 - s) twice that at most, as η is below 2⁻¹⁶ where e is a number."""
    return of_exp2(z, fmt) * d, 2 * of_exp2(z, fmt) * d


def silu_by_exp2(z: Array, _a: Array, _d: Array, fmt: Format) -> Errors:
    """z s; s + z s (1 - s), in which s may be rounded differently each time."""
    rise = of_exp2(z, fmt) * sigmoid(z)
    return np.abs(z) * rise, rise * (1 + 2 * np.abs(z))


def softplus_by_exp2(z: Array, _a: Array, d: Array, fmt: Format) -> Errors:
    """log(1 + e^{-|z|}) hands on e/(1 + e) of η, less than itself; σ′ as a sigmoid or e^{z - a}."""
    return of_exp2(z, fmt) * np.log1p(np.exp(-np.abs(z))), of_exp2(z, fmt) * d


def mish_by_exp2(z: Array, a: Array, _d: Array, fmt: Format) -> Errors:
    """Of t = tanh(softplus) η at most; of σ′ = t + z (1 - t²) s: t, 2t² z s and (1 - t²) z s."""
    s = sigmoid(z)
    t = 2 * s  # tanh w ≤ w, and 2s is above t: t = (e² + 2e) / (e² + 2e + 2) ≤ 2e / (1 + e)
    return of_exp2(z, fmt) * a, of_exp2(z, fmt) * (t + 2 * np.abs(z) * s)


def exp2_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of all but log_sigmoid: η, 1 + |z|, and 2 sigmoid(z), which is above log(1 + e^{-|z|})."""
    size = farthest(low, high)
    off = 2 * of_exp2(size, fmt) * (1 + size) * sigmoid(high)
    return off, off


def log_sigmoid_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    return exp2_is_rough(-high, -low, fmt)


def by_exp2(
    name: str,
    extra: Callable[[Array, Array, Array, Format], Errors],
    function: str,
    at: float,
    right: str,
    deviation: Deviation = exp2_is_rough,
) -> Divergence:
    """An activation that is made of eᶻ, or of e⁻ᶻ, and a snippet: at an argument, what is right."""
    return divergence(
        name=f"mlx-{name.replace('_', '-')}-exp",
        checks=SIGMA,
        dtypes=("float32",),
        place="the further from 0, the more",
        at=at,
        part=rougher(name, extra),
        deviation=deviation,
        reason="exp(z) is 2 to the power z / log 2, which is rounded: it errs by up to 2u|z|",
        scenario=f"1x4-{name}-quadratic-float32-m8-s1",
        reproduction=f"""
import mlx.core as mx, mlx.nn as nn
mx.set_default_device(mx.cpu)
print(f"{{{function}(mx.array({at})).item():.5g}}", "{right}")
""",
    )


def logits_cancel(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of m ∇ₐC: κ, six roundings and the four, of 1."""
    return np.full_like(low, (fmt.kappa.sigmoid + 10) * fmt.u), np.zeros_like(low)


def exp_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """η eᶻ of a negative z, beside what cancels in eᶻ - 1: η is 2u (|z| + 2), η eᶻ below 4u."""
    lost, _ = exp_cancels(low, high, fmt)
    rough = np.where(low < 0, 4 * fmt.u, 0.0)
    return lost + rough, rough


def celu_is_rough(low: Array, high: Array, fmt: Format) -> tuple[Array, Array]:
    """Both: of σ′ the whole as well, in an interval in which 0 is."""
    off, slope = exp_is_rough(low, high, fmt)
    return off, slope + within((0.0,))(low, high, fmt)[1]


# ------------------------------------------------------------------ huber as ½q² + (|d| - q)
def linear_part_cancels() -> Cost:
    """q = min(|d|, 1): v q - v + v, in which two sums are of the size of v, which is 1/(n m)."""
    usual = COSTS["huber"]

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return usual.gradient_error(a, y, fmt) + 2 * fmt.u / (a.shape[-2] * a.shape[-1])

    return usual.changed(gradient_error=error)


def linear_part_is_rough(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of m ∇ₐC at most as much, of a single output."""
    return np.full_like(low, 2 * fmt.u), np.zeros_like(low)


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    by_exp2("sigmoid", sigmoid_by_exp2, "mx.sigmoid", -83.3, "6.6568e-37"),
    by_exp2("silu", silu_by_exp2, "nn.silu", -81.6, "-2.9735e-34"),
    by_exp2("softplus", softplus_by_exp2, "nn.softplus", -83.3, "6.6568e-37"),
    by_exp2(
        "log_sigmoid", softplus_by_exp2, "nn.log_sigmoid", 83.3, "-6.6568e-37", log_sigmoid_is_rough
    ),
    by_exp2("mish", mish_by_exp2, "nn.mish", -81.6, "-2.9735e-34"),
    divergence(
        name="mlx-leaky-relu-kink",
        checks=BP,
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=steep("leaky_relu", at_zero),
        reason="it is max(slope · z, z), whose derivative at 0 is 1, where torch takes the slope",
        scenario="1x1-leaky_relu-quadratic-float32-m8-s1",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{mx.grad(nn.leaky_relu)(mx.array(0.0)).item():.2g}", "0.01")
""",
    ),
    divergence(
        name="mlx-logits-slope",
        checks=("BP1",),
        place="the further from 0, the more",
        at=-20.0,
        part=one_minus_sigmoid(4),  # which errs by η s (1 - s): 2u (|a| + 2) e^{-|a|} ≤ 4u
        deviation=logits_cancel,
        reason="the gradient of log(1 + exp(a)) is 1 - sigmoid(-a), which cancels: with y = 0 no"
        " digit is left below a = -17 in float32",
        scenario="1x1-identity-sigmoid_cross_entropy-float32-m8-s1",
        reproduction="""
import mlx.core as mx
from mlx.nn.losses import binary_cross_entropy
cost = lambda a: binary_cross_entropy(a, mx.array(0.0), reduction="sum")
print(f"{mx.grad(cost)(mx.array(-20.0)).item():.2g}", "2.1e-09")
""",
    ),
    divergence(
        name="mlx-sigmoid-float16",
        checks=SIGMA,
        dtypes=("float16",),
        where=exp_overflows,
        place="z < -11.09",
        at=-12.0,
        part=zero_below("sigmoid"),
        deviation=sigmoid_lost,
        reason="1 / (1 + exp(-z)) is computed in float16 itself: exp overflows, 0 is what is left",
        scenario="1x1x1-sigmoid,identity-quadratic-float16-m8-s1",
        reproduction="""
import mlx.core as mx
z = mx.array(-12.0, mx.float16)
print(f"{mx.sigmoid(z, stream=mx.cpu).item():.2g}", "6.1e-06")
""",
    ),
    divergence(
        name="mlx-silu-float16",
        checks=SIGMA,
        dtypes=("float16",),
        where=exp_overflows,
        place="z < -11.09",
        at=-12.0,
        part=zero_below("silu"),
        deviation=silu_lost,
        reason="z times the sigmoid, which is 0 there: see mlx-sigmoid-float16",
        scenario="1x1x1-silu,identity-quadratic-float16-m8-s1",
        reproduction="""
import mlx.core as mx, mlx.nn as nn
mx.set_default_device(mx.cpu)
print(f"{nn.silu(mx.array(-12.0, mx.float16)).item():.2g}", "-7.4e-05")
""",
    ),
    divergence(
        name="mlx-quick-gelu-float16",
        checks=SIGMA,
        dtypes=("float16",),
        where=stretched_exp_overflows,
        place="z < -6.51",
        at=-7.0,
        part=zero_below("quick_gelu", stretched_exp_overflows),
        deviation=quick_gelu_lost,
        reason="z times the sigmoid of 1.702 z, which is 0 there: see mlx-sigmoid-float16",
        scenario="1x4x1-quick_gelu,identity-quadratic-float16-m8-s1",
        reproduction="""
import mlx.core as mx, mlx.nn as nn
mx.set_default_device(mx.cpu)
print(f"{nn.gelu_fast_approx(mx.array(-7.0, mx.float16)).item():.2g}", "-4.7e-05")
""",
    ),
    divergence(
        name="mlx-celu-cancels",
        checks=SIGMA,
        where=below(0),
        place="z < 0",
        at=-1e-8,
        part=rougher("celu", lambda z, _a, _d, fmt: exp_is_rough(z, z, fmt)),
        deviation=celu_is_rough,
        reason="celu is exp(z) - 1, which cancels",
        scenario="1x1-celu-quadratic-float32-m8-s2",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{nn.celu(mx.array(-1e-8)).item():.2g}", "-1e-08")
""",
    ),
    divergence(
        name="mlx-celu-slope",
        checks=BP,
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=ELEMENTWISE["celu"].replaced(at_zero, sigma_prime=0),
        reason="it is max(z, 0) + exp(min(z, 0)) - 1: at 0 both have the derivative 0",
        scenario="1x1-celu-quadratic-float32-m8-s1",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{mx.grad(nn.celu)(mx.array(0.0)).item():.2g}", "1")
""",
    ),
    divergence(
        name="mlx-huber-slope",
        checks=("BP1",),
        place="the nearer to y, the more",
        at=1e-8,
        part=linear_part_cancels(),
        deviation=linear_part_is_rough,
        reason="it is q²/2 + (|d| - q), q = min(|d|, 1): the gradient is q - 1 + 1, which cancels",
        scenario="2x3-identity-huber-float32-m8-s1",
        reproduction="""
import mlx.core as mx
from mlx.nn.losses import huber_loss
cost = lambda a: huber_loss(a, mx.array(0.0), reduction="sum")
print(f"{mx.grad(cost)(mx.array(1e-8)).item():.2g}", "1e-08")
""",
    ),
    divergence(
        name="mlx-exp-float64",
        subject="sigmoid",
        checks=SIGMA,
        dtypes=("float64",),
        place="any z",
        at=1.0,
        reason="exp of doubles is computed in float32, and all that is made of it",
        link="https://github.com/ml-explore/mlx/issues/3047",
        reproduction="""
import mlx.core as mx
z = mx.array(1.0, dtype=mx.float64)
print(f"{mx.sigmoid(z, stream=mx.cpu).item():.10g}", "0.7310585786")
""",
    ),
    divergence(
        name="mlx-elu-nan",
        subject="elu",
        checks=BP,
        where=lambda z: z > np.log(np.finfo(np.float32).max),
        place="exp(z) overflows",
        at=100.0,
        reason="the derivative of the branch that is not taken is ∞, and is multiplied by 0",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{mx.grad(nn.elu)(mx.array(100.0)).item():.2g}", "1")
""",
    ),
    divergence(
        name="mlx-elu-cancels",
        subject="elu",
        checks=("a",),
        where=below(0),
        place="z < 0",
        at=-1e-8,
        reason="elu is exp(z) - 1, which cancels",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{nn.elu(mx.array(-1e-8)).item():.2g}", "-1e-08")
""",
    ),
)

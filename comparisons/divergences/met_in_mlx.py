"""MLX's divergences: those that a check meets, and what its backend is kept from."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.followed import (
    at_zero,
    exp_overflows,
    rougher,
    sigmoid_lost,
    silu_lost,
    steep,
    zero_below,
)
from crossgrad.comparisons.divergences.followed_by_exp2 import (
    BY_EXP2,
    exp2_is_rough,
    log_sigmoid_is_rough,
    logits_by_exp2,
    logits_cancel,
)

ALL = ("a", "BP1", "BP2")
SEEN = ("0.32.4",)
#: What each is called in a snippet, an argument, and what is right.
ROUGH = {
    "sigmoid": ("mx.sigmoid", -83.3, "6.6568e-37"),
    "silu": ("nn.silu", -81.6, "-2.9735e-34"),
    "softplus": ("nn.softplus", -83.3, "6.6568e-37"),
    "log_sigmoid": ("nn.log_sigmoid", 83.3, "-6.6568e-37"),
    "mish": ("nn.mish", -81.6, "-2.9735e-34"),
}


def by_exp2(name: str) -> Divergence:
    """An activation that is made of eᶻ, or of e⁻ᶻ."""
    function, at, right = ROUGH[name]
    return Divergence(
        name=f"mlx-{name.replace('_', '-')}-exp",
        backend="mlx",
        subject=name,
        checks=ALL,
        dtypes=("float32",),
        place="the further from 0, the more",
        at=at,
        part=rougher(name, BY_EXP2[name]),
        deviation=log_sigmoid_is_rough if name == "log_sigmoid" else exp2_is_rough,
        reason="exp(z) is 2 to the power z / log 2, which is rounded: it errs by up to 2u|z|",
        scenario=f"1x4-{name}-quadratic-float32-m8-s1",
        reproduction=f"""
import mlx.core as mx, mlx.nn as nn
mx.set_default_device(mx.cpu)
print(f"{{{function}(mx.array({at})).item():.5g}}", "{right}")
""",
        seen=SEEN,
    )


MET_IN_MLX = (
    *map(by_exp2, ROUGH),
    Divergence(
        name="mlx-leaky-relu-kink",
        backend="mlx",
        subject="leaky_relu",
        checks=("BP1", "BP2"),
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
        seen=SEEN,
    ),
    Divergence(
        name="mlx-logits-slope",
        backend="mlx",
        subject="sigmoid_cross_entropy",
        checks=("BP1",),
        place="the further from 0, the more",
        at=-20.0,
        part=logits_by_exp2(),
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
        seen=SEEN,
    ),
    Divergence(
        name="mlx-sigmoid-float16",
        backend="mlx",
        subject="sigmoid",
        checks=ALL,
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
        seen=SEEN,
    ),
    Divergence(
        name="mlx-silu-float16",
        backend="mlx",
        subject="silu",
        checks=ALL,
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
        seen=SEEN,
    ),
)
#: Its backend has no float64, and an elu that is written out.
REFUSED_IN_MLX = (
    Divergence(
        name="mlx-exp-float64",
        backend="mlx",
        subject="sigmoid",
        checks=ALL,
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
        seen=SEEN,
    ),
    Divergence(
        name="mlx-elu-nan",
        backend="mlx",
        subject="elu",
        checks=("BP1", "BP2"),
        where=lambda z: z > np.log(np.finfo(np.float32).max),
        place="exp(z) overflows",
        at=100.0,
        reason="the derivative of the branch that is not taken is ∞, and is multiplied by 0",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{mx.grad(nn.elu)(mx.array(100.0)).item():.2g}", "1")
""",
        seen=SEEN,
    ),
    Divergence(
        name="mlx-elu-cancels",
        backend="mlx",
        subject="elu",
        checks=("a",),
        where=lambda z: z < 0,
        place="z < 0",
        at=-1e-8,
        reason="elu is exp(z) - 1, which cancels",
        reproduction="""
import mlx.core as mx
from mlx import nn
print(f"{nn.elu(mx.array(-1e-8)).item():.2g}", "-1e-08")
""",
        seen=SEEN,
    ),
)

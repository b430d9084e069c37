"""tinygrad's divergences that a check meets; ``refused_in_tinygrad`` has the others."""

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.followed import at_ends, at_zero, steep
from crossgrad.comparisons.divergences.followed_by_exp2 import (
    chain_is_rough,
    sigmoid_in_tinygrad,
    silu_in_tinygrad,
    tanh_in_tinygrad,
)

ALL, BP = ("a", "BP1", "BP2"), ("BP1", "BP2")
FORMATS = ("float64", "float32")
SEEN = ("0.14.0",)
MET_IN_TINYGRAD = (
    Divergence(
        name="tinygrad-sigmoid-exp2",
        backend="tinygrad",
        subject="sigmoid",
        checks=ALL,
        dtypes=FORMATS,
        where=lambda z: z < 0,
        place="z < 0, the further from 0, the more",
        at=-76.8,
        part=sigmoid_in_tinygrad(),
        deviation=chain_is_rough,
        reason="1/(1 + e), e = 2 to the power -z / log 2, which is rounded; in its derivative e s²"
        " the square may underflow",
        scenario="3x4-sigmoid-quadratic-float64-m3-s4",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([-76.8]).sigmoid().item():.5g}", "4.4277e-34")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-silu-exp2",
        backend="tinygrad",
        subject="silu",
        checks=ALL,
        dtypes=FORMATS,
        where=lambda z: z < 0,
        place="z < 0, the further from 0, the more",
        at=-85.8,
        part=silu_in_tinygrad(),
        deviation=chain_is_rough,
        reason="z times the sigmoid: see tinygrad-sigmoid-exp2",
        scenario="3x4-silu-quadratic-float64-m3-s10",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([-85.8]).silu().item():.5g}", "-4.6883e-36")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-tanh-cancels",
        backend="tinygrad",
        subject="tanh",
        checks=ALL,
        dtypes=FORMATS,
        place="the nearer to 0, the more",
        at=1e-8,
        part=tanh_in_tinygrad(),
        deviation=chain_is_rough,
        reason="tanh is 2 sigmoid(2z) - 1, which cancels",
        scenario="1x2x1-tanh,identity-quadratic-float64-m3-s3",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([1e-8]).tanh().item():.2g}", "1e-08")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-leaky-relu-kink",
        backend="tinygrad",
        subject="leaky_relu",
        checks=BP,
        dtypes=FORMATS,
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=steep("leaky_relu", at_zero),
        reason="the derivative at 0 is taken from the right: 1, where torch takes the slope",
        scenario="1x1-leaky_relu-quadratic-float64-m3-s1",
        reproduction="""
from tinygrad import Tensor
z = Tensor([0.0])
print(f"{z.leaky_relu().sum().gradient(z)[0].item():.2g}", "0.01")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-hardtanh-kink",
        backend="tinygrad",
        subject="hardtanh",
        checks=BP,
        dtypes=FORMATS,
        where=at_ends,
        place="z = -1 and z = 1",
        at=1.0,
        part=steep("hardtanh", at_ends),
        reason="the derivative at -1 and 1 is 1, where torch takes 0",
        scenario="1x1-hardtanh-quadratic-float64-m3-s1",
        reproduction="""
from tinygrad import Tensor
z = Tensor([1.0])
print(f"{z.hardtanh().sum().gradient(z)[0].item():.2g}", "0")
""",
        seen=SEEN,
    ),
)

"""What keeps tinygrad's backend from an activation, or from a z: no check meets it."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence

BP = ("BP1", "BP2")
FORMATS = ("float64", "float32")
SEEN = ("0.14.0",)
REFUSED_IN_TINYGRAD = (
    Divergence(
        name="tinygrad-softplus-absolute",
        backend="tinygrad",
        subject="softplus",
        checks=("a",),
        dtypes=FORMATS,
        where=lambda z: z < 0,
        place="z < 0",
        at=-20.0,
        reason="it is the logarithm of a rounded 1 + exp(z): no digit is left below z = -17 in"
        " float32",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([-20.0]).softplus().item():.2g}", "2.1e-09")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-log-sigmoid-absolute",
        backend="tinygrad",
        subject="log_sigmoid",
        checks=("a",),
        dtypes=FORMATS,
        where=lambda z: z > 0,
        place="z > 0",
        at=20.0,
        reason="it is -softplus(-z): see tinygrad-softplus-absolute",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([20.0]).logsigmoid().item():.2g}", "-2.1e-09")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-mish-absolute",
        backend="tinygrad",
        subject="mish",
        checks=("a", *BP),
        dtypes=FORMATS,
        where=lambda z: z < 0,
        place="z < 0",
        at=-20.0,
        reason="it is z tanh(softplus(z)): see tinygrad-softplus-absolute, tinygrad-tanh-cancels",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([-20.0]).mish().item():.2g}", "-4.1e-08")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-gelu-erf",
        backend="tinygrad",
        subject="gelu",
        checks=("a", *BP),
        dtypes=FORMATS,
        place="any z",
        at=1.0,
        reason="erf is a polynomial of seven digits (Abramowitz and Stegun, 7.1.26), for doubles"
        " too",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([1.0]).cast('float64').gelu(approximate='none').item():.9g}", "0.841344746")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-elu-cancels",
        backend="tinygrad",
        subject="elu",
        checks=("a",),
        dtypes=FORMATS,
        where=lambda z: z < 0,
        place="z < 0",
        at=-1e-8,
        reason="elu is relu(z) - relu(1 - exp(z)), which cancels",
        reproduction="""
from tinygrad import Tensor
print(f"{Tensor([-1e-8]).elu().item():.2g}", "-1e-08")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-elu-slope",
        backend="tinygrad",
        subject="elu",
        checks=BP,
        dtypes=FORMATS,
        where=lambda z: z == 0,
        place="z = 0, and where exp(z) is 1",
        at=0.0,
        reason="both relu have the derivative 0 there",
        reproduction="""
from tinygrad import Tensor
z = Tensor([0.0])
print(f"{z.elu().sum().gradient(z)[0].item():.2g}", "1")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-elu-nan",
        backend="tinygrad",
        subject="elu",
        checks=BP,
        dtypes=FORMATS,
        where=lambda z: z > np.log(np.finfo(np.float32).max),
        place="exp(z) overflows",
        at=100.0,
        reason="the derivative of exp is ∞, and is multiplied by 0",
        link="https://github.com/tinygrad/tinygrad/pull/17852",
        reproduction="""
from tinygrad import Tensor
z = Tensor([100.0])
print(f"{z.elu().sum().gradient(z)[0].item():.2g}", "1")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-sigmoid-nan",
        backend="tinygrad",
        subject="sigmoid",
        checks=BP,
        dtypes=FORMATS,
        where=lambda z: z < -np.log(np.finfo(np.float32).max),
        place="exp(-z) overflows",
        at=-89.0,
        reason="the derivative of exp is ∞, and is multiplied by 0, where a is computed as well",
        link="https://github.com/tinygrad/tinygrad/pull/1113",
        reproduction="""
from tinygrad import Tensor
z = Tensor([-89.0])
a = z.sigmoid()
Tensor.realize(a, slope := a.gradient(z, gradient=Tensor([1.0]))[0])
print(f"{slope.item():.2g}", "2.2e-39")
""",
        seen=SEEN,
    ),
    Divergence(
        name="tinygrad-sigmoid-slope",
        backend="tinygrad",
        subject="sigmoid",
        checks=BP,
        dtypes=FORMATS,
        where=lambda z: z < -52,  # noqa: PLR2004 - s² is 2⁻¹⁵⁰ there
        place="s² is 0: from z = -52 on in float32",
        at=-60.0,
        reason="its derivative is e s², whose square underflows, where a is computed as well",
        reproduction="""
from tinygrad import Tensor
z = Tensor([-60.0])
a = z.sigmoid()
Tensor.realize(a, slope := a.gradient(z, gradient=Tensor([1.0]))[0])
print(f"{slope.item():.2g}", "8.8e-27")
""",
        seen=SEEN,
    ),
)

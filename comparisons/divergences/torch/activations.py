"""Of activations in torch."""

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.entry import BP, SIGMA, above, below, beyond
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
    exp_cancels,
    exp_minus_one,
    scaled_exp_cancels,
)
from crossgrad.comparisons.divergences.torch import divergence, slope
from crossgrad.comparisons.parts.activations import ELEMENTWISE
from crossgrad.reference.activations import HARD_END
from crossgrad.reference.parameters import Array

HOW_ERF = "gelu is z/2 · (1 + erf(z/√2)): the sum of nearly opposite numbers in the left tail"
BY_PLACE = "the derivative is 1 where one number is computed at a time, and among whole vectors"

# ------------------------------------------------------------------ softplus past 20
THRESHOLD = 20.0


def beyond_threshold(z: Array) -> Array:
    """Where softplus is z, and its derivative 1."""
    return z > THRESHOLD


def past_threshold(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """log(1 + e⁻ᶻ) and 1 - sigmoid(z), both below e⁻ᶻ, at the lowest z past the threshold."""
    lost = np.where(high > THRESHOLD, np.exp(-np.maximum(low, THRESHOLD)), 0.0)
    return lost, lost


# ------------------------------------------------------------------ hardsigmoid: a sixth of 24 bits
A_SIXTH = float(np.float32(1 / 6))


def between_kinks(z: Array) -> Array:
    return np.abs(z) < HARD_END


def sixth_is_rough(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """σ′ alone, by 5e-9."""
    inside = (low < HARD_END) & (high > -HARD_END)
    return np.zeros_like(low), np.where(inside, abs(A_SIXTH - 1 / 6), 0.0)


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="torch-softplus-threshold",
        checks=SIGMA,
        dtypes=("float64",),
        where=beyond_threshold,
        place="z > 20",
        at=21.0,
        part=ELEMENTWISE["softplus"].replaced(beyond_threshold, sigma_prime=1, sigma=np.positive),
        deviation=past_threshold,
        reason="softplus is z, and its derivative 1, past the default threshold of 20",
        link="https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html",
        scenario="1x1-softplus-quadratic-float64-m32-s1",
        reproduction="""
import torch
z = torch.tensor(21.0, dtype=torch.float64)
print(f"{torch.nn.functional.softplus(z):.12g}", "21.0000000008")
""",
    ),
    divergence(
        name="torch-hardsigmoid-slope",
        checks=BP,
        dtypes=("float64",),
        where=between_kinks,
        place="|z| < 3",
        at=1.0,
        part=ELEMENTWISE["hardsigmoid"].replaced(between_kinks, sigma_prime=A_SIXTH),
        deviation=sixth_is_rough,
        reason="the derivative is 1/6 in float32, 5e-9 too large",
        scenario="1x1-hardsigmoid-quadratic-float64-m8-s1",
        reproduction=slope(
            "1.0, dtype=torch.float64", "torch.nn.functional.hardsigmoid(z)", "0.166666667", 9
        ),
        seen=("2.13.0",),
    ),
    *(
        divergence(
            name=f"torch-compile-expm1{suffix}",
            modes=("torch.compile",),
            checks=("a",),
            dtypes=("float64", "float32", "bfloat16"),
            where=below(0),
            place="z < 0",
            at=-1e-15,
            part=exp_minus_one(subject, deviation),
            deviation=deviation,
            reason="inductor's vectorized expm1 is exp(z) - 1, which cancels",
            link="https://github.com/pytorch/pytorch/issues/189803",
            scenario=f"1x1-{subject}-quadratic-float64-m8-s2",
            reproduction=f"""
import torch
z = torch.full((16,), -1e-15, dtype=torch.float64)
print(f"{{torch.compile(torch.nn.functional.{subject})(z)[0]:.4g}}", "{right}")
""",
            seen=("2.13.0",),
        )
        for suffix, subject, right, deviation in (
            ("", "elu", "-1e-15", exp_cancels),
            ("-selu", "selu", "-1.758e-15", scaled_exp_cancels),
            ("-celu", "celu", "-1e-15", exp_cancels),
        )
    ),
    divergence(
        name="torch-tanh-slope",
        subject="tanh",
        checks=BP,
        where=beyond(3),
        place="|z| > 3, and the nearer to where a is ±1 the worse",
        at=7.9,
        reason=HOW_TANH,
        link="https://github.com/pytorch/pytorch/issues/195685",
        reproduction=slope("7.9", "torch.tanh(z)", "5.5e-07"),
    ),
    divergence(
        name="torch-tanh-slope-float64",
        subject="tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(15),
        place="|z| > 15",
        at=19.1,
        reason=HOW_TANH,
        link="https://github.com/pytorch/pytorch/issues/195527",
        reproduction=slope("19.1, dtype=torch.float64", "torch.tanh(z)", "1e-16"),
    ),
    divergence(
        name="torch-tanh-slope-bfloat16",
        subject="tanh",
        checks=BP,
        dtypes=("bfloat16",),
        where=beyond(2),
        place="|z| > 2; from 3.47 on the gradient is 0",
        at=3.75,
        reason=HOW_TANH,
        reproduction=slope("3.75, dtype=torch.bfloat16", "torch.tanh(z)", "0.0022"),
    ),
    divergence(
        name="torch-sigmoid-slope",
        subject="sigmoid",
        checks=BP,
        where=above(4),
        place="z > 4, and the nearer to where a is 1 the worse",
        at=37.42,
        reason=HOW_SIGMOID,
        link="https://github.com/pytorch/pytorch/issues/195681",
        reproduction=slope("37.42, dtype=torch.float64", "torch.sigmoid(z)", "5.6e-17"),
    ),
    divergence(
        name="torch-sigmoid-slope-bfloat16",
        subject="sigmoid",
        checks=BP,
        dtypes=("bfloat16",),
        where=above(4),
        place="z > 4; from 6.25 on the gradient is 0",
        at=6.5,
        reason=HOW_SIGMOID,
        reproduction=slope("6.5, dtype=torch.bfloat16", "torch.sigmoid(z)", "0.0015"),
    ),
    divergence(
        name="torch-gelu-tail",
        subject="gelu",
        checks=("a",),
        where=below(-3),
        place="z < -3; 0 from -5.55 on in float32",
        at=-6.0,
        reason=HOW_ERF,
        link="https://github.com/pytorch/pytorch/issues/187806",
        reproduction="""
import torch
z = torch.tensor(-6.0)
print(f"{torch.nn.functional.gelu(z):.2g}", "-5.9e-09")
""",
    ),
    divergence(
        name="torch-gelu-tail-slope",
        subject="gelu",
        checks=BP,
        where=below(-3),
        place="z < -3: 16 % too small at -6 in float32",
        at=-6.0,
        reason=HOW_ERF,
        link="https://github.com/pytorch/pytorch/pull/189234",
        reproduction="""
import torch
z = torch.full((16,), -6.0, requires_grad=True)
torch.nn.functional.gelu(z).sum().backward()
print(f"{z.grad[0]:.2g}", "-3.5e-08")
""",
    ),
    divergence(
        name="torch-gelu-tanh-tail",
        subject="gelu_tanh",
        checks=("a",),
        where=below(-3),
        place="z < -3: 30 % too large at -5 in float32",
        at=-5.0,
        reason=HOW_GELU_TANH,
        reproduction="""
import torch
z = torch.tensor(-5.0)
print(f"{torch.nn.functional.gelu(z, approximate='tanh'):.2g}", "-2.3e-07")
""",
    ),
    divergence(
        name="torch-softsign-slope",
        subject="softsign",
        checks=BP,
        where=beyond(100),
        place="|z| > 100",
        at=1e7,
        reason=HOW_SOFTSIGN,
        reproduction=slope("1e7", "torch.nn.functional.softsign(z)", "1e-14"),
    ),
    divergence(
        name="torch-clamp-bound",
        subject="hardtanh",
        checks=BP,
        where=at_ends,
        place="clamp(z, -1, 1) at z = -1 and z = 1",
        at=1.0,
        reason="the derivative of clamp at its bounds is 1, where that of hardtanh is 0",
        link="https://github.com/pytorch/pytorch/issues/184574",
        reproduction=slope("1.0", "z.clamp(-1, 1)", "0"),
        seen=("2.6.0", "2.13.0"),
    ),
    divergence(
        name="torch-maximum-kink",
        subject="relu",
        checks=BP,
        where=at_zero,
        place="maximum(z, 0) at z = 0",
        at=0.0,
        reason=HOW_MAXIMUM,
        reproduction=slope("0.0", "torch.maximum(z, torch.zeros(()))", "0"),
    ),
    divergence(
        name="torch-relu-nan",
        subject="relu",
        checks=BP,
        where=np.isnan,
        place="z is NaN",
        reason=HOW_NAN,
        reproduction=slope('float("nan")', "torch.relu(z)", "nan"),
    ),
    divergence(
        name="torch-elu-nan",
        subject="elu",
        checks=BP,
        dtypes=("float64", "float32"),
        where=np.isnan,
        place="z is NaN, in what is left over of whole vectors: the last of 33, say",
        reason=f"{BY_PLACE} NaN",
        link="https://github.com/pytorch/pytorch/issues/195075",
        reproduction="""
import torch
z = torch.full((33,), float("nan"), requires_grad=True)
torch.nn.functional.elu(z).sum().backward()
print(f"{z.grad[-1]:.2g}", "nan")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-hardtanh-nan",
        subject="hardtanh",
        checks=BP,
        where=np.isnan,
        place="z is NaN, in what is left over of whole vectors: the last of 33, say",
        reason=f"{BY_PLACE} 0",
        link="https://github.com/pytorch/pytorch/issues/195075",
        reproduction="""
import torch
z = torch.full((33,), float("nan"), requires_grad=True)
torch.nn.functional.hardtanh(z).sum().backward()
print(f"{z.grad[-1]:.2g}", "nan")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-gelu-overflow",
        subject="gelu",
        checks=("a",),
        dtypes=("float32", "bfloat16"),
        where=above(LARGEST / 2),
        place="z > 1.7e38, in an array of two entries or more",
        at=3e38,
        reason="oneDNN, to which torch hands it, halves z (1 + erf) last",
        link="https://github.com/pytorch/pytorch/issues/185770",
        reproduction="""
import torch
z = torch.tensor([3e38, 3e38])
print(f"{torch.nn.functional.gelu(z)[0]:.2g}", "3e+38")
""",
        avx512=True,
    ),
    divergence(
        name="torch-gelu-tanh-overflow",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float32", "bfloat16"),
        where=beyond(np.sqrt(LARGEST)),
        place="z² overflows: from 1.8e19 on",
        at=2e19,
        reason=HOW_CUBE,
        reproduction=slope("2e19", 'torch.nn.functional.gelu(z, approximate="tanh")', "1"),
    ),
    divergence(
        name="torch-hardswish-overflow",
        subject="hardswish",
        checks=("a",),
        dtypes=("float32", "bfloat16"),
        where=above(LARGEST / 6),
        place="z > 5.7e37",
        at=1e38,
        reason="z times 6 overflows, before it is divided by 6",
        reproduction="""
import torch
print(f"{torch.nn.functional.hardswish(torch.tensor(1e38)):.2g}", "1e+38")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-hardswish-overflow-float64",
        subject="hardswish",
        checks=("a",),
        dtypes=("float64",),
        where=above(LARGEST_DOUBLE / 6),
        place="z > 3e307",
        at=1e308,
        reason="z times 6 overflows, before it is divided by 6",
        reproduction="""
import torch
z = torch.tensor(1e308, dtype=torch.float64)
print(f"{torch.nn.functional.hardswish(z):.2g}", "1e+308")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-gelu-tanh-overflow-float64",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(np.sqrt(LARGEST_DOUBLE)),
        place="z² overflows: from 1.3e154 on",
        at=2e154,
        reason=HOW_CUBE,
        reproduction=slope(
            "2e154, dtype=torch.float64", 'torch.nn.functional.gelu(z, approximate="tanh")', "1"
        ),
    ),
)

"""Those that a check meets: each explains entries, by the definition that is followed there."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.followed import (
    A_SIXTH,
    TORCH_EPSILON,
    at_ends,
    at_zero,
    between_kinks,
    beyond_threshold,
    clamp_within,
    clamped,
    in_log1p_hole,
    past_threshold,
    rough_value_error,
    sixth_is_rough,
    steep,
)
from crossgrad.comparisons.divergences.followed_sums import DenseInWindows, in_windows
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.rounding import SIXTEEN

#: The modes whose ∂C/∂b is the transpose of a broadcast, compiled by XLA.
TRANSPOSED = ("jax", "jax.eager", "jax.vjp", "jax.linearize", "jax.mixed")

MET = (
    Divergence(
        name="torch-softplus-threshold",
        backend="torch",
        subject="softplus",
        checks=("a", "BP1", "BP2"),
        dtypes=("float64",),
        where=beyond_threshold,
        place="z > 20",
        at=21.0,
        part=ACTIVATIONS["softplus"].replaced(beyond_threshold, sigma_prime=1, sigma=np.positive),
        deviation=past_threshold,
        reason="softplus is z, and its derivative 1, past the default threshold of 20",
        link="https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html",
        scenario="1x1-softplus-quadratic-float64-m32-s1",
        reproduction="""
import torch
z = torch.tensor(21.0, dtype=torch.float64)
print(f"{torch.nn.functional.softplus(z):.12g}", "21.0000000008")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-bce-clamp",
        backend="torch",
        subject="binary_cross_entropy",
        checks=("BP1",),
        dtypes=("float64", "float32", "bfloat16"),
        where=lambda a: a * (1 - a) < TORCH_EPSILON,
        place="a (1 - a) < 1e-12",
        at=1e-13,
        part=clamped(TORCH_EPSILON),
        deviation=clamp_within,
        reason="the gradient is divided by max(a (1 - a), 1e-12)",
        link="https://github.com/pytorch/pytorch/issues/103316",
        scenario="1x4-sigmoid-binary_cross_entropy-float64-m4-s4",
        reproduction="""
import torch
a, y = torch.tensor(1e-13, dtype=torch.float64, requires_grad=True), torch.ones(())
torch.nn.functional.binary_cross_entropy(a, y.double()).backward()
print(f"{a.grad:.3g}", "-1e+13")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-hardsigmoid-slope",
        backend="torch",
        subject="hardsigmoid",
        checks=("BP1", "BP2"),
        dtypes=("float64",),
        where=between_kinks,
        place="|z| < 3",
        at=1.0,
        part=ACTIVATIONS["hardsigmoid"].replaced(between_kinks, sigma_prime=A_SIXTH),
        deviation=sixth_is_rough,
        reason="the derivative is 1/6 in float32, 5e-9 too large",
        scenario="1x1-hardsigmoid-quadratic-float64-m8-s1",
        reproduction="""
import torch
z = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
torch.nn.functional.hardsigmoid(z).backward()
print(f"{z.grad:.9g}", "0.166666667")
""",
        seen=("2.13.0",),
    ),
    Divergence(
        name="jax-log1p-float64",
        backend="jax",
        subject="binary_cross_entropy",
        checks=("cost",),
        dtypes=("float64",),
        where=in_log1p_hole,
        place="0.293 < a < 0.4142",
        at=0.4142,
        part=COSTS["binary_cross_entropy"].changed(value_error=rough_value_error),
        reason="log1p in float64 errs by up to 241 u near -0.4142 on CPU",
        link="https://github.com/jax-ml/jax/issues/39707",
        scenario="1x2x4x2-mish,mish,sigmoid-binary_cross_entropy-float64-m4-s256705",
        reproduction="""
import jax
jax.config.update("jax_enable_x64", True)
print(f"{jax.numpy.log1p(-0.4142):.14g}", "-0.5347768445885")
""",
        seen=("0.4.31", "0.10.2"),
    ),
    Divergence(
        name="jax-leaky-relu-kink",
        backend="jax",
        subject="leaky_relu",
        checks=("BP1", "BP2"),
        where=at_zero,
        place="z = 0",
        at=0.0,
        part=steep("leaky_relu", at_zero),
        reason="the derivative at 0 is taken from the right: 1, where torch takes the slope",
        link="https://docs.jax.dev/en/latest/_autosummary/jax.nn.leaky_relu.html",
        scenario="1x1-leaky_relu-quadratic-float64-m8-s1",
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.leaky_relu)(0.0):.2g}", "0.01")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-hardtanh-kink",
        backend="jax",
        subject="hardtanh",
        checks=("BP1", "BP2"),
        where=at_ends,
        place="z = -1 and z = 1",
        at=1.0,
        part=steep("hardtanh", at_ends),
        reason="the derivative at -1 and 1 is 1, where torch takes 0",
        link="https://docs.jax.dev/en/latest/_autosummary/jax.nn.hard_tanh.html",
        scenario="1x1-hardtanh-quadratic-float64-m8-s1",
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.hard_tanh)(1.0):.2g}", "0")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-bias-sums-16-bit",
        backend="jax",
        modes=TRANSPOSED,
        subject="",
        checks=("BP3",),
        dtypes=tuple(SIXTEEN),
        place="any δ",
        arithmetic=in_windows,
        part=DenseInWindows,
        reason="∂C/∂b is summed in 16 bits, 32 terms one after the other, then the sums of these:"
        " what was broadcast is transposed to a bare sum, which jax_allow_f16_reductions=False (JAX"
        " 0.10) makes an error; it makes no sum more accurate",
        link="https://github.com/NVIDIA/TransformerEngine/pull/2942",
        scenario="1x4-sigmoid-quadratic-bfloat16-m32-s1",
        reproduction="""
import jax, jax.numpy as jnp
delta = jnp.full(4096, 0.1, jnp.bfloat16)  # each 0.1001
cost = lambda b, delta: (delta * jnp.broadcast_to(b, 4096)).sum()
print(f"{float(jax.jit(jax.grad(cost))(jnp.bfloat16(0), delta)):.2g}", "4.1e+02")
""",
        seen=("0.4.38", "0.10.2", "0.12.0.1"),
    ),
)

"""float16: sums over the batch that are stored in it before they are divided, and what follows."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.comparisons.rounding import SIXTEEN
from crossgrad.reference.parameters import Array

FLOAT16 = SIXTEEN["float16"]
HOW_VJP = "p (v - Σ p v) cancels where p is rounded to 1: 0 is left of p (1 - p)"


def spreads_overflow(a: Array) -> Array:
    """Where the costs of the samples, each at most max a - min a + log n, may add up to ∞."""
    most = a.max(-2, keepdims=True) - a.min(-2, keepdims=True) + np.log(a.shape[-2])
    far = most.sum(-1, keepdims=True) * (1 + 2.0**-8) >= FLOAT16.overflow
    return np.broadcast_to(far, a.shape)


def infinite_sum() -> Cost:
    """Where the sum over the batch, as any program may round it, is beyond float16, that sum.

    In float16 that is ∞, whatever it is divided by afterwards.
    """
    usual = COSTS["softmax_cross_entropy"]

    def value(a: Array, y: Array) -> Array:
        C = usual.float64.value(a, y)
        largest = a.shape[-1] * (C + usual.value_error(a, y, FLOAT16))
        return np.where(largest >= FLOAT16.overflow, largest, C)

    return usual.changed(float64=usual.float64._replace(value=value))


MET_SUMS = (
    Divergence(
        name="torch-cross-entropy-sum-float16",
        backend="torch",
        subject="softmax_cross_entropy",
        checks=("cost",),
        dtypes=("float16",),
        where=spreads_overflow,
        place="logits so far apart that the sum over the batch, m C, is 65520 or more",
        part=infinite_sum(),
        scenario="1x2-identity-softmax_cross_entropy-float16-m16-s1-g2",
        reason="the sum over the batch is stored in float16 before it is divided by m",
        link="https://github.com/pytorch/pytorch/issues/85791",
        reproduction="""
import torch
z, y = torch.tensor([[0, -39296]] * 2, dtype=torch.float16), torch.tensor([1, 1])
print(f"{torch.nn.functional.cross_entropy(z, y):.2g}", "3.9e+04")
""",
        seen=("2.13.0",),
    ),
)
SUMS_IN_FLOAT16 = (
    Divergence(
        name="torch-cross-entropy-count-float16",
        backend="torch",
        subject="softmax_cross_entropy",
        checks=("cost", "BP1"),
        dtypes=("float16",),
        place="classes by index, 65520 samples or more",
        reason="the samples are counted in float16: the sum is divided by ∞",
        reproduction="""
import torch
z, y = torch.zeros(65520, 2, dtype=torch.float16), torch.zeros(65520, dtype=torch.long)
print(f"{torch.nn.functional.cross_entropy(z, y):.3g}", "0.693")
""",
        seen=("2.13.0",),
    ),
    Divergence(
        name="torch-cross-entropy-far-class-float16",
        backend="torch",
        subject="softmax_cross_entropy",
        checks=("cost",),
        dtypes=("float16",),
        place="a logit 65520 or more below the largest, of a class with the target 0",
        at=40000.0,
        reason="log p is -∞ in float16, and is multiplied by the target: 0 · ∞ is NaN",
        reproduction="""
import torch
z, y = torch.tensor([40000.0, -40000.0]).half(), torch.tensor([1.0, 0.0]).half()
print(f"{torch.nn.functional.cross_entropy(z, y):.2g}", "0")
""",
        seen=("2.13.0",),
    ),
    Divergence(
        name="torch-softmax-vjp",
        backend="torch",
        subject="softmax_cross_entropy",
        checks=("BP1",),
        place="softmax by itself, the most likely class: from z₁ - z₂ = 17 on in float32",
        at=18.0,
        reason=HOW_VJP,
        link="https://github.com/pytorch/pytorch/issues/195684",
        reproduction="""
import torch
z = torch.tensor([18.0, 0.0], requires_grad=True)
torch.softmax(z, 0)[0].backward()
print(f"{z.grad[0]:.3g}", "1.52e-08")
""",
        seen=("2.13.0",),
    ),
    Divergence(
        name="jax-softmax-vjp",
        backend="jax",
        subject="softmax_cross_entropy",
        checks=("BP1",),
        place="softmax by itself, the most likely class: from z₁ - z₂ = 17 on in float32",
        at=18.0,
        reason=HOW_VJP,
        link="https://github.com/jax-ml/jax/issues/40344",
        reproduction="""
import jax, jax.numpy as jnp
given = jax.grad(lambda z: jax.nn.softmax(z)[0])(jnp.array([18.0, 0.0]))
print(f"{given[0]:.3g}", "1.52e-08")
""",
        seen=("0.10.2",),
    ),
)

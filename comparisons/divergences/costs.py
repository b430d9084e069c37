"""Costs: clamps, sums that overflow in float16, and p - y where p is rounded to y."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence, above, beyond

HOW_CERTAIN = "the gradient is p - y: 0 where p is rounded to 1, though C, and -C′, are about 1 - p"
HOW_SUM = "the sum of exponentials is held in float16, whose largest number is 65504"

COSTS = (
    Divergence(
        name="torch-bce-log-clamp",
        backend="torch",
        subject="binary_cross_entropy",
        checks=("cost",),
        dtypes=("float64", "float32", "bfloat16"),
        where=lambda a: (a < np.exp(-100.0)) | (a == 1),
        place="a < 3.7e-44, or 1",
        at=1e-50,
        reason="both logarithms are clamped at -100",
        link="https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html",
        reproduction="""
import torch
a, y = torch.tensor(1e-50, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64)
print(f"{torch.nn.functional.binary_cross_entropy(a, y):.3g}", "115")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-bce-float16-nan",
        backend="torch",
        subject="binary_cross_entropy",
        checks=("BP1",),
        dtypes=("float16",),
        where=lambda a: (a == 0) | (a == 1),
        place="a = y = 0 and a = y = 1, as sigmoid gives it from z = 8.33 on",
        at=1.0,
        reason="the clamp of the divisor, 1e-12, is 0 in float16: the gradient is 0 / 0",
        reproduction="""
import torch
a = torch.tensor(1.0, dtype=torch.float16, requires_grad=True)
torch.nn.functional.binary_cross_entropy(a, torch.ones_like(a)).backward()
print(f"{a.grad:.2g}", "-1")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-mse-float16",
        backend="torch",
        subject="mse",
        checks=("cost",),
        dtypes=("float16",),
        where=beyond(255),
        place="|a - y| ≥ 256",
        at=300.0,
        reason="squares are stored in float16 before their mean is taken",
        reproduction="""
import torch
a = torch.tensor([300.0, 0.0], dtype=torch.float16)
print(f"{torch.nn.functional.mse_loss(a, torch.zeros_like(a)):.2g}", "4.5e+04")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-logits-certain",
        backend="torch",
        subject="sigmoid_cross_entropy",
        checks=("BP1",),
        where=above(4),
        place="y = 1 and a > 4, and the larger a the worse",
        at=20.0,
        reason=HOW_CERTAIN,
        link="https://github.com/pytorch/pytorch/issues/195677",
        reproduction="""
import torch
a = torch.tensor(20.0, requires_grad=True)
torch.nn.functional.binary_cross_entropy_with_logits(a, torch.ones(())).backward()
print(f"{a.grad:.2g}", "-2.1e-09")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-softmax-certain",
        backend="torch",
        subject="softmax_cross_entropy",
        checks=("BP1",),
        place="the most likely class, if it is the target, and the likelier the worse",
        at=20.0,
        reason=HOW_CERTAIN,
        link="https://github.com/pytorch/pytorch/issues/195678",
        reproduction="""
import torch
a = torch.tensor([20.0, 0.0], requires_grad=True)
torch.nn.functional.cross_entropy(a, torch.tensor([1.0, 0.0])).backward()
print(f"{a.grad[0]:.2g}", "-2.1e-09")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-softmax-certain",
        backend="jax",
        subject="softmax_cross_entropy",
        checks=("BP1",),
        place="the most likely class, if it is the target, and the likelier the worse",
        at=20.0,
        reason=HOW_CERTAIN,
        reproduction="""
import jax, jax.numpy as jnp
given = jax.grad(lambda a: -jax.nn.log_softmax(a)[0])(jnp.array([20.0, 0.0]))
print(f"{given[0]:.2g}", "-2.1e-09")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="torch-log-softmax-float16",
        backend="torch",
        subject="softmax_cross_entropy",
        checks=("cost",),
        dtypes=("float16",),
        place="more than 65504 classes",
        reason=HOW_SUM,
        reproduction="""
import torch
a = torch.zeros(70000, dtype=torch.float16)
print(f"{torch.nn.functional.log_softmax(a, 0)[0]:.2g}", "-11")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-log-softmax-float16",
        backend="jax",
        subject="softmax_cross_entropy",
        checks=("BP1",),
        dtypes=("float16",),
        place="more than 65504 classes",
        reason=HOW_SUM,
        link="https://github.com/jax-ml/jax/issues/40409",
        reproduction="""
import jax, jax.numpy as jnp
a = jnp.zeros(70000, jnp.float16)
given = jax.grad(lambda a: jax.nn.log_softmax(a).sum())(a)
print(f"{float(given[0]):.2g}", "0")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
)

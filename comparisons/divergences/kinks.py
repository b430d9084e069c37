"""What is taken where there is no derivative, or of what is no number; and other conventions."""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence

BP = ("BP1", "BP2")
HOW_NAN = "of a NaN the derivative is a number: what is downstream of it cannot be told by ∂C/∂z"
BY_PLACE = "the derivative is 1 where one number is computed at a time, and among whole vectors"

KINKS = (
    Divergence(
        name="jax-abs-kink",
        backend="jax",
        subject="",
        checks=("BP2",),
        where=lambda z: z == 0,
        place="|z| at z = 0",
        at=0.0,
        reason="|z|′ at 0 is taken from the right, as 1; sign(0), and torch's derivative, are 0",
        link="https://github.com/jax-ml/jax/issues/37820",
        reproduction="""
import jax
print(f"{jax.grad(jax.numpy.abs)(0.0):.2g}", "0")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="torch-clamp-bound",
        backend="torch",
        subject="hardtanh",
        checks=BP,
        where=lambda z: np.abs(z) == 1,
        place="clamp(z, -1, 1) at z = -1 and z = 1",
        at=1.0,
        reason="the derivative of clamp at its bounds is 1, where that of hardtanh is 0",
        link="https://github.com/pytorch/pytorch/issues/184574",
        reproduction="""
import torch
z = torch.tensor(1.0, requires_grad=True)
z.clamp(-1, 1).backward()
print(f"{z.grad:.2g}", "0")
""",
        seen=("2.6.0", "2.13.0"),
    ),
    Divergence(
        name="jax-clip-bound",
        backend="jax",
        subject="hardtanh",
        checks=BP,
        where=lambda z: np.abs(z) == 1,
        place="clip(z, -1, 1) at z = -1 and z = 1",
        at=1.0,
        reason="the derivative of clip at its bounds is ½; of JAX's own hard_tanh it is 1",
        reproduction="""
import jax
print(f"{jax.grad(lambda z: jax.numpy.clip(z, -1, 1))(1.0):.2g}", "0")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="torch-maximum-kink",
        backend="torch",
        subject="relu",
        checks=BP,
        where=lambda z: z == 0,
        place="maximum(z, 0) at z = 0",
        at=0.0,
        reason="relu written as maximum(z, 0) has the derivative ½ at 0, where that of relu is 0",
        reproduction="""
import torch
z = torch.tensor(0.0, requires_grad=True)
torch.maximum(z, torch.zeros(())).backward()
print(f"{z.grad:.2g}", "0")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-maximum-kink",
        backend="jax",
        subject="relu",
        checks=BP,
        where=lambda z: z == 0,
        place="maximum(z, 0) at z = 0",
        at=0.0,
        reason="relu written as maximum(z, 0) has the derivative ½ at 0, where that of relu is 0",
        link="https://github.com/jax-ml/jax/issues/37821",
        reproduction="""
import jax
print(f"{jax.grad(lambda z: jax.numpy.maximum(z, 0.0))(0.0):.2g}", "0")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="torch-relu-nan",
        backend="torch",
        subject="relu",
        checks=BP,
        where=np.isnan,
        place="z is NaN",
        reason=HOW_NAN,
        reproduction="""
import torch
z = torch.tensor(float("nan"), requires_grad=True)
torch.relu(z).backward()
print(f"{z.grad:.2g}", "nan")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-elu-nan",
        backend="torch",
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
    Divergence(
        name="torch-hardtanh-nan",
        backend="torch",
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
    Divergence(
        name="jax-relu-nan",
        backend="jax",
        subject="relu",
        checks=BP,
        where=np.isnan,
        place="z is NaN",
        reason=HOW_NAN,
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.relu)(float('nan')):.2g}", "nan")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-relu-subnormal",
        backend="jax",
        subject="relu",
        checks=BP,
        dtypes=("float32", "bfloat16"),
        where=lambda z: (z > 0) & (z < np.finfo(np.float32).tiny),
        place="0 < z < ω, the smallest normal number; in float64 likewise",
        at=1e-40,
        reason="XLA on the CPU reads a subnormal z as 0, where the derivative of relu is 0",
        link="https://github.com/jax-ml/jax/issues/16200",
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.relu)(jax.numpy.float32(1e-40)):.2g}", "1")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-gelu-default",
        backend="jax",
        subject="gelu",
        checks=("a", *BP),
        place="approximate is not given: up to 4.7e-4 apart, at z = ±2.7",
        at=-2.7,
        reason="gelu is by default the approximation by tanh; torch's is that of erf",
        link="https://github.com/jax-ml/jax/issues/4428",
        reproduction="""
import jax
print(f"{jax.nn.gelu(-2.7):.2g}", "-0.0094")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-x64-off",
        backend="jax",
        subject="",
        checks=("z", "a", "cost", *BP, "BP3", "BP4"),
        dtypes=("float64",),
        place="everything, unless jax_enable_x64 is set",
        at=0.1,
        reason="what is asked for in float64 is computed in float32, and no error says so",
        link="https://docs.jax.dev/en/latest/notebooks/Common_Gotchas_in_JAX.html",
        reproduction="""
import jax, numpy
a = jax.numpy.tanh(numpy.float64(0.1))
print(f"{a:.12g}", "0.099667994625")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
)

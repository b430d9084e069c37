"""Sums that cancel: 1 + erf and 1 + tanh in gelu's left tail, elu′, softsign′.

As in ``slopes``, it is little in absolute terms, and within the bounds.
"""

from crossgrad.comparisons.divergences.entry import Divergence, below, beyond

BP = ("BP1", "BP2")
HOW_ERF = "gelu is z/2 · (1 + erf(z/√2)): the sum of nearly opposite numbers in the left tail"
HOW_TANH = "gelu_tanh is z/2 · (1 + tanh(…)): the sum of nearly opposite numbers in the left tail"
HOW_SOFTSIGN = "softsign′ is taken as 1/q - |z|/q², q = 1 + |z|: nearly equal terms for a large z"

TAILS = (
    Divergence(
        name="torch-gelu-tail",
        backend="torch",
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
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-gelu-tail-slope",
        backend="torch",
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
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-gelu-tanh-tail",
        backend="torch",
        subject="gelu_tanh",
        checks=("a",),
        where=below(-3),
        place="z < -3: 30 % too large at -5 in float32",
        at=-5.0,
        reason=HOW_TANH,
        reproduction="""
import torch
z = torch.tensor(-5.0)
print(f"{torch.nn.functional.gelu(z, approximate='tanh'):.2g}", "-2.3e-07")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-gelu-tanh-tail",
        backend="jax",
        subject="gelu_tanh",
        checks=("a",),
        where=below(-3),
        place="z < -3; 0 at -5 in float32",
        at=-5.0,
        reason=HOW_TANH,
        reproduction="""
import jax
print(f"{jax.nn.gelu(-5.0):.2g}", "-2.3e-07")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-elu-slope",
        backend="jax",
        subject="elu",
        checks=BP,
        where=below(-3),
        place="z < -3: 4e-4 of it is wrong at -10 in float32, all of it from -17.4 on",
        at=-20.0,
        reason="elu′ is taken as expm1(z) + 1, of which nothing is left where expm1 is -1",
        link="https://github.com/jax-ml/jax/issues/39795",
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.elu)(-20.0):.2g}", "2.1e-09")
""",
        seen=("0.4.31", "0.10.2", "0.11.2"),
    ),
    Divergence(
        name="torch-softsign-slope",
        backend="torch",
        subject="softsign",
        checks=BP,
        where=beyond(100),
        place="|z| > 100",
        at=1e7,
        reason=HOW_SOFTSIGN,
        reproduction="""
import torch
z = torch.tensor(1e7, requires_grad=True)
torch.nn.functional.softsign(z).backward()
print(f"{z.grad:.2g}", "1e-14")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-softsign-slope",
        backend="jax",
        subject="softsign",
        checks=BP,
        where=beyond(100),
        place="|z| > 100",
        at=1e7,
        reason=HOW_SOFTSIGN,
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.soft_sign)(1e7):.2g}", "1e-14")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
)

"""Derivatives taken from a rounded a: tanh′ = 1 - a², sigmoid′ = a (1 - a).

The bounds allow them to any textbook formula: in absolute terms they are small, in relative ones
nothing is left of the derivative.
"""

from crossgrad.comparisons.divergences.entry import Divergence, above, beyond

BP = ("BP1", "BP2")
HOW_TANH = "tanh′ is taken as 1 - a², of which nothing is left where a is rounded to ±1"
HOW_SIGMOID = "sigmoid′ is taken as a (1 - a), of which nothing is left where a is rounded to 1"

SLOPES = (
    Divergence(
        name="torch-tanh-slope",
        backend="torch",
        subject="tanh",
        checks=BP,
        where=beyond(3),
        place="|z| > 3, and the nearer to where a is ±1 the worse",
        at=7.9,
        reason=HOW_TANH,
        link="https://github.com/pytorch/pytorch/issues/195685",
        reproduction="""
import torch
z = torch.tensor(7.9, requires_grad=True)
torch.tanh(z).backward()
print(f"{z.grad:.2g}", "5.5e-07")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-tanh-slope-float64",
        backend="torch",
        subject="tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(15),
        place="|z| > 15",
        at=19.1,
        reason=HOW_TANH,
        link="https://github.com/pytorch/pytorch/issues/195527",
        reproduction="""
import torch
z = torch.tensor(19.1, dtype=torch.float64, requires_grad=True)
torch.tanh(z).backward()
print(f"{z.grad:.2g}", "1e-16")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-tanh-slope-bfloat16",
        backend="torch",
        subject="tanh",
        checks=BP,
        dtypes=("bfloat16",),
        where=beyond(2),
        place="|z| > 2; from 3.47 on the gradient is 0",
        at=3.75,
        reason=HOW_TANH,
        reproduction="""
import torch
z = torch.tensor(3.75, dtype=torch.bfloat16, requires_grad=True)
torch.tanh(z).backward()
print(f"{z.grad:.2g}", "0.0022")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-tanh-slope",
        backend="jax",
        subject="tanh",
        checks=BP,
        where=beyond(3),
        place="|z| > 3, and the nearer to where a is ±1 the worse",
        at=8.0,
        reason=HOW_TANH,
        link="https://github.com/jax-ml/jax/issues/40388",
        reproduction="""
import jax
print(f"{jax.grad(jax.numpy.tanh)(8.0):.2g}", "4.5e-07")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-tanh-slope-float64",
        backend="jax",
        subject="tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(15),
        place="|z| > 15: 15 times too large at 19.1",
        at=19.1,
        reason=HOW_TANH,
        link="https://github.com/jax-ml/jax/issues/40388",
        reproduction="""
import jax
jax.config.update("jax_enable_x64", True)
print(f"{jax.grad(jax.numpy.tanh)(19.1):.2g}", "1e-16")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="torch-sigmoid-slope",
        backend="torch",
        subject="sigmoid",
        checks=BP,
        where=above(4),
        place="z > 4, and the nearer to where a is 1 the worse",
        at=37.42,
        reason=HOW_SIGMOID,
        link="https://github.com/pytorch/pytorch/issues/195681",
        reproduction="""
import torch
z = torch.tensor(37.42, dtype=torch.float64, requires_grad=True)
torch.sigmoid(z).backward()
print(f"{z.grad:.2g}", "5.6e-17")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-sigmoid-slope-bfloat16",
        backend="torch",
        subject="sigmoid",
        checks=BP,
        dtypes=("bfloat16",),
        where=above(4),
        place="z > 4; from 6.25 on the gradient is 0",
        at=6.5,
        reason=HOW_SIGMOID,
        reproduction="""
import torch
z = torch.tensor(6.5, dtype=torch.bfloat16, requires_grad=True)
torch.sigmoid(z).backward()
print(f"{z.grad:.2g}", "0.0015")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-sigmoid-slope",
        backend="jax",
        subject="sigmoid",
        checks=BP,
        where=above(4),
        place="z > 4, and the nearer to where a is 1 the worse",
        at=37.42,
        reason=HOW_SIGMOID,
        link="https://github.com/jax-ml/jax/issues/40385",
        reproduction="""
import jax
jax.config.update("jax_enable_x64", True)
print(f"{jax.grad(jax.nn.sigmoid)(37.42):.2g}", "5.6e-17")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
)

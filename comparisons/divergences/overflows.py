"""∞ or NaN for a finite z, which no bound on rounding covers.

Scenarios do not reach such z, or the backend is not asked the networks that do.
"""

import numpy as np

from crossgrad.comparisons.divergences.entry import Divergence, above, beyond

BP = ("BP1", "BP2")
LARGEST, LARGEST_DOUBLE = (float(np.finfo(dtype).max) for dtype in ("float32", "float64"))
HOW_CUBE = "the derivative of the cubic overflows, and is multiplied by tanh′, which is 0"

OVERFLOWS = (
    Divergence(
        name="torch-gelu-overflow",
        backend="torch",
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
        seen=("2.6.0", "2.13.0", "2.14.1"),
        avx512=True,
    ),
    Divergence(
        name="torch-gelu-tanh-overflow",
        backend="torch",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float32", "bfloat16"),
        where=beyond(np.sqrt(LARGEST)),
        place="z² overflows: from 1.8e19 on",
        at=2e19,
        reason=HOW_CUBE,
        reproduction="""
import torch
z = torch.tensor(2e19, requires_grad=True)
torch.nn.functional.gelu(z, approximate="tanh").backward()
print(f"{z.grad:.2g}", "1")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="torch-hardswish-overflow",
        backend="torch",
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
    Divergence(
        name="torch-hardswish-overflow-float64",
        backend="torch",
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
    Divergence(
        name="jax-gelu-tanh-overflow",
        backend="jax",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float32", "bfloat16"),
        where=beyond(np.sqrt(LARGEST / 3)),
        place="3z² overflows: from 1.1e19 on",
        at=2e19,
        reason=HOW_CUBE,
        reproduction="""
import jax
print(f"{jax.grad(jax.nn.gelu)(2e19):.2g}", "1")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="torch-gelu-tanh-overflow-float64",
        backend="torch",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(np.sqrt(LARGEST_DOUBLE)),
        place="z² overflows: from 1.3e154 on",
        at=2e154,
        reason=HOW_CUBE,
        reproduction="""
import torch
z = torch.tensor(2e154, dtype=torch.float64, requires_grad=True)
torch.nn.functional.gelu(z, approximate="tanh").backward()
print(f"{z.grad:.2g}", "1")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-gelu-tanh-overflow-float64",
        backend="jax",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float64",),
        where=beyond(np.sqrt(LARGEST_DOUBLE / 3)),
        place="3z² overflows: from 7.7e153 on",
        at=2e154,
        reason=HOW_CUBE,
        reproduction="""
import jax
jax.config.update("jax_enable_x64", True)
print(f"{jax.grad(jax.nn.gelu)(2e154):.2g}", "1")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-gelu-tanh-overflow-float16",
        backend="jax",
        subject="gelu_tanh",
        checks=BP,
        dtypes=("float16",),
        where=beyond(np.sqrt(65504 / 3)),
        place="|z| ≥ 148, where nothing is compiled: jit computes in float32",
        at=150.0,
        reason=HOW_CUBE,
        reproduction="""
import jax
given = jax.grad(jax.nn.gelu)(jax.numpy.float16(150))
print(f"{float(given):.2g}", "1")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-gelu-tanh-tangent-float16",
        backend="jax",
        modes=("jax.forward",),
        subject="gelu_tanh",
        checks=("dW", "db"),
        dtypes=("float16",),
        place="3z² |dz| ≥ 65520, dz the tangent that is carried forward",
        at=64.0,
        reason="the tangent of z³ overflows, and is multiplied by tanh′, which is 0: NaN",
        reproduction="""
import jax
z, dz = jax.numpy.float16(64), jax.numpy.float16(8)
given = jax.jvp(jax.nn.gelu, (z,), (dz,))[1]
print(f"{float(given / dz):.2g}", "1")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-softsign-float16",
        backend="jax",
        subject="softsign",
        checks=BP,
        dtypes=("float16",),
        where=beyond(254),
        place="|z| ≥ 255",
        at=1000.0,
        reason="q² overflows, q = 1 + |z|, and 1/q² is 0: of 1/q - |z|/q² 1/q is left",
        reproduction="""
import jax
given = jax.grad(jax.nn.soft_sign)(jax.numpy.float16(1000))
print(f"{float(given):.2g}", "1e-06")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
)

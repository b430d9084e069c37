"""Of costs in JAX."""

import numpy as np

from crossgrad.comparisons.arithmetic.rounding import Format
from crossgrad.comparisons.divergences.jax import divergence, printed
from crossgrad.comparisons.divergences.parts import HOW_CERTAIN, HOW_SUM, HOW_VJP
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ log1p in float64
LOG1P_HOLE = float(np.sqrt(2.0) - 1)
LOG1P_WORST = 400.0  # in u; measured: 241 at the hole's end, halving every 0.01 above -0.41


def rough_value_error(a: Array, y: Array, fmt: Format) -> Array:
    """What log1p(-a) adds in the hole, which ends at √2 - 1."""
    usual = COSTS["binary_cross_entropy"].value_error(a, y, fmt)
    if fmt.name != "float64":
        return usual
    rough = fmt.u * LOG1P_WORST * np.exp2(-100 * (LOG1P_HOLE - a))
    terms = np.where(in_log1p_hole(a), -(1 - y) * np.log1p(-a) * rough, 0.0)
    return usual + terms.sum(axis=(-2, -1)) / a.shape[-1]


def in_log1p_hole(a: Array) -> Array:
    """Where XLA's rational approximation of log1p(-a) is used beyond its interval."""
    return (a > 1 - np.sqrt(0.5)) & (a < LOG1P_HOLE)


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="jax-log1p-float64",
        checks=("cost",),
        dtypes=("float64",),
        where=in_log1p_hole,
        place="0.293 < a < 0.4142",
        at=0.4142,
        part=COSTS["binary_cross_entropy"].changed(value_error=rough_value_error),
        reason="log1p in float64 errs by up to 241 u near -0.4142 on CPU",
        link="https://github.com/jax-ml/jax/issues/39707",
        scenario="1x2x4x2-mish,mish,sigmoid-binary_cross_entropy-float64-m4-s256705",
        reproduction=printed("jax.numpy.log1p(-0.4142)", "-0.5347768445885", 14, x64=True),
        seen=("0.4.31", "0.10.2"),
    ),
    divergence(
        name="jax-softmax-vjp",
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
    divergence(
        name="jax-softmax-certain",
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
    ),
    divergence(
        name="jax-log-softmax-float16",
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
    ),
)

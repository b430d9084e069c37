"""Those that a check meets in some modes of a framework only, each by what is followed there."""

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.followed import (
    INDUCTOR_EPSILON,
    clamp_within,
    clamped,
    exp_cancels,
    exp_minus_one,
    exp_overflows,
    one_minus_sigmoid,
    quick_gelu_lost,
    scaled_exp_cancels,
    sigmoid_cancels,
    sigmoid_lost,
    silu_lost,
    stretched_exp_overflows,
    zero_below,
)

#: All that XLA compiles; its jaxpr, by NumPy, is right.
XLA = ("jax", "jax.eager", "jax.vmap", "jax.forward", "jax.vjp", "jax.linearize")
IN_MODES = (
    Divergence(
        name="torch-func-bce-logits",
        backend="torch",
        modes=("torch.func", "torch.vjp", "torch.vmap"),
        subject="sigmoid_cross_entropy",
        checks=("BP1",),
        where=lambda a: a < 0,
        place="a < 0",
        at=-40.0,
        part=one_minus_sigmoid(),
        deviation=sigmoid_cancels,
        reason="in torch.func the gradient is (1 - y) - sigmoid(-a), which cancels: with y = 0 no"
        " digit is left below a = -37, in float32 below -17",
        scenario="1x1-identity-sigmoid_cross_entropy-float64-m8-s1",
        reproduction="""
import torch
bce = torch.nn.functional.binary_cross_entropy_with_logits
z = torch.tensor(-40.0, dtype=torch.float64)
print(f"{torch.func.grad(bce)(z, torch.zeros_like(z)):.3g}", "4.25e-18")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    *(
        Divergence(
            name=f"torch-compile-expm1{suffix}",
            backend="torch",
            modes=("torch.compile",),
            subject=subject,
            checks=("a",),
            dtypes=("float64", "float32", "bfloat16"),
            where=lambda z: z < 0,
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
    Divergence(
        name="torch-compile-bce-clamp",
        backend="torch",
        modes=("torch.compile",),
        subject="binary_cross_entropy",
        checks=("BP1",),
        dtypes=("float64",),
        where=lambda a: a * (1 - a) < INDUCTOR_EPSILON,
        place="a (1 - a) < 1e-12",
        at=1e-14,
        part=clamped(INDUCTOR_EPSILON),
        deviation=clamp_within,
        reason="the gradient is divided by max(a (1 - a), 1e-12), which is a double here, where"
        " eager mode has a float",
        link="https://github.com/pytorch/pytorch/issues/103316",
        scenario="2x8-sigmoid-binary_cross_entropy-float64-m4-s1",
        reproduction="""
import torch
a, y = torch.full((16,), 1e-14, dtype=torch.float64).requires_grad_(), torch.zeros(16).double()
cost = torch.compile(lambda a: torch.nn.functional.binary_cross_entropy(a, y, reduction="sum"))
print(f"{torch.autograd.grad(cost(a), a)[0][0]:.3g}", "1")
""",
        seen=("2.6.0", "2.13.0", "2.14.1"),
    ),
    Divergence(
        name="jax-sigmoid-float16",
        backend="jax",
        modes=XLA,
        subject="sigmoid",
        checks=("a", "BP1", "BP2"),
        dtypes=("float16",),
        where=exp_overflows,
        place="z < -11.09",
        at=-12.0,
        part=zero_below("sigmoid"),
        deviation=sigmoid_lost,
        reason="XLA computes 1/(1 + exp(-z)) in float16 itself: exp overflows, 0 is what is left",
        scenario="1x1x1-sigmoid,identity-quadratic-float16-m8-s1",
        reproduction="""
import jax
print(f"{float(jax.nn.sigmoid(jax.numpy.float16(-12))):.2g}", "6.1e-06")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-silu-float16",
        backend="jax",
        modes=XLA,
        subject="silu",
        checks=("a", "BP1", "BP2"),
        dtypes=("float16",),
        where=exp_overflows,
        place="z < -11.09",
        at=-12.0,
        part=zero_below("silu"),
        deviation=silu_lost,
        reason="z times the sigmoid, which is 0 there: see jax-sigmoid-float16",
        scenario="1x1x1-silu,identity-quadratic-float16-m8-s1",
        reproduction="""
import jax
print(f"{float(jax.nn.silu(jax.numpy.float16(-12))):.2g}", "-7.4e-05")
""",
        seen=("0.4.31", "0.10.2", "0.12.0.1"),
    ),
    Divergence(
        name="jax-quick-gelu-float16",
        backend="jax",
        modes=XLA,
        subject="quick_gelu",
        checks=("a", "BP1", "BP2"),
        dtypes=("float16",),
        where=stretched_exp_overflows,
        place="z < -6.51",
        at=-7.0,
        part=zero_below("quick_gelu", stretched_exp_overflows),
        deviation=quick_gelu_lost,
        reason="z times the sigmoid of 1.702 z, which is 0 there: see jax-sigmoid-float16",
        scenario="1x4x1-quick_gelu,identity-quadratic-float16-m8-s1",
        reproduction="""
import jax
z = jax.numpy.float16(-7)
print(f"{float(z * jax.nn.sigmoid(1.702 * z)):.2g}", "-4.7e-05")
""",
        seen=("0.10.2",),
    ),
)

"""Of costs in torch."""

from collections.abc import Callable
from functools import partial

import numpy as np

from crossgrad.comparisons.arithmetic.pairs import Pair, choose, lift, sum_of
from crossgrad.comparisons.arithmetic.rounding import SIXTEEN, Format, gamma
from crossgrad.comparisons.divergences.entry import above, below, beyond
from crossgrad.comparisons.divergences.parts import (
    HOW_CERTAIN,
    HOW_SUM,
    HOW_VJP,
    of_one,
    one_minus_sigmoid,
)
from crossgrad.comparisons.divergences.torch import divergence
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.reference.activations import log_softmax
from crossgrad.reference.costs import IGNORED, weights
from crossgrad.reference.parameters import Array

# ------------------------------------------------------------------ cross-entropy's clamp
EPSILON = float(np.float32(1e-12))  # torch holds it as a float, for doubles too
INDUCTOR_EPSILON = 1e-12  # and its compiler as a double


def clamped(epsilon: float) -> Cost:
    """(a - y) / max(a (1 - a), ε) / m; two roundings more."""
    usual = COSTS["binary_cross_entropy"]

    def gradient(a: Array, y: Array) -> Pair:
        share = lift(a) * sum_of(1.0, -a) / epsilon
        whole = usual.gradient(a, y)
        return choose(share.hi < 1, whole * share, whole)

    def error(a: Array, y: Array, fmt: Format) -> Array:
        return 2 * usual.gradient_error(a, y, fmt) * np.minimum(a * (1 - a) / epsilon, 1.0)

    return usual.replaced(gradient=gradient, gradient_error=error)


def clamp_within(low: Array, high: Array, _fmt: Format) -> tuple[Array, Array]:
    """All of the gradient may be lost where the interval of a reaches the clamp."""
    nearest = np.minimum(low * (1 - low), high * (1 - high))
    return np.zeros_like(low), np.where(nearest < EPSILON, 1.0, 0.0)


# ------------------------------------------------------------------ logits in torch.func
def sigmoid_cancels(low: Array, _high: Array, fmt: Format) -> tuple[Array, Array]:
    """Of m ∇ₐC, for negative logits."""
    return np.where(low < 0, of_one(fmt), 0.0), np.zeros_like(low)


# ------------------------------------------------------------------ float16: a sum over the batch
FLOAT16 = SIXTEEN["float16"]


def spreads_overflow(a: Array, times: float = 1.0) -> Array:
    """Where the costs of the samples, each at most max a - min a + log n, may add up to ∞.

    Of log-probabilities it is -min a at most, which is no more. ``times``: what each may count.
    """
    most = a.max(-2, keepdims=True) - a.min(-2, keepdims=True) + np.log(a.shape[-2])
    most = np.maximum(most, -a.min(-2, keepdims=True))
    far = times * most.sum(-1, keepdims=True) * (1 + 2.0**-8) >= FLOAT16.overflow
    return np.broadcast_to(far, a.shape)


def smoothing_overflows(a: Array) -> Array:
    """Likewise of all classes, each of which may count twice."""
    return spreads_overflow(a, 2 * a.shape[-2])


def infinite_sum(cost: str) -> Cost:
    """Where the sum over the batch, as any program may round it, is beyond float16, that sum.

    In float16 that is ∞, whatever it is divided by afterwards.
    """
    usual = COSTS[cost]

    def sums(a: Array, y: Array) -> Array:
        whole = usual.divisor(a, y) * np.ones((1, 1))
        return whole[..., 0, 0] * usual.float64.value(a, y)

    return infinite_where(usual, sums)


def infinite_where(usual: Cost, sums: Callable[[Array, Array], Array]) -> Cost:
    """A C of which a sum on the way, that is larger, is stored in float16."""

    def value(a: Array, y: Array) -> Array:
        C, sum_ = usual.float64.value(a, y), sums(a, y)
        with np.errstate(all="ignore"):
            largest = sum_ * (1 + usual.value_error(a, y, FLOAT16) / C)
        return np.where(largest >= FLOAT16.overflow, largest, C)

    return usual.changed(float64=usual.float64._replace(value=value))


def in_steps(cost: str) -> Cost:
    """The same C, whose terms are added up in float16, in a cascade of steps of 16.

    A term is in 16 sums of its step, in one more for each step of the batch, and in eight at the
    end, where the levels are added: each rounds what is there by u.
    """
    usual = COSTS[cost]

    def error(a: Array, y: Array, fmt: Format) -> Array:
        within = usual.value_error(a, y, fmt)
        additions = 16 + a.shape[-1] // 16 + 1 + 8
        return within + gamma(additions, fmt.u) * (np.abs(usual.float64.value(a, y)) + within)

    return usual.changed(value_error=error)


def infinite_smoothing() -> Cost:
    """Where Σ w (-log p) of all classes and samples is."""
    usual = COSTS["smoothed_cross_entropy"]

    def sums(a: Array, y: Array) -> Array:
        return (weights(a) * (y != IGNORED) * -log_softmax(a)).sum(axis=(-2, -1))

    return infinite_where(usual, sums)


# ------------------------------------------------------------------ the entries
DIVERGENCES = (
    divergence(
        name="torch-bce-clamp",
        checks=("BP1",),
        dtypes=("float64", "float32", "bfloat16"),
        where=lambda a: a * (1 - a) < EPSILON,
        place="a (1 - a) < 1e-12",
        at=1e-13,
        part=clamped(EPSILON),
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
    ),
    divergence(
        name="torch-func-bce-logits",
        modes=("torch.func", "torch.vjp", "torch.vmap"),
        checks=("BP1",),
        where=below(0),
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
    ),
    divergence(
        name="torch-compile-bce-clamp",
        modes=("torch.compile",),
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
    ),
    divergence(
        name="torch-cross-entropy-sum-float16",
        checks=("cost",),
        dtypes=("float16",),
        where=spreads_overflow,
        place="logits so far apart that the sum over the batch, m C, is 65520 or more",
        part=infinite_sum("softmax_cross_entropy"),
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
    *(
        divergence(
            name=f"torch-{cost.replace('_', '-')}-sum-of-classes-float16",
            checks=("cost",),
            dtypes=("float16",),
            where=partial(spreads_overflow, times=2.0),
            place="the sum over the batch, D C, is 65520 or more",
            part=infinite_sum(cost),
            scenario=f"1x2-{last}-{cost}-float16-m33-s1-g2",
            reason="nll_loss stores the sum over the batch in float16 before it is divided by D",
            link="https://github.com/pytorch/pytorch/issues/85791",
            reproduction="""
import torch
log_p, y = torch.tensor([[0, -39296]] * 2, dtype=torch.float16), torch.tensor([1, 1])
print(f"{torch.nn.functional.nll_loss(log_p, y):.2g}", "3.9e+04")
""",
            seen=("2.13.0",),
        )
        for cost, last in (
            ("nll", "log_softmax"),
            ("cross_entropy", "identity"),
            ("weighted_cross_entropy", "identity"),
        )
    ),
    divergence(
        name="torch-nll-steps-float16",
        checks=("cost",),
        dtypes=("float16",),
        place="any, the more samples, the more",
        part=in_steps("nll"),
        scenario="4x12-log_softmax-nll-float16-m32-s289731-g2",
        reason="nll_loss adds up the batch in float16, sixteen samples at a time",
        reproduction="""
import torch
log_p, y = torch.full((28, 2), -2.484375).half(), torch.zeros(28).long()
print(f"{torch.nn.functional.nll_loss(log_p, y):.4g}", "2.484")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-label-smoothing-sum-float16",
        checks=("cost",),
        dtypes=("float16",),
        where=smoothing_overflows,
        place="the sum of w (-log p) over classes and batch is 65520 or more",
        part=infinite_smoothing(),
        scenario="1x2-identity-smoothed_cross_entropy-float16-m16-s1-g2",
        reason="the sum over classes and batch is stored in float16 before it is multiplied by the"
        " smoothing and divided by D",
        reproduction="""
import torch
z, y = torch.tensor([[0, -39296]] * 2, dtype=torch.float16), torch.tensor([0, 0])
print(f"{torch.nn.functional.cross_entropy(z, y, label_smoothing=0.1):.2g}", "2e+03")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-kl-div-batchmean-float16",
        modes=("torch.module",),
        checks=("cost",),
        dtypes=("float16",),
        where=spreads_overflow,
        place="the sum over the batch, m C, is 65520 or more",
        part=infinite_sum("kl_div"),
        scenario="1x4-log_softmax-kl_div-float16-m70-s1-g2",
        reason='reduction="batchmean" stores the sum in float16 before it is divided by m',
        reproduction="""
import torch
log_p, y = torch.full((2, 1), -39296, dtype=torch.float16), torch.ones(2, 1).half()
print(f"{torch.nn.functional.kl_div(log_p, y, reduction='batchmean'):.2g}", "3.9e+04")
""",
        seen=("2.13.0",),
    ),
    divergence(
        name="torch-cross-entropy-count-float16",
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
    divergence(
        name="torch-cross-entropy-far-class-float16",
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
    divergence(
        name="torch-softmax-vjp",
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
    divergence(
        name="torch-bce-log-clamp",
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
    ),
    divergence(
        name="torch-bce-float16-nan",
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
    ),
    divergence(
        name="torch-mse-float16",
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
    ),
    divergence(
        name="torch-logits-certain",
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
    ),
    divergence(
        name="torch-softmax-certain",
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
    ),
    divergence(
        name="torch-log-softmax-float16",
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
    ),
)

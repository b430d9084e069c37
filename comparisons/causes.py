"""What most likely went wrong, where the pattern is known: textbook mistakes, tried in turn.

A mistake is a candidate if what it would have given agrees with everything that was reported in
half the digits of the format. This only words a failure; it never decides one.
"""

from collections.abc import Callable, Iterator

import numpy as np

from comparisons.equations import Comparison
from comparisons.problem import Problem, Trace
from comparisons.rounding import FORMATS
from comparisons.suprema import KINKS
from reference.activations import ACTIVATIONS
from reference.costs import COSTS
from reference.parameters import Array

Mistakes = Iterator[tuple[str, Array]]


def likely_cause(comparison: Comparison, problem: Problem, trace: Trace) -> str:
    """The first mistake that gives what was reported; empty if none does, or none is needed."""
    if (comparison.residual <= 1).all():
        return ""
    if not np.isfinite(comparison.reported).all():
        return "not a finite number"
    digits = np.sqrt(FORMATS[problem.dtype].u)
    with np.errstate(all="ignore"):
        for cause, candidate in mistakes(comparison, problem, trace):
            if np.shape(candidate) != comparison.reported.shape:
                continue
            near = comparison.bound + digits * np.abs(candidate)
            if (np.abs(comparison.reported - candidate) <= near).all():
                return cause
    return ""


def mistakes(comparison: Comparison, problem: Problem, trace: Trace) -> Mistakes:
    """Each known mistake of the equation, then what can happen to any."""
    known = MISTAKES.get(comparison.check)
    if known:
        yield from known(problem, trace, comparison.layer - 1)
    yield from factors(comparison.expected, problem)
    if comparison.expected.ndim > 2:  # noqa: PLR2004 - a stack of matrices
        yield "transposed", comparison.expected.mT


def factors(expected: Array, problem: Problem) -> Mistakes:
    """Constants that get lost or counted twice."""
    m, n = problem.batch, problem.widths[-1]
    yield "the sign is wrong", -expected
    if m > 1:
        yield f"1/m is missing (m = {m})", m * expected
        yield f"1/m is there twice (m = {m})", expected / m
    if n > 1:
        yield f"a factor of the number of outputs too large ({n})", n * expected
        yield f"a factor of the number of outputs too small ({n})", expected / n
    yield "twice as large", 2 * expected
    yield "half as large", expected / 2
    yield "zero everywhere", np.zeros_like(expected)


# ------------------------------------------------------------------ by equation
def z_mistakes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """Of zˡ = Wˡ aˡ⁻¹ + bˡ."""
    W, b, a = problem.W[l], problem.b[l], (trace.a[l - 1] if l else problem.x)
    yield "the bias is missing", W @ a
    yield "the bias is subtracted", W @ a - b
    if W.shape[-1] == W.shape[-2]:
        yield "W is transposed", W.mT @ a + b


def a_mistakes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """Of aˡ = σ(zˡ)."""
    for name, activation in ACTIVATIONS.items():
        if name != problem.activations[l]:
            yield f"σ is {name}", activation.sigma(trace.z[l].astype(np.float64))


def slopes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """σ′, and what is taken for it."""
    activation = ACTIVATIONS[problem.activations[l]]
    z = trace.z[l].astype(np.float64)
    yield "σ′ is missing", np.ones_like(z)
    for kink, left, right in KINKS.get(problem.activations[l], ()):
        for side in {left, right} - {float(activation.sigma_prime(np.asarray(kink)))}:
            yield (
                f"σ′({kink:g}) is {side:g}: the convention is the other side's",
                np.where(z == kink, side, activation.sigma_prime(z)),
            )
    if trace.a:
        yield "σ′ is taken of a, not of z", activation.sigma_prime(trace.a[l].astype(np.float64))
    yield "σ is taken for σ′", activation.sigma(z)
    yield "σ′ is there twice", activation.sigma_prime(z) ** 2
    for other, name in enumerate(problem.activations):
        if other != l and trace.z[other].shape == z.shape:
            slope = ACTIVATIONS[name].sigma_prime(trace.z[other].astype(np.float64))
            yield f"σ′ of layer {other + 1} is used", slope
    for name, wrong in ACTIVATIONS.items():
        if name != problem.activations[l]:
            yield f"σ′ is that of {name}", wrong.sigma_prime(z)


def bp1_mistakes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """Of δᴸ = ∇ₐC ⊙ σ′(zᴸ)."""
    a, y = trace.a[l].astype(np.float64), problem.y.astype(np.float64)
    gradient = COSTS[problem.cost].gradient(a, y)
    for cause, slope in slopes(problem, trace, l):
        yield cause, gradient * slope
    slope = ACTIVATIONS[problem.activations[l]].sigma_prime(trace.z[l].astype(np.float64))
    for name, cost in COSTS.items():
        if name != problem.cost:
            yield f"∇ₐC is that of {name}", cost.gradient(a, y) * slope


def bp2_mistakes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """Of δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)."""
    W_next, delta_next = problem.W[l + 1].astype(np.float64), trace.delta[l + 1]
    for cause, slope in slopes(problem, trace, l):
        yield cause, W_next.mT @ delta_next * slope
    slope = ACTIVATIONS[problem.activations[l]].sigma_prime(trace.z[l].astype(np.float64))
    if W_next.shape[-1] == W_next.shape[-2]:
        yield "W is not transposed", W_next @ delta_next * slope
    for other, W in enumerate(problem.W):
        if other != l + 1 and W.shape == W_next.shape:
            yield f"W of layer {other + 1} is used", W.mT @ delta_next * slope


def bp3_mistakes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """Of ∂C/∂bˡ = Σ δˡ."""
    delta = trace.delta[l].astype(np.float64)
    if problem.batch > 1:
        yield "the last sample is dropped", delta[..., :-1].sum(-1, keepdims=True)
        yield "only the first sample is taken", delta[..., :1]
        yield "only the last sample is taken", delta[..., -1:]


def bp4_mistakes(problem: Problem, trace: Trace, l: int) -> Mistakes:
    """Of ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ."""
    delta, below = trace.delta[l].astype(np.float64), (trace.a[l - 1] if l else problem.x)
    if problem.batch > 1:
        yield "the last sample is dropped", delta[..., :-1] @ below[..., :-1].mT
        yield "only the last sample is taken", delta[..., -1:] @ below[..., -1:].mT
    if trace.a:
        yield "a of this layer is used, not of the one below", delta @ trace.a[l].mT
    if l and trace.z:
        yield "z of the layer below is used, not a", delta @ trace.z[l - 1].mT
    for other, wrong in enumerate(trace.delta):
        if other != l:
            yield f"δ of layer {other + 1} is used", wrong @ below.mT


MISTAKES: dict[str, Callable[[Problem, Trace, int], Mistakes]] = {
    "z": z_mistakes,
    "a": a_mistakes,
    "BP1": bp1_mistakes,
    "BP2": bp2_mistakes,
    "BP3": bp3_mistakes,
    "BP4": bp4_mistakes,
}
